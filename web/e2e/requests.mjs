// What is written with the partner's consent, as both sides see it. The CRM takes a confirmation a second after it was
// given. A customer called `Late` has expired meanwhile, one called `Unheard` is nobody's.

const TAKEN_AFTER = 1000;
const EXPIRES = '2026-11-22T10:00:00Z';
const given = new Map();

/** The three parts of the stream for each confirmation, and the confirmation kept for its conversation. */
export function proposals(partner, conversation, question, answer) {
  const made = /two deals/.test(question) ? [deal('Norlund AB'), deal('Teal Harbour <b>Ltd</b>')] : [deal('Norlund AB')];
  if (/withdraw/.test(question)) made.splice(0, 1, withdrawal());
  return made.flatMap((one) => {
    given.set(one.id, { partner, conversation, question, answer, one, at: 0 });
    return partsOf(one);
  });
}

function partsOf(one) {
  const toolCallId = `approval-${one.id}`;
  return [
    { type: 'tool-input-available', toolCallId, toolName: one.kind, input: {}, dynamic: true },
    { type: 'tool-approval-request', approvalId: one.id, toolCallId },
    { type: 'data-confirmation', data: one },
  ];
}

/** What `/api/approvals/{id}` answers: `[status, body]`. */
export function approvalOf(partner, method, id, body) {
  const known = given.get(id);
  if (!known || known.partner !== partner) return [404, error('not_found', 'There is no such request.')];
  if (method === 'GET') return [200, now(known)];
  const { one } = known;
  if (one.state !== 'proposed') return [200, now(known)];
  if (!body.approved) return [200, Object.assign(one, { state: 'cancelled' })];
  if (body.fields.customer === 'Unheard') return [404, error('not_found', 'There is no such request.')];
  if (body.fields.customer === 'Late') {
    one.state = 'expired';
    return [409, error('approval_over', 'This request has expired.')];
  }
  const wrong = {};
  for (const { name, required, type } of one.fields) {
    if (required && type !== 'fixed' && !body.fields[name]) wrong[name] = 'This is needed.';
  }
  if (body.fields.amount && !/^\d[\d.,]*$/.test(body.fields.amount)) wrong.amount = 'Write an amount, like 45000 or 45,000.50.';
  if (Object.keys(wrong).length > 0) {
    return [422, { error: { ...error('fields_invalid', 'Some fields are not right.').error, fields: wrong } }];
  }
  for (const field of one.fields) if (field.type !== 'fixed') field.value = body.fields[field.name] || null;
  one.state = 'confirmed';
  known.at = Date.now();
  return [200, now(known)];
}

/** What `GET /api/conversations/{id}` answers of a conversation with confirmations; nothing without. */
export function consentedTo(partner, conversation) {
  const all = [...given.values()].filter((one) => one.partner === partner && one.conversation === conversation);
  if (all.length === 0) return null;
  const [{ question, answer }] = all;
  const confirmations = all.map(now);
  return {
    id: conversation,
    messages: [
      { role: 'user', text: question, to: 'assistant', at: '' },
      { role: 'assistant', id: answer, text: 'This is what I would write.', citations: [], declined: null, tried: [], vote: null, confirmations, at: '' },
    ],
    handoff: null,
  };
}

function now({ one, at }) {
  if (one.state === 'confirmed' && Date.now() - at > TAKEN_AFTER) {
    one.state = one.kind === 'withdraw_registration' ? 'done' : 'submitted';
    one.message = 'Registration dr-1a2b was submitted on 20 November 2026.';
  }
  return one;
}

function deal(customer) {
  return {
    id: crypto.randomUUID(),
    kind: 'register_deal',
    state: 'proposed',
    expires_at: EXPIRES,
    fields: [
      field('customer', 'Customer', 'text', customer, customer, 0.95),
      { ...field('product', 'Product', 'choice', null), choices: ['Weave', 'Shuttle'] },
      field('amount', 'Value', 'amount', '45000.00', '45k', 0.9),
      { ...field('currency', 'Currency', 'choice', 'EUR', '€', 0.9), choices: ['CHF', 'EUR', 'GBP', 'SEK', 'USD'] },
      field('close_date', 'Expected close', 'date', '2026-09-30', 'end of September', 0.55),
      { ...field('proof', 'Why it is real', 'long_text', null), required: false },
    ],
    notices: [
      { code: 'possible_conflict', text: 'There may be a conflict with another claim. Your partner manager will answer within 48 hours.' },
    ],
    message: null,
  };
}

function withdrawal() {
  const registration = field('registration', 'Registration', 'fixed', 'dr-012 · Norlund AB · Weave');
  return { ...deal('Norlund AB'), kind: 'withdraw_registration', fields: [registration], notices: [] };
}

