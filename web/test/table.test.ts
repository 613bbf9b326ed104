/** Tables that were written are laid out. */
import { expect, test } from 'vitest';
import { markdownSink } from '../src/markdown/sink';

function written(markdown: string): HTMLElement {
  const root = document.createElement('div');
  const sink = markdownSink(root);
  sink.write(markdown);
  sink.end();
  return root.querySelector<HTMLElement>('.table') ?? root;
}

test('columns of numbers stand to the right', () => {
  const box = written('| Deal | Amount |\n|---|---|\n| A | EUR 1,240.00 |\n| B | EUR 856.00 |\n');
  expect(box.classList.contains('wide')).toBe(false);
  expect([...box.querySelectorAll('.number')].map((one) => one.textContent?.trim())).toEqual(['Amount', 'EUR 1,240.00', 'EUR 856.00']);
});

test('a table of many columns can be read as a list of records', () => {
  const box = written('| A | B | C | D | E |\n|---|---|---|---|---|\n| 1 | 2 | 3 | 4 | 5 |\n');
  expect(box.classList.contains('wide')).toBe(true);
  expect([...box.querySelectorAll('td')].map((cell) => cell.dataset['label'])).toEqual(['A', 'B', 'C', 'D', 'E']);
  expect(box.querySelectorAll('[role="columnheader"]').length).toBe(5);
});

test('a table whose rows hold nothing is hidden', () => {
  expect(written('| A | B |\n|---|---|\n|  |  |\n').querySelector('table')?.hidden).toBe(true);
  expect(written('| A | B |\n|---|---|\n| x |  |\n').querySelector('table')?.hidden).toBe(false);
});
