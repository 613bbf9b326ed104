/**
 * Marks a quote inside a rendered passage. A quote is exact in the passage's source text, but on screen Markdown
 * has turned pipes and asterisks into cells and bold; so both sides are compared by letters and digits alone.
 */

/** Wraps the first occurrence of `quote` under `root` in `<mark>`; false when it does not stand there. */
export function highlight(root: HTMLElement, quote: string): boolean {
  const needle = lettersOf(quote.replace(/\]\([^)]*\)/g, ''), () => {});
  // The Markdown parser writes text in pieces: joined, so that a quote is marked without seams.
  root.normalize();
  const origin: [Text, number][] = [];
  let haystack = '';
  for (const node of textNodes(root)) haystack += lettersOf(node.data, (at) => origin.push([node, at]));
  const start = haystack.indexOf(needle);
  if (needle === '' || start < 0) return false;
  const hits = origin.slice(start, start + needle.length);
  const [first, last] = [hits[0], hits.at(-1)];
  // The nodes between the first and the last are marked whole, so that no gaps show between words.
  for (const node of new Set(hits.map(([node]) => node))) {
    wrap(node, node === first?.[0] ? first[1] : 0, node === last?.[0] ? last[1] + 1 : node.length);
  }
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
