/** Places and values in words. */
import { expect, test } from 'vitest';
import { de } from '../src/i18n/de';
import { en } from '../src/i18n/en';
import { isNumeric } from '../src/shared/format';
import { placeInWords, type Place } from '../src/shared/place';

test('places', () => {
  const cases: [Place | null, string][] = [
    [{ page: 3 }, 'Page 3'],
    [{ slide: 4 }, 'Slide 4'],
    [{ heading: ['Deals', 'Protection'] }, 'Deals › Protection'],
    [{ sheet: 'Rates', rows: [2, 9] }, 'Rates, rows 2–9'],
    [{ sheet: 'Rates', rows: [2, 2] }, 'Rates, row 2'],
    [null, ''],
  ];
  for (const [place, words] of cases) expect(placeInWords(place, en)).toBe(words);
  expect(placeInWords({ slide: 4 }, de)).toBe('Folie 4');
  expect(placeInWords({ heading: ['FAQ', 'Money', 'FAQ'] }, en, 'FAQ')).toBe('Money › FAQ');
});

test('what aligns as a number', () => {
  for (const text of ['12', '-5', 'EUR 1,240.50', 'EUR -40.00', '-EUR 100.00', '12 %', '1 240,50 EUR', '—']) expect(isNumeric(text), text).toBe(true);
  for (const text of ['2026-03-12', 'Alpha', '3 days', 'p-001']) expect(isNumeric(text), text).toBe(false);
});
