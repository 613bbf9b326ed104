/** An answer, part by part. */
import { expect, test } from 'vitest';
import type { Part } from '../src/stream/parts';
import { advance, unanswered, type Answer } from '../src/widget/answer';

function after(...parts: unknown[]): Answer {
  return (parts as Part[]).reduce(advance, unanswered);
}

function check(parts: unknown[], expected: Partial<Answer>): void {
  expect(after(...parts)).toMatchObject(expected);
}

test('the id, the steps and the words', () => {
  check([{ type: 'start', messageId: 'm-1' }], { id: 'm-1', phase: 'waiting' });
  check(
    ['Searching', 'Searching', 'Reading'].map((label) => ({ type: 'data-status', data: { label } })),
    { steps: ['Searching', 'Reading'] },
  );
  check(
    [
      { type: 'text-start', id: 'a' },
      { type: 'text-delta', id: 'a', delta: 'One' },
      { type: 'text-end', id: 'a' },
      { type: 'text-start', id: 'b' },
      { type: 'text-delta', id: 'b', delta: 'Two' },
    ],
    { text: 'One\n\nTwo', phase: 'writing' },
  );
});

test('sources keep their place and quote, once each', () => {
  const liaison = { n: 3, passage_id: 'p', document: 'rules.docx', anchor: { heading: ['A', 'B'] }, quote: '90 days' };
  const part = { type: 'source-document', sourceId: 's', title: 'Rules', providerMetadata: { liaison } };
  const source = { id: 's', n: 3, passage: 'p', title: 'Rules', document: 'rules.docx', place: liaison.anchor, quote: '90 days' };
  expect(after(part, part).sources).toEqual([source]);
  const bare = { type: 'source-document', sourceId: 's', title: 'Rules', filename: 'r.pdf', providerMetadata: { liaison: { anchor: { page: 4 } } } };
  check([bare], { sources: [{ id: 's', n: 1, passage: 's', title: 'Rules', document: 'r.pdf', place: { page: 4 }, quote: '' }] });
  check([{ type: 'source-document', sourceId: 's' }], { sources: [{ id: 's', n: 1, passage: 's', title: '', document: '', place: null, quote: '' }] });
});

test('a passage that is quoted twice is two sources', () => {
  const quoted = (n: number, quote: string) => ({ type: 'source-document', sourceId: 's', providerMetadata: { liaison: { n, quote } } });
  expect(after(quoted(1, 'Gold'), quoted(2, 'Silver'), quoted(2, 'Silver')).sources).toMatchObject([
    { id: 's', n: 1, quote: 'Gold' },
    { id: 's', n: 2, quote: 'Silver' },
  ]);
});

test('only outputs that are tables with rows are shown', () => {
  const table = { name: 'list_commissions', headline: 'One.', columns: ['Deal'], rows: [['Alpha']], as_of: '2026-01-01T00:00:00Z' };
  for (const [output, count] of [[table, 1], [{ ...table, rows: [] }, 0], [{ hits: [] }, 0], [null, 0], ['text', 0]] as const) {
    expect(after({ type: 'tool-output-available', toolCallId: 'c', output }).tables.length).toBe(count);
  }
});

test('questions to go on with', () => {
  check([{ type: 'data-suggestions', data: { questions: ['Extensions'] } }], { suggestions: ['Extensions'] });
  check([{ type: 'data-suggestions', data: {} }], { suggestions: [] });
});

test('declined, error', () => {
  const contact = { name: 'Anneke Visser', email: 'anneke.visser@merrowline.example' };
  check([{ type: 'data-declined', data: { reason: 'no' } }], { declined: { reason: 'no', nearest: [], contact: null } });
  check([{ type: 'data-declined', data: { reason: 'no', contact } }], { declined: { reason: 'no', nearest: [], contact } });
  check([{ type: 'error', errorText: 'why' }], { phase: 'failed', trouble: 'failed', detail: 'why' });
});

test('parts that nobody knows change nothing', () => {
  for (const type of ['start-step', 'finish-step', 'finish', 'tool-output-error', 'data-later', 'reasoning-delta']) {
    expect(after({ type })).toEqual(unanswered);
  }
});
