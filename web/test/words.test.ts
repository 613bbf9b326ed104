/** What the console says for the service's codes. */
import { expect, test } from 'vitest';
import type { DocumentRow, Entry, GapRow, HandoffRow, Job } from '../src/console/api';
import {
  audienceInWords,
  counted,
  dayInWords,
  deliveryOf,
  endedInWords,
  entryInWords,
  inForce,
  jobInWords,
  kindsInWords,
  pendingInWords,
  reviewInWords,
  sentence,
  sizeInWords,
  standingOf,
} from '../src/console/words';
import { job, row } from './documents';

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
  check({ superseded_from: '2026-11-20' }, 'replaced on 20 Nov 2026');
  check({ superseded_from: '2026-11-21' }, 'searchable');
  check({ superseded_from: '0001-01-01' }, 'replaced');
  check({ superseded_from: '2026-01-01', effective_until: '2026-01-01' }, 'no longer in force');
  check({ status: 'failed', passages: 0 }, 'failed');
  check({ status: 'failed' }, 'failed, older version in use');
});

test('days', () => {
  expect(dayInWords('2025-04-01')).toBe('1 Apr 2025');
  expect(dayInWords('soon')).toBe('soon');
});

test('when a document holds', () => {
  const check = (more: Partial<DocumentRow>, expected: string[]) => expect(inForce(row(more), '2026-11-20')).toEqual(expected);
  check({}, []);
  check({ effective_from: '2025-04-01', effective_until: '2026-04-01' }, ['from 1 Apr 2025', 'before 1 Apr 2026']);
  check({ superseded_from: '2026-12-01' }, ['to be replaced on 1 Dec 2026']);
  // The status says so already.
  check({ superseded_from: '2026-11-01' }, []);
  check({ superseded_from: '2026-01-01', effective_until: '2026-01-01' }, ['before 1 Jan 2026', 'replaced on 1 Jan 2026']);
});

test('when a document is to be looked over', () => {
  const check = (review_by: string | null, expected: string) => expect(reviewInWords(row({ review_by }), '2026-11-20')).toBe(expected);
  check(null, '');
  check('2026-11-20', 'review by 20 Nov 2026');
  check('2026-11-19', 'overdue for review since 19 Nov 2026');
});

test('how far a job is', () => {
  const check = (more: Partial<Job>, expected: string) => expect(jobInWords(job(more)).text).toBe(expected);
  check({}, 'waiting');
  check({ state: 'reading' }, 'reading');
  check({ state: 'splitting' }, 'splitting');
  check({ state: 'embedding' }, 'embedding');
  check({ state: 'embedding', done: 120, total: 1600 }, 'embedding 120 of 1,600');
  check({ state: 'searchable' }, 'searchable');
  check({ state: 'failed', reason: 'it is locked' }, 'failed');
  check({ state: 'cancelled' }, 'cancelled');
  check({ bytes: null }, 'waiting');
  check({ bytes: null, state: 'embedding', done: 12, total: 40 }, 'taking in 12 of 40 files');
  check({ bytes: null, state: 'searchable', reason: '2 of 40 files could not be taken in' }, 'searchable in part');
});

test('what is pending', () => {
  const check = (files: number, folders: number, expected: string) => expect(pendingInWords(files, folders)).toBe(expected);
  check(0, 0, '');
  check(1, 0, '1 document is not searchable yet');
  check(1200, 1, '1,200 documents are not searchable yet, 1 folder is being taken in');
});

test('what became of jobs', () => {
  const check = (jobs: Partial<Job>[], expected: string) => expect(endedInWords(jobs.map(job))).toBe(expected);
  check([{ state: 'searchable' }], 'a.md is searchable.');
  check([{ state: 'searchable' }, { state: 'searchable' }], '2 documents are searchable.');
  check([{ state: 'failed', reason: 'it is locked' }, { path: 'b.md', state: 'cancelled' }], 'a.md failed. It is locked. b.md was cancelled.');
});

test('numbers, sizes and sentences', () => {
  expect([counted(1, 'file'), counted(0, 'file'), counted(1200, 'file')]).toEqual(['1 file', '0 files', '1,200 files']);
  expect([0, 900, 2_300, 48_200, 2_400_000, 38_400_000].map(sizeInWords)).toEqual(['empty', 'under 1 kB', '2.3 kB', '48 kB', '2.4 MB', '38 MB']);
  expect([sentence('it is locked'), sentence('Read again?')]).toEqual(['It is locked.', 'Read again?']);
});

test('a mail to a manager is said to be sent when it is', () => {
  const check = (delivery: Partial<HandoffRow['delivery']>, expected: string) =>
    expect(deliveryOf({ delivery: { reason: null, attempts: 0, ...delivery } } as HandoffRow).text).toBe(expected);
  check({ state: 'not_configured' }, 'not configured');
  check({ state: 'queued' }, 'on its way');
  check({ state: 'queued', attempts: 2 }, 'waiting after 2 attempts');
  check({ state: 'sent', attempts: 1 }, 'sent');
  check({ state: 'failed', attempts: 1 }, 'failed');
  check({ state: 'failed', attempts: 6 }, 'failed after 6 attempts');
});

test('who did what in a hand-over', () => {
  const check = (entry: Partial<Entry>, expected: string) =>
    expect(entryInWords({ author: 'ops', signed: null, channel: 'console', text: '', ...entry } as Entry)).toBe(expected);
  check({ kind: 'opened', author: 'ada' }, 'ada asked for a person');
  check({ kind: 'manager', signed: 'Anneke' }, 'ops answered in the console, signed Anneke');
  check({ kind: 'manager', channel: 'mail', author: 'a@b.example' }, 'a@b.example answered by mail');
  check({ kind: 'not_mailed', text: 'mailbox full' }, 'the manager was not told by mail: mailbox full');
});

test('how one knows of a gap', () => {
  const check = (declined: number, voted_down: number, handed_over: number, expected: string) =>
    expect(kindsInWords({ kinds: { declined, voted_down, handed_over } } as GapRow)).toBe(expected);
  check(1, 0, 0, 'declined once');
  check(3, 2, 1, 'declined 3 times, voted down twice, handed over once');
});
