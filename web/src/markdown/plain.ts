/** An answer as it is read out: its Markdown in one line, without marks, citations and table rules. */

/** The words that a screen reader is given. A row of a table becomes a sentence of its cells. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/ ?\[[^\]]*\]\(#cite-[^)]*\)/g, '')
    .replace(/\]\([^)]*\)/g, '')
    .replace(/^[-:| ]+$|^ *([-+*>#]+ |\|)|[*`[\\]/gm, '')
    .replace(/ *\| *$/gm, '.')
    .replace(/ *\|/g, ',')
    .replace(/\s+/g, ' ')
    .trim();
}