function field(name, label, type, value, words = null, confidence = null) {
  return { name, label, type, value, required: true, words, confidence };
}

function error(code, message) {
  return { error: { code, message, request_id: 'req-42' } };
}

const worlds = new Map();

/** What `/api/requests` answers staff: `[status, body]`. A reason with `away` finds the CRM away. */
export function requestsOf(token, method, path, body) {
  if (!worlds.has(token)) worlds.set(token, token === 'nobody-has-anything' ? [] : asked());
  const all = worlds.get(token);
  const [, , , id] = path.split('/');
  if (!id) return [200, { requests: all }];
  const one = all.find((each) => each.id === id);
  if (!one) return [404, error('not_found', 'There is no such request.')];
  if (method === 'GET') return [200, one];
  if (one.state !== 'submitted') return [409, error('request_decided', 'Ida Brandt has decided this already.')];
  if (/away/.test(body.reason ?? '')) return [503, error('crm_unavailable', 'The CRM does not answer. Nothing was decided.')];
  if (/taken/.test(body.reason ?? '')) {
    decide(one, 'rejected', 'Ida Brandt', 'Another partner was first.');
    return [409, error('request_decided', 'Ida Brandt has decided this already.')];
  }
  decide(one, body.decision === 'approve' ? 'approved' : 'rejected', 'ops', body.reason);
  return [200, one];
}

function decide(one, state, by, reason) {
  const at = '2026-11-20T10:00:00Z';
  Object.assign(one, { state, decided_at: at, decided_by: by, reason, due_at: null, is_overdue: false });
  one.events.push({ at, kind: state, author: by, text: reason ?? '' });
}

function asked() {
  const hours = (count) => new Date(Date.now() + count * 3_600_000 + 60_000).toISOString();
  const base = (id, more) => ({
    id,
    kind: 'register_deal',
    partner_id: 'p-001',
    partner_name: 'Alderbrook Systems',
    state: 'submitted',
    summary: 'Norlund AB · Weave · EUR 45,000.00',
    fields: deal('Norlund AB').fields.map((one) => (one.name === 'product' ? { ...one, value: 'Weave' } : one)),
    conflicts: [],
    proposal: null,
    checked: true,
    assignee: { name: 'Anneke Visser', email: 'anneke.visser@merrowline.example' },
    submitted_at: '2026-11-20T09:30:00Z',
    due_at: hours(5),
    is_overdue: false,
    is_written: true,
    suggested: null,
    decided_at: null,
    decided_by: null,
    reason: null,
    events: [
      { at: '2026-11-20T09:28:00Z', kind: 'proposed', author: 'service', text: '' },
      { at: '2026-11-20T09:30:00Z', kind: 'confirmed', author: 'ada@alderbrook.example', text: '' },
      { at: '2026-11-20T09:30:02Z', kind: 'written', author: 'service', text: 'dr-1a2b' },
      { at: '2026-11-20T09:30:03Z', kind: 'not_mailed', author: 'service', text: 'mail is not set up' },
    ],
    ...more,
  });
  const conflict = {
    claimant: 'Teal Harbour',
    what: 'registration dr-012, protected until 12 March 2027',
    customer: 'Norlund <i>Aktiebolag</i>',
    likeness: 0.93,
    reasons: ['the same domain norlund.example', 'names alike but for the legal form'],
  };
  return [
    base('r-1', {
      due_at: hours(-50),
      is_overdue: true,
      conflicts: [conflict],
      proposal: { decision: 'reject', reasons: ['The customer is protected for another partner until 12 March 2027.'] },
    }),
    base('r-2', {
      kind: 'extend_protection',
      partner_id: 'p-003',
      partner_name: 'Kestrel Works',
      summary: 'dr-007 · Harbourline GmbH · Shuttle',
      fields: [field('registration', 'Registration', 'fixed', 'dr-007 · Harbourline GmbH · Shuttle'), field('progress', 'Progress', 'long_text', 'A pilot has <b>begun</b>.', 'the pilot runs', 0.6)],
      suggested: { protected_until: '2027-02-20' },
      proposal: { decision: 'approve', reasons: ['It was not extended before.', 'Progress is shown.'] },
    }),
    base('r-3', { kind: 'request_mdf', summary: 'EUR 4,000.00 for a customer day', checked: false, assignee: null, due_at: null, fields: [] }),
    base('r-4', { state: 'confirmed', is_written: false, due_at: null, summary: 'Elkhart Polymers · Weave · USD 12,000.00' }),
    base('r-5', { kind: 'withdraw_registration', state: 'done', due_at: null, summary: 'dr-003 · Nordkai AG', fields: [] }),
  ];
}
