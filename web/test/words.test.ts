/** What the console says for the service's codes. */
import { expect, test } from 'vitest';
import type { DocumentRow } from '../src/console/api';
import { audienceInWords, dayInWords, inForce, standingOf } from '../src/console/words';

const row = (more: Partial<DocumentRow>): DocumentRow => ({
  id: 'd',
  path: 'a.md',
  title: 'A',
  audience: 'partners',
  effective_from: null,
  effective_until: null,
  passages: 3,
  ingested_at: '2026-11-20T09:30:00Z',
  status: 'searchable',
  reason: null,
  ...more,
});

test('audiences', () => {
  expect(audienceInWords('partners')).toEqual(['All partners']);
  expect(audienceInWords('internal')).toEqual(['Internal']);
  expect(audienceInWords('tier=gold,platinum;region=emea')).toEqual(['Tier gold or platinum', 'Region EMEA']);
});

test('what is in force today', () => {
  const check = (more: Partial<DocumentRow>, expected: string) =>
    expect(standingOf(row(more), '2026-11-20').text).toBe(expected);
  check({}, 'searchable');
  check({ effective_from: '2026-11-20' }, 'searchable');
  check({ effective_from: '2026-11-21' }, 'not yet in force');
  check({ effective_until: '2026-11-21' }, 'searchable');
  check({ effective_until: '2026-11-20' }, 'no longer in force');
  check({ status: 'failed', passages: 0 }, 'failed');
  check({ status: 'failed' }, 'failed, older version in use');
});

test('days', () => {
  expect(dayInWords('2025-04-01')).toBe('1 Apr 2025');
  expect(dayInWords('soon')).toBe('soon');
  expect(inForce(row({ effective_from: '2025-04-01', effective_until: '2026-04-01' }))).toEqual(['from 1 Apr 2025', 'before 1 Apr 2026']);
  expect(inForce(row({}))).toEqual([]);
});
