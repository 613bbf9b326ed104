// What the stand-in's staff pages show. Invented, like everything here.

export const partners = [
  { id: 'p-001', name: 'Harbourline Consulting', tier: 'gold', type: 'reseller', region: 'emea' },
  { id: 'p-002', name: 'Sundial Advisors', tier: 'silver', type: 'referral', region: 'amer' },
  { id: 'p-003', name: 'Kestrel Works', tier: 'platinum', type: 'services', region: 'apac' },
  { id: 'p-004', name: 'Marketgrove', tier: 'registered', type: 'marketplace', region: 'emea' },
];

export const document = (id, path, title, more = {}) => ({
  id,
  path,
  title,
  audience: 'partners',
  effective_from: '2025-01-01',
  effective_until: null,
  superseded_from: null,
  supersedes: [],
  owner: null,
  review_by: null,
  passages: 24,
  ingested_at: '2026-11-20T09:30:00Z',
  status: 'searchable',
  reason: null,
  notices: [],
  is_upload: false,
  ...more,
});

export const documents = [
  document('d1', 'program/rules-of-engagement.docx', 'Rules of engagement 2025', {
    passages: 31,
    owner: 'Partner operations',
    review_by: '2026-11-01',
  }),
  document('d2', 'program/commission-plan.pdf', 'Commission plan', { effective_until: '2026-01-01' }),
  document('d3', 'rates/commission-rates.xlsx', 'Commission rates', {
    passages: 8,
    audience: 'tier=gold,platinum',
    owner: 'Ida Brandt',
    review_by: '2027-01-15',
    notices: ['Sheet "Scratch" is hidden and was left out.'],
    is_upload: true,
  }),
  document('d4', 'decks/weave-against-rivals.pptx', 'Weave: how we win', {
    effective_from: null,
    superseded_from: '2026-09-01',
    owner: 'partner-enablement@vendor.example',
    passages: 46,
    notices: ['Slide 3 is hidden and was left out.', 'Slide 9 is hidden and was left out.', 'Slide 12 is hidden and was left out.'],
  }),
  document('d5', 'internal/margin-guide.md', 'Margin guide', {
    audience: 'internal',
    effective_from: null,
    passages: 12,
    is_upload: true,
  }),
  document('d6', 'playbooks/scan.pdf', '', {
    status: 'failed',
    passages: 0,
    effective_from: null,
    reason: 'the file is locked with a password; save a copy without one',
    is_upload: true,
  }),
];

export const runs = [
  { id: '2026-11-20-0930', suite: 'program-rules', started_at: '2026-11-20T09:30:00Z', cases: 50, passed: 48, citations_valid: 1, numbers_without_provenance: 0, outside_audience: 0, questions: 52, declined: 6, p50_total_ms: 310.2, p95_total_ms: 1184.9, seconds: 41.2 },
  { id: '2026-11-19-1712', suite: 'isolation', started_at: '2026-11-19T17:12:00Z', cases: 24, passed: 24, citations_valid: null, numbers_without_provenance: 0, seconds: 18.7 },
];

export const run = {
  id: '2026-11-20-0930',
  suite: 'program-rules',
  totals: runs[0],
  never_ran: [],
  cases: [
    {
      id: 'protection-window',
      tags: ['rules'],
      partner: 'p-001',
      repetition: 1,
      passed: true,
      turns: [{ ask: 'How long is a registered deal protected?', answer: 'For 90 days. [1](#cite-7c1d5a54)', failures: [] }],
    },
    {
      id: 'renewal-rate',
      tags: ['rates', 'gold'],
      passed: false,
      turns: [
        {
          ask: 'What do I earn on a renewal?',
          answer: 'You earn 15 % on a renewal.',
          failures: ['contains: "8 %" is missing', 'cites: nothing from commission-rates.xlsx'],
        },
      ],
    },
  ],
};

export const comparison = {
  a: '2026-11-19-1712',
  b: '2026-11-20-0930',
  fixed: [{ case: 'program-rules/extension', question: 'How do I extend?', reasons: ['the answer does not say “60 days”'] }],
  broken: [{ case: 'program-rules/renewal-rate', question: 'What do I earn on a renewal?', reasons: ['“8 %” is missing'] }],
  still_passing: 46,
  still_failing: ['program-rules/payment-date'],
  only_in_a: [],
  only_in_b: ['program-rules/new-case'],
  p_value: 1,
};

export const piece = {
  title: 'Weave: one-pager for Harbourline Consulting',
  sections: [
    {
      heading: 'What it is',
      claims: [
        { text: 'Weave runs the approvals of a whole firm.', citations: [1] },
        { text: 'It connects to **40** systems.', citations: [1, 2] },
      ],
    },
  ],
  citations: [
    { n: 1, title: 'Weave: how we win', document: 'decks/weave-against-rivals.pptx', anchor: { slide: 4 }, quote: 'runs the approvals' },
    { n: 2, title: 'Commission rates', document: 'rates/commission-rates.xlsx', anchor: { sheet: 'Rates', rows: [2, 9] }, quote: '40' },
  ],
  empty: ['What it costs'],
  markdown: '# Weave: one-pager for Harbourline Consulting\n',
  html: '<!doctype html>\n<title>Weave</title>\n',
};

export const differences = {
  rules: 12,
  entries: 148,
  differences: [
    {
      partner: 'p-001',
      partner_name: 'Harbourline Consulting',
      commission: 'com-0117',
      opportunity: 'opp-0342',
      booked: 'EUR 1,240.50',
      difference: 'the CRM has EUR 1,240.50, the plan gives EUR 1,204.50: a difference of EUR 36.00',
    },
    {
      partner: 'p-003',
      partner_name: 'Kestrel Works',
      commission: 'com-0131',
      opportunity: 'opp-0361',
      booked: 'USD 900.00',
      difference: "its deal is not among the partner's won ones",
    },
  ],
};
