/**
 * Marks a quote inside a rendered passage. A quote is exact in the passage's source text, but on screen Markdown
 * has turned pipes and asterisks into cells and bold; so both sides are compared by letters and digits alone.
 */

/** Wraps the first occurrence of `quote` under `root` in `<mark>`; false when it does not stand there. */
export function highlight(root: HTMLElement, quote: string): boolean {
  const needle = lettersOf(quote.replace(/\]\([^)]*\)/g, ''), () => {});
  const origin: [Text, number][] = [];
  let haystack = '';
  for (const node of textNodes(root)) haystack += lettersOf(node.data, (at) => origin.push([node, at]));
  const start = haystack.indexOf(needle);
  if (needle === '' || start < 0) return false;
  // From each text node that the quote touches, its first and last unit.
  const pieces = new Map<Text, [number, number]>();
  for (const [node, at] of origin.slice(start, start + needle.length)) {
    pieces.set(node, [pieces.get(node)?.[0] ?? at, at]);
  }
  for (const [node, [first, last]] of pieces) wrap(node, first, last + 1);
  return true;
}

/** The letters and digits in lower case, one UTF-16 unit each, telling where each stood. */
function lettersOf(text: string, found: (at: number) => void): string {
  let letters = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charAt(at);
    if (!/[\p{L}\p{N}]/u.test(unit)) continue;
    letters += unit.toLowerCase().charAt(0);
    found(at);
  }
  return letters;
}

function textNodes(root: Node): Text[] {
  return [...root.childNodes].flatMap((child) => (child instanceof Text ? [child] : textNodes(child)));
}

function wrap(node: Text, from: number, to: number): void {
  const hit = node.splitText(from);
  hit.splitText(to - from);
  const mark = document.createElement('mark');
  hit.replaceWith(mark);
  mark.append(hit);
}
