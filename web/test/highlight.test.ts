/** The quoted words are found in the rendered passage, across cells and bold. */
import { expect, test } from 'vitest';
import { highlight } from '../src/markdown/highlight';
import { markdownSink } from '../src/markdown/sink';

function check(passage: string, quote: string, marked: string | null): void {
  const root = document.createElement('div');
  const sink = markdownSink(root);
  sink.write(passage);
  sink.end();
  const text = root.textContent;
  expect(highlight(root, quote)).toBe(marked !== null);
  expect([...root.querySelectorAll('mark')].map((mark) => mark.textContent).join('')).toBe(marked ?? '');
  expect(root.textContent).toBe(text);
}

test('quotes', () => {
  check('A deal is protected for 90 days. After that it lapses.', 'protected for 90 days', 'protected for 90 days');
  check('A deal is protected\nfor **90 days**.', 'protected for **90 days**', 'protectedfor 90 days');
  check('| Tier | Rate |\n|---|---|\n| Gold | 12 % |\n', '| Gold | 12 % |', 'Gold  12');
  check('Größe 🤝 zählt: ja.', 'größe 🤝 ZÄHLT', 'Größe 🤝 zählt');
  check('See [the guide](https://a.example/x) first.', 'See [the guide](https://a.example/x)', 'See the guide');
  check('Nothing of the kind.', 'ninety days', null);
  check('Nothing of the kind.', '— | —', null);
});
