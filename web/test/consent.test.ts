/** What becomes of a form: completed, sent once, refused, taken. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { en } from '../src/i18n/en';
import { confirmationIn, type Confirmation } from '../src/shared/confirmation';
import { unanswered } from '../src/widget/answer';
import { Backend } from '../src/widget/backend';
import { begun, Consent, isMissing, isUndecided, isUnderWay, MISSING, titleOf, withNews } from '../src/widget/consent';
import type { Exchange, State } from '../src/widget/conversation';
import { Store } from '../src/widget/store';
import { CONFIRMATION } from './confirmations';

const ONE = confirmationIn(CONFIRMATION) as Confirmation;

function exchange(...confirmations: Confirmation[]): Exchange {
  return { key: 'k', question: '?', answer: { ...unanswered, phase: 'done', confirmations } };
}

type Reply = [status: number, body: unknown] | 'offline';
let replies: Reply[] = [];
let sent: { method: string; path: string; body: unknown }[] = [];

beforeEach(() => {
  [replies, sent] = [[], []];
  vi.stubGlobal('fetch', (path: string, { method = 'GET', body }: RequestInit) => {
    sent.push({ method, path, body: body ? JSON.parse(String(body)) : undefined });
    const reply = replies.shift() ?? 'offline';
    if (reply === 'offline') return Promise.reject(new TypeError('Failed to fetch'));
    return Promise.resolve(new Response(JSON.stringify(reply[1]), { status: reply[0] }));
  });
});
afterEach(() => vi.unstubAllGlobals());

function given() {
  const state = { id: 'conversation', exchanges: [exchange(ONE)], drafts: {} } as unknown as State;
  const store = new Store(state, () => {});
  const answered = vi.fn();
  const consent = new Consent(store, new Backend(() => '', () => async () => 'token', () => 'en'), answered);
  const shown = () => store.value.exchanges[0]?.answer.confirmations[0] as Confirmation;
  return { store, consent, answered, shown, draft: () => consent.draft(ONE) };
}

function refusal(code: string, more: object = {}) {
  return { error: { code, message: 'Some fields are not right.', request_id: 'r-1', ...more } };
}

test('what is missing is marked, and nothing is sent', async () => {
  const { consent, draft } = given();
  await consent.send(ONE, true);
  expect(sent).toEqual([]);
  expect(draft().wrong).toMatchObject({ product: MISSING, customer: '', proof: '' });
  expect(draft().refusals).toBe(1);
  consent.fill(ONE, 'product', '  ');
  expect(draft().wrong['product']).toBe('');
  await consent.send(ONE, true);
  expect([sent.length, draft().refusals]).toEqual([0, 2]);
});

test('what is fixed or may be left out is not missing', () => {
  const of = (name: string) => ONE.fields.find((field) => field.name === name)!;
  const empty = { ...begun(ONE), values: { customer: '', product: '', close_date: '', proof: '', registration: '' } };
  expect(ONE.fields.map(({ name }) => [name, isMissing(of(name), empty)])).toEqual([
    ['customer', true],
    ['product', true],
    ['close_date', true],
    ['proof', false],
    ['registration', false],
  ]);
});

test('it is sent once, whole, without what is fixed or was never there, and with what was emptied', async () => {
  const { consent, answered, shown, draft } = given();
  const optional = { ...ONE, fields: ONE.fields.map((field) => (field.name === 'customer' ? { ...field, required: false } : field)) };
  replies = [[200, { ...CONFIRMATION, state: 'confirmed' }]];
  consent.fill(optional, 'product', ' Weave ');
  consent.fill(optional, 'customer', '');
  const first = consent.send(optional, true);
  expect(draft().sending).toBe(true);
  await Promise.all([first, consent.send(optional, true), consent.send(optional, false)]);
  const fields = { customer: '', product: 'Weave', close_date: '2026-09-30' };
  expect(sent).toEqual([{ method: 'POST', path: '/api/approvals/c-1', body: { approved: true, fields } }]);
  expect(shown().state).toBe('confirmed');
  expect([draft().sending, answered.mock.calls.length]).toEqual([null, 1]);
});

test('a refusal to consent needs nothing filled in', async () => {
  const { consent, shown } = given();
  replies = [[200, { ...CONFIRMATION, state: 'cancelled' }]];
  await consent.send(ONE, false);
  expect(sent[0]?.body).toEqual({ approved: false });
  expect(shown().state).toBe('cancelled');
});

test('what the service finds wrong stands at its field', async () => {
  const { consent, draft, shown } = given();
  consent.fill(ONE, 'product', 'Weave');
  replies = [[422, refusal('fields_invalid', { fields: { close_date: 'Write a day.', constructor: 'x', unknown: 'y' } })]];
  await consent.send(ONE, true);
  expect(draft().wrong).toEqual({ customer: '', product: '', close_date: 'Write a day.', proof: '', registration: '' });
  expect([draft().trouble, draft().refusals, draft().sending, shown().state]).toEqual([null, 1, null, 'proposed']);
  // Nothing that has a place: the sentence stands for itself.
  for (const fields of [undefined, null, 'x', ['y'], { elsewhere: 'z' }]) {
    replies = [[422, refusal('fields_invalid', { fields })]];
    await consent.send(ONE, true);
    expect([draft().said, draft().trouble]).toEqual(['Some fields are not right.', 'failed']);
  }
});

test('trouble keeps what was typed, and says what kind it is', async () => {
  const check = async (reply: Reply[], expected: [string, string]) => {
    const { consent, draft, shown } = given();
    consent.fill(ONE, 'product', 'Weave');
    replies = reply;
    await consent.send(ONE, true);
    expect([draft().trouble, draft().reference]).toEqual(expected);
    expect([draft().values['product'], draft().sending, shown().state]).toEqual(['Weave', null, 'proposed']);
  };
  await check(['offline'], ['offline', '']);
  await check([[503, refusal('crm_unavailable')]], ['failed', 'r-1']);
  await check([[404, refusal('not_found')]], ['unknown', '']);
  await check([[409, refusal('approval_over')], 'offline'], ['over', '']);
  // An answer that cannot be read, or is about another, did not come.
  await check([[200, { ...CONFIRMATION, id: 'c-2' }]], ['failed', '']);
  await check([[200, 'what?']], ['failed', '']);
});

test('what is over is shown as the service has it', async () => {
  const { consent, draft, shown } = given();
  consent.fill(ONE, 'product', 'Weave');
  replies = [[409, refusal('approval_over')], [200, { ...CONFIRMATION, state: 'expired' }]];
  await consent.send(ONE, true);
  expect(sent.map(({ method }) => method)).toEqual(['POST', 'GET']);
  expect([shown().state, draft().trouble, draft().sending]).toEqual(['expired', 'over', null]);
});

test('what comes after a reset belongs to nobody', async () => {
  const { store, consent, answered } = given();
  replies = [[200, { ...CONFIRMATION, state: 'cancelled' }]];
  const sending = consent.send(ONE, false);
  store.set({ id: 'another', exchanges: [exchange(ONE)], drafts: {} });
  await sending;
  expect([store.value.exchanges[0]?.answer.confirmations[0]?.state, answered.mock.calls.length]).toEqual(['proposed', 0]);
});

test('news replace what is shown, but never make a proposal of what was consented to', () => {
  const now = (from: string, to: string) => {
    const before = [exchange({ ...ONE, state: from })];
    const after = withNews(before, [{ ...ONE, state: to }, { ...ONE, id: 'c-9' }]);
    return [after[0]?.answer.confirmations[0]?.state, after === before];
  };
  expect(now('proposed', 'expired')).toEqual(['expired', false]);
  expect(now('confirmed', 'submitted')).toEqual(['submitted', false]);
  expect(now('confirmed', 'proposed')).toEqual(['confirmed', true]);
  expect(now('submitted', 'submitted')).toEqual(['submitted', true]);
});

test('a kind that nobody knows has a title all the same', () => {
  const check = (kind: string, expected: string) => expect(titleOf({ ...ONE, kind }, en)).toBe(expected);
  check('request_mdf', en.request_mdf);
  for (const kind of ['', 'swap_partner', 'constructor', 'title']) check(kind, en.toConfirm);
});

test('who is waited for', () => {
  const check = (state: string, undecided: boolean, underWay: boolean) =>
    expect([isUndecided({ ...ONE, state }), isUnderWay({ ...ONE, state })], state).toEqual([undecided, underWay]);
  check('proposed', true, false);
  check('confirmed', true, true);
  check('submitted', true, true);
  for (const state of ['approved', 'rejected', 'done', 'cancelled', 'expired', 'later']) check(state, false, false);
});
