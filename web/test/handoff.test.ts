/** What the widget makes of a conversation with a person. */
import { expect, test } from 'vitest';
import { languages } from '../src/i18n';
import { deliveryInWords, exchangesIn, pause, unansweredReplies, writtenIn } from '../src/widget/handoff';
import type { Handoff, Message } from '../src/widget/handoff';

const MESSAGES: Message[] = [
  { role: 'user', text: 'One?', to: 'assistant' },
  { role: 'assistant', id: 'a1', text: 'No.', citations: [], declined: { reason: 'no_answer' } },
  { role: 'event', event: 'opened' },
  { role: 'user', text: 'please', to: 'manager' },
  { role: 'user', text: 'Two?', to: 'assistant' },
  {
    role: 'assistant',
    id: 'a2',
    text: 'Yes [1](#cite-p).',
    citations: [{ n: 1, passage_id: 'p', title: 'T', document: 'd.md', anchor: { page: 2 }, quote: 'q' }],
    declined: null,
  },
  { role: 'manager', name: 'Anneke', text: '<b>done</b>' },
  { role: 'manager', name: 'Anneke', text: 'and more' },
];

test('what was written stands behind the answer that it followed', () => {
  expect(writtenIn(MESSAGES).map(({ after, kind, text }) => [after, kind, text])).toEqual([
    ['a1', 'opened', ''],
    ['a1', 'partner', 'please'],
    ['a2', 'manager', '<b>done</b>'],
    ['a2', 'manager', 'and more'],
  ]);
});

test('a conversation that was begun elsewhere has its answers, with their sources', () => {
  const [first, second] = exchangesIn(MESSAGES);
  expect(first).toMatchObject({ key: 'a1', question: 'One?', answer: { phase: 'done', declined: { reason: 'no_answer' } } });
  expect(second?.answer.sources).toEqual([
    { id: 'p', n: 1, passage: 'p', title: 'T', document: 'd.md', place: { page: 2 }, quote: 'q' },
  ]);
});

test('answers behind the last words to a person wait to be read', () => {
  const check = (messages: Message[], expected: number) => expect(unansweredReplies(writtenIn(messages))).toBe(expected);
  check([], 0);
  check(MESSAGES, 2);
  check(MESSAGES.slice(0, 4), 0);
  check([...MESSAGES, { role: 'user', text: 'thanks', to: 'manager' }], 0);
  check([{ role: 'manager', name: 'A', text: 'x' }], 1);
});

test('a manager has been told only when the mail has left', () => {
  const base: Handoff = { id: 'h', state: 'open', manager: { name: 'Anneke', email: 'a@b.example' }, delivery: 'sent' };
  for (const words of Object.values(languages)) {
    const said = (delivery: Handoff['delivery']) => deliveryInWords({ ...base, delivery }, words);
    const all = [said('sent'), said('queued'), said('failed'), said('not_configured')];
    expect(new Set(all).size).toBe(4);
    for (const one of all) expect(one).toContain('Anneke');
    expect(deliveryInWords({ ...base, manager: null }, words)).toContain(words.manager);
  }
});

test('the longer nothing comes, the seldomer it is looked', () => {
  expect(pause(0, false)).toBe(3_000);
  expect(pause(1, false)).toBeGreaterThan(pause(0, false));
  expect(pause(50, false)).toBe(60_000);
  expect(pause(0, true)).toBe(60_000);
});
