/** An answer as it is read out: its Markdown in one line, without marks, citations and table rules. */

/** The words that a screen reader is given. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/ ?\[[^\]]*\]\(#cite-[^)]*\)/g, '')
    .replace(/\]\([^)]*\)/g, '')
    .replace(/^[-:| ]+$|^ *[-+*>#]+ |[*`[\\]/gm, '')
    .replace(/\s*\|\s*/g, ', ')
    .replace(/\s+/g, ' ')
    .replace(/(, ?)+/g, ', ')
    .replace(/^[, ]+|[, ]+$/g, '');
}
