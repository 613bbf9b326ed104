// Hand-overs, as both sides see them. A person answers two seconds after they were asked; `undelivered` in the
// message makes the mail fail.

const MANAGER = { name: 'Anneke Visser', email: 'anneke.visser@merrowline.example' };
const ANSWERS_AFTER = 2000;
const kept = new Map();

/** What `POST /api/handoffs` answers a partner. */
export function handOver(partner, { conversation, message }) {
  const key = `${partner} ${conversation}`;
  const known = kept.get(key) ?? { conversation, written: [], failed: false };
  kept.set(key, known);
  known.failed ||= /undelivered/.test(message);
  if (message) known.written.push({ text: message, at: Date.now() });
  known.asked ??= Date.now();
  return handoff(known);
}

/** What `GET /api/conversations/{id}` answers; nothing for a conversation of somebody else. */
export function conversationOf(partner, conversation) {
  const known = kept.get(`${partner} ${conversation}`);
  if (!known) return null;
  const messages = [
    { role: 'user', text: 'What is the weather?', to: 'assistant', at: '' },
    { role: 'assistant', id: 'answer-no', text: 'I found nothing.', citations: [], declined: { reason: 'not_in_knowledge', nearest: [] }, tried: [], vote: null, at: '' },
    { role: 'event', event: 'opened', at: '' },
  ];
  for (const { text, at } of known.written) {
    messages.push({ role: 'user', text, to: 'manager', at: '' });
    if (Date.now() - at > ANSWERS_AFTER) messages.push({ role: 'manager', name: MANAGER.name, text: `You wrote <b>${text}</b>.`, at: '' });
  }
  return { id: conversation, messages, handoff: handoff(known) };
}

function handoff({ conversation, written, failed, asked }) {
  const last = written.at(-1)?.at ?? asked;
  const answered = written.length > 0 && Date.now() - last > ANSWERS_AFTER;
  const delivery = failed ? 'failed' : Date.now() - last > 300 ? 'sent' : 'queued';
  return { id: 'h-1', conversation, state: answered ? 'answered' : 'open', manager: MANAGER, delivery, opened_at: '', updated_at: '' };
}

const worlds = new Map();

/** What `/api/handoffs` answers staff; nothing where there is nothing. */
export function staffHandoffs(token, method, path, body) {
  if (!worlds.has(token)) worlds.set(token, token === 'nobody-has-anything' ? [] : staffed());
  const all = worlds.get(token);
  const [, , , id, action] = path.split('/');
  if (!id) return { handoffs: all.map(({ transcript, tried, nearest, audit, ...listed }) => listed) };
  const one = all.find((each) => each.id === id);
  if (!one || method === 'GET') return one;
  const at = '2026-11-20T10:00:00Z';
  if (action === 'close') {
    one.state = 'closed';
    one.transcript.push({ role: 'event', event: 'closed', at });
    one.audit.push(entry('closed', 'staff', 'console', '', at));
  } else {
    one.state = 'answered';
    one.transcript.push({ role: 'manager', name: body.name || MANAGER.name, text: body.text, at });
    one.audit.push({ ...entry('manager', 'staff', 'console', body.text, at), signed: body.name || MANAGER.name });
  }
  return one;
}

function staffed() {
  const base = (id, state, delivery, partner, question) => ({
    id,
    conversation: `c-${id}`,
    state,
    partner,
    subject: 'ada@alderbrook.example',
    manager: MANAGER,
    opened_at: '2026-11-20T09:30:00Z',
    updated_at: '2026-11-20T09:35:00Z',
    delivery,
    transcript: [
      { role: 'user', text: question, to: 'assistant', at: '2026-11-20T09:29:00Z' },
      {
        role: 'assistant',
        id: 'a-1',
        text: 'I find nothing in the **documents** that answers this.',
        citations: [],
        declined: { reason: 'not_in_knowledge', nearest: [] },
        tried: [{ name: 'search_knowledge', arguments: { query: question }, records: 0, as_of: null }],
        vote: -1,
        at: '2026-11-20T09:29:00Z',
      },
      { role: 'event', event: 'opened', at: '2026-11-20T09:30:00Z' },
      { role: 'user', text: 'The customer signs on <i>Friday</i>.', to: 'manager', at: '2026-11-20T09:30:00Z' },
    ],
    tried: [{ name: 'search_knowledge', arguments: { query: question }, records: 0, as_of: null }],
    nearest: [
      { passage_id: 'p-1', document: 'program/rules-of-engagement.docx', title: 'Rules of engagement 2025', anchor: { heading: ['Deal registration', 'Extension'] } },
    ],
    audit: [
      entry('opened', 'ada@alderbrook.example', 'widget', '', '2026-11-20T09:30:00Z'),
      entry('partner', 'ada@alderbrook.example', 'widget', 'The customer signs on <i>Friday</i>.', '2026-11-20T09:30:00Z'),
    ],
  });
  const alderbrook = { id: 'p-001', name: 'Alderbrook Systems' };
  const kestrel = { id: 'p-003', name: 'Kestrel Works' };
  const failed = { state: 'failed', reason: 'permanent error (550): no such user here', attempts: 1 };
  return [
    base('h-1', 'open', { state: 'sent', reason: null, attempts: 1 }, alderbrook, 'Can a registration be extended twice?'),
    base('h-2', 'open', failed, kestrel, 'Who pays the travel to the partner day?'),
    base('h-3', 'closed', { state: 'not_configured', reason: null, attempts: 0 }, alderbrook, 'What is the weather?'),
  ];
}

function entry(kind, author, channel, text, written_at) {
  return { kind, author, signed: null, channel, text, written_at };
}
