// The stand-in's canned answers: parts of the stream, numbers for pauses in milliseconds, 'cut' for a broken
// connection, 'done' for the end.

const RULES = '7c1d5a54-0a3e-5d6c-9b1e-000000000001';
const PLAN = '7c1d5a54-0a3e-5d6c-9b1e-000000000002';
const FUNDS = '7c1d5a54-0a3e-5d6c-9b1e-000000000003';

export const passages = {
  [RULES]: {
    passage_id: RULES,
    document: 'program/rules-of-engagement.docx',
    title: 'Rules of engagement 2025',
    anchor: { heading: ['Deal registration', 'Protection'] },
    text:
      '## Protection\n\nA registration is reviewed within two working days. An approved registration protects the deal ' +
      'for **90 days** from the day of approval. It can be extended once, by 60 days, when the partner shows progress.\n\n' +
      'While a deal is protected, no other partner can register it and the direct sales team works it together with ' +
      'the partner.\n\n| Event | Day |\n|---|---|\n| Approval | 0 |\n| Reminder | 75 |\n| End of protection | 90 |\n',
  },
  [PLAN]: {
    passage_id: PLAN,
    document: 'program/commission-plan.pdf',
    title: 'Commission plan',
    anchor: { page: 3 },
    text: 'Commissions are paid within 30 days after the end of the month in which the customer has paid.',
  },
  [FUNDS]: {
    passage_id: FUNDS,
    document: 'rates/commission-rates.xlsx',
    title: 'Commission rates',
    anchor: { sheet: 'Rates', rows: [2, 9] },
    text: '| Tier | New business | Renewal |\n|---|---|---|\n| Gold | 15 % | 8 % |\n| Platinum | 18 % | 10 % |\n',
  },
};

/** What the stand-in streams for a question. */
export function answerTo(question, partner) {
  if (/commission/i.test(question)) return commissions(partner);
  if (/weather|wetter/i.test(question)) return declined();
  if (/slow/i.test(question)) return slow();
  if (/cut/i.test(question)) return [start(), ...words('This will not '), 100, 'cut'];
  if (/error part/i.test(question)) return [start(), { type: 'error', errorText: 'req-43' }, 'done'];
  if (/tiers/i.test(question)) return quotedTwice();
  return protection();
}

function protection() {
  return [
    start(),
    { type: 'start-step' },
    status('Searching the program documents'),
    60,
    status('Reading 2 passages'),
    60,
    source(RULES, 1, 'protects the deal for **90 days** from the day of approval'),
    source(FUNDS, 2, '| Gold | 15 % |'),
    ...words(
      'An approved registration is protected for **90 days** from the day of approval [1](#cite-' + RULES + ').\n\n' +
        'It can be extended once, by 60 days, when you show progress [1](#cite-' + RULES + '). ' +
        'As a Gold partner you earn 15 % on new business [2](#cite-' + FUNDS + ').\n',
    ),
    { type: 'finish-step' },
    { type: 'data-from-the-future', data: { anything: true } },
    { type: 'finish' },
    'done',
  ];
}

function commissions(partner) {
  return [
    start(),
    status('Looking up your records'),
    { type: 'tool-input-available', toolCallId: 'c1', toolName: 'list_commissions', input: {} },
    {
      type: 'tool-output-available',
      toolCallId: 'c1',
      output: {
        name: 'list_commissions',
        headline: 'You have 2 pending commissions worth EUR 2,096.00.',
        columns: ['Deal', 'Status', 'Amount', 'Earned on', 'Due'],
        rows: [
          ['Harbourline Weave rollout', 'Pending', 'EUR 1,240.00', '2026-10-02', '2026-12-15'],
          ['Nordkai Conduit renewal', 'Pending', 'EUR 856.00', '2026-11-05', '2027-01-15'],
        ],
        as_of: '2026-11-20T09:30:00Z',
        statement: { name: '2026-q4', label: 'Q4 2026' },
      },
    },
    source(PLAN, 1, 'paid within 30 days after the end of the month'),
    ...words(
      `Partner ${partner} has 2 pending commissions worth EUR 2,096.00.\n\n| Deal | Amount |\n|---|---|\n` +
        '| Harbourline Weave rollout | EUR 1,240.00 |\n| Nordkai Conduit renewal | EUR 856.00 |\n\n' +
        'They are paid within 30 days after the end of the month in which the customer has paid [1](#cite-' + PLAN + ').\n',
    ),
    { type: 'finish' },
    'done',
  ];
}

function declined() {
  return [
    start('answer-no'),
    status('Searching the program documents'),
    ...words('I found nothing about that in the documents I may use for you.'),
    {
      type: 'data-declined',
      data: {
        reason: 'not_in_knowledge',
        contact: { name: 'Anneke Visser', email: 'anneke.visser@merrowline.example' },
        nearest: [RULES, PLAN].map((id) => ({
          passage_id: id,
          title: passages[id].title,
          document: passages[id].document,
          anchor: passages[id].anchor,
        })),
      },
    },
    {
      type: 'data-handoff',
      data: {
        state: 'offered',
        because: 'declined',
        manager: { name: 'Anneke Visser', email: 'anneke.visser@merrowline.example' },
      },
    },
    { type: 'finish' },
    'done',
  ];
}

/** An answer that asks for consent: what it would write stands before the end of its step. */
export function asking(id, proposals) {
  return [
    start(id),
    { type: 'start-step' },
    status('Reading what you pasted'),
    60,
    ...words('This is what I would write.'),
    ...proposals,
    { type: 'finish-step' },
    { type: 'finish' },
    'done',
  ];
}

function slow() {
  const many = Array.from({ length: 400 }, (_, index) => [40, ...words(`word ${index} `).slice(1, -1)]).flat();
  return [start(), { type: 'text-start', id: 't1' }, ...many, 'done'];
}

/** One passage, two quotes: two numbers with the same target. */
function quotedTwice() {
  return [
    start(),
    source(RULES, 1, 'reviewed within two working days'),
    source(RULES, 2, 'extended once, by 60 days'),
    ...words(`It is reviewed within two working days [1](#cite-${RULES}). It can be extended once [2](#cite-${RULES}).`),
    { type: 'finish' },
    'done',
  ];
}

function start(messageId = 'answer-1') {
  return { type: 'start', messageId };
}

function status(label) {
  return { type: 'data-status', data: { label }, transient: true };
}

function source(id, n, quote) {
  const { title, document, anchor } = passages[id];
  return {
    type: 'source-document',
    sourceId: id,
    mediaType: 'text/plain',
    title,
    filename: document,
    providerMetadata: { liaison: { n, passage_id: id, document, anchor, quote } },
  };
}

function words(text) {
  const deltas = text.match(/\S+\s*|\s+/g).map((delta) => ({ type: 'text-delta', id: 't1', delta }));
  return [{ type: 'text-start', id: 't1' }, ...deltas, { type: 'text-end', id: 't1' }];
}
