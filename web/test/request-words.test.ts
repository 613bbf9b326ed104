/** What the console says of a request. */
import { expect, test } from 'vitest';
import type { RequestEvent, RequestRow } from '../src/console/api';
import { dueInWords, eventInWords, isWaiting, kindInWords, proposalInWords, standingOf } from '../src/console/request-words';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const row = (more: Partial<RequestRow>) => ({ kind: 'register_deal', state: 'submitted', due_at: null, is_overdue: false, ...more }) as RequestRow;

test('when it is due', () => {
  const check = (due_at: string | null, expected: string, is_overdue = false) =>
    expect(dueInWords(row({ due_at, is_overdue }), NOW)).toBe(expected);
  check(null, '');
  check('soon', '');
  check(null, 'overdue', true);
  check('2026-11-20T10:00:30Z', 'due in less than a minute');
  check('2026-11-20T10:01:00Z', 'due in 1 minute');
  check('2026-11-20T10:59:59Z', 'due in 59 minutes');
  check('2026-11-20T15:30:00Z', 'due in 5 hours');
  check('2026-11-22T09:00:00Z', 'due in 47 hours');
  check('2026-11-22T10:00:00Z', 'due in 2 days');
  check('2026-11-18T09:00:00Z', 'overdue by 2 days', true);
  check('2026-11-20T08:00:00Z', 'overdue by 2 hours');
  // The service's clock is ahead of the reader's.
  check('2026-11-20T10:01:00Z', 'overdue', true);
});

test('kinds and states', () => {
  expect(kindInWords(row({}))).toBe('Register a deal');
  expect(kindInWords(row({ kind: 'swap_partner' }))).toBe('Swap partner');
  expect(kindInWords(row({ kind: 'constructor' }))).toBe('Constructor');
  expect(standingOf(row({})).text).toBe('waits for a decision');
  expect(standingOf(row({ state: 'confirmed' })).text).toBe('on its way to the CRM');
  expect(standingOf(row({ state: 'rejected' }))).toEqual({ kind: 'quiet', text: 'rejected' });
  expect(['submitted', 'confirmed', 'approved'].map((state) => isWaiting(row({ state })))).toEqual([true, false, false]);
});

test('a proposal is none of ours', () => {
  const said = (['approve', 'reject', 'ask'] as const).map((decision) => proposalInWords({ decision, reasons: [] }));
  expect(new Set(said).size).toBe(3);
});

test('what happened', () => {
  const check = (event: Partial<RequestEvent>, expected: string) =>
    expect(eventInWords({ at: '', author: '', text: '', kind: '', ...event })).toBe(expected);
  check({ kind: 'confirmed', author: 'ada' }, 'confirmed by ada');
  check({ kind: 'written', author: 'service' }, 'written to the CRM by Liaison');
  check({ kind: 'not_written', text: 'the CRM is away' }, 'not written to the CRM: the CRM is away');
  check({ kind: 'rejected', author: 'ops', text: 'taken' }, 'rejected by ops: taken');
  check({ kind: 'toString' }, 'toString');
});
