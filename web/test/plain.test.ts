/** What is read out. */
import { expect, test } from 'vitest';
import { plainText } from '../src/markdown/plain';

function check(markdown: string, spoken: string): void {
  expect(plainText(markdown)).toBe(spoken);
}

test('marks, citations and rules are not read out', () => {
  check('Deals are protected for **90 days** [1](#cite-a).', 'Deals are protected for 90 days.');
  check('## Rates\n\n- Gold: 12 % [2](#cite-b)\n- Silver: 8 %\n', 'Rates Gold: 12 % Silver: 8 %');
  check('| Deal | Until |\n|---|:--|\n| Alpha | 2026-03-12 |\n', 'Deal, Until. Alpha, 2026-03-12.');
  check('You owe -5 EUR; see [the guide](https://a.example/b).', 'You owe -5 EUR; see the guide.');
  check('You earned EUR 2,096.00, in 2 parts.\n\n| A | B |\n|---|---|\n| x | EUR 1,240.00 |\n', 'You earned EUR 2,096.00, in 2 parts. A, B. x, EUR 1,240.00.');
  check('', '');
});
