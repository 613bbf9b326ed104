/** What the widget takes for a confirmation, and what it leaves. */
import { expect, test } from 'vitest';
import type { Part } from '../src/stream/parts';
import { confirmationIn, confirmationsIn, isUnsure, valueInWords, type Field } from '../src/shared/confirmation';
import { advance, unanswered } from '../src/widget/answer';
import { exchangesIn } from '../src/widget/handoff';
import { CONFIRMATION, field } from './confirmations';

const read = (more: object) => confirmationIn({ ...CONFIRMATION, ...more });

test('a confirmation is read with all that it has', () => {
  const read = confirmationIn(CONFIRMATION);
  expect(read).toMatchObject({ id: 'c-1', kind: 'register_deal', state: 'proposed', message: '' });
  expect(read?.notices).toEqual(['There may be a conflict.']);
  expect(read?.fields.map(({ name, value, required }) => [name, value, required])).toEqual([
    ['customer', 'Norlund AB', true],
    ['product', null, true],
    ['close_date', '2026-09-30', true],
    ['proof', null, false],
    ['registration', 'dr-012', true],
  ]);
});

test('what is no confirmation is none', () => {
  const deep = { fields: { 0: field({}) } };
  for (const data of [null, undefined, 'text', 7, [], {}, { id: 'c-1' }, { ...CONFIRMATION, ...deep }]) {
    expect(confirmationIn(data)).toBeNull();
  }
  for (const id of ['', 7, null, '../secrets', 'a b', 'x'.repeat(81), '<b>']) expect(read({ id })).toBeNull();
  for (const state of ['', 7, null]) expect(read({ state })).toBeNull();
});

test('a field that cannot be read makes the whole unreadable: consent is to all of it', () => {
  const bad = [null, 'text', {}, { ...field({}), name: '' }, { ...field({}), name: 7 }, { ...field({}), value: 45000 }, { ...field({}), value: {} }];
  for (const one of bad) expect(read({ fields: [field({ name: 'other' }), one] }), JSON.stringify(one)).toBeNull();
  expect(read({ fields: [field({}), field({})] }), 'two of one name').toBeNull();
  expect(read({ fields: [] })?.fields).toEqual([]);
});

test('what is wrong beside the values is left out', () => {
  const wrong = field({ label: 7, words: 9, confidence: 'high', required: 'yes', choices: 'none', type: 'slider' });
  expect(read({ fields: [wrong] })?.fields).toEqual([
    { name: 'customer', label: 'customer', type: 'text', choices: [], value: 'Norlund AB', required: false, words: null, confidence: null },
  ]);
  expect(read({ notices: [null, 'x', { text: 5 }, { text: 'One.' }], message: {}, kind: 3, expires_at: [] })).toMatchObject({
    notices: ['One.'],
    message: '',
    kind: '',
    expires_at: '',
  });
});

test('a control that could not show its value is a text', () => {
  const typeOf = (more: object) => read({ fields: [field(more)] })?.fields[0]?.type;
  expect(typeOf({ type: 'date', value: 'end of September' })).toBe('text');
  expect(typeOf({ type: 'date', value: null })).toBe('date');
  expect(typeOf({ type: 'choice', choices: [] })).toBe('text');
  expect(typeOf({ type: 'choice', choices: ['Weave', 7] })).toBe('choice');
});

test('an answer may ask for several; a later part about the same takes its place', () => {
  const part = (data: unknown) => ({ type: 'data-confirmation', data }) as Part;
  const told = [CONFIRMATION, { ...CONFIRMATION, id: 'c-2' }, null, { ...CONFIRMATION, state: 'expired' }].map(part);
  const { confirmations } = told.reduce(advance, unanswered);
  expect(confirmations.map(({ id, state }) => [id, state])).toEqual([
    ['c-2', 'proposed'],
    ['c-1', 'expired'],
  ]);
  const beside = ['tool-approval-request', 'tool-input-available'].map((type) => ({ type }) as Part);
  expect(beside.reduce(advance, unanswered)).toEqual(unanswered);
});

test('a kept answer has its confirmations, if it has any', () => {
  const kept = (confirmations?: unknown) =>
    exchangesIn([{ role: 'assistant', id: 'a', text: '', citations: [], declined: null, confirmations }])[0]?.answer.confirmations;
  expect(kept()).toEqual([]);
  expect(kept('x')).toEqual([]);
  expect(kept([CONFIRMATION, 5])?.map(({ id }) => id)).toEqual(['c-1']);
  expect(confirmationsIn(null)).toEqual([]);
});

test('what is to be looked at twice', () => {
  const check = (value: string | null, confidence: number | null, expected: boolean) =>
    expect(isUnsure({ value, confidence } as Field)).toBe(expected);
  check('x', 0.69, true);
  check('x', 0.7, false);
  check('x', null, false);
  check(null, 0.1, false);
});

test('days in words, anything else as it is', () => {
  const check = (type: string, value: string | null, expected: string) =>
    expect(valueInWords({ type, value } as Field, 'en-GB')).toBe(expected);
  check('date', '2026-09-30', '30 Sept 2026');
  check('date', '2026-99-99', '2026-99-99');
  check('text', '2026-09-30', '2026-09-30');
  check('amount', '45000.00', '45000.00');
  check('text', null, '');
});
