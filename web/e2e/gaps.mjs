// Gaps of a staff token, as the service has them.

const worlds = new Map();

/** What `/api/gaps` answers; nothing where there is nothing. */
export function gapsOf(token, path, { title }) {
  if (!worlds.has(token)) worlds.set(token, token === 'nobody-has-anything' ? [] : gaps());
  const all = worlds.get(token);
  const [, , , id, action] = path.split('/');
  if (!id) return { gaps: all, today: '2026-11-20' };
  const gap = all.find((one) => one.id === id);
  if (!gap) return null;
  Object.assign(gap, { decided_by: 'ops', decided_at: '2026-11-20T11:00:00Z' });
  if (action === 'dismiss') {
    gap.state = 'dismissed';
    return { status: 204 };
  }
  const document = `answers/${title.toLowerCase().replaceAll(' ', '-')}-1.md`;
  Object.assign(gap, { state: 'answered', document });
  const job = { id: 'job-gap', path: document, bytes: 300, state: 'queued', reason: null, created_at: '', updated_at: '', done: 0, total: 0 };
  return { document, job, case: 'gap-1' };
}

function gaps() {
  const alderbrook = { id: 'p-001', name: 'Alderbrook Systems' };
  const kestrel = { id: 'p-003', name: 'Kestrel Works' };
  const gap = (id, question, kinds, partners, state = 'open', more = {}) => ({
    id,
    question,
    state,
    count: kinds.declined + kinds.voted_down,
    kinds,
    partners,
    last_asked: '2026-11-20T09:30:00Z',
    questions: partners.map((one) => ({ question, partner: one.id, at: '2026-11-20T09:30:00Z' })),
    document: null,
    decided_by: null,
    decided_at: null,
    ...more,
  });
  return [
    gap('g-1', 'Who pays the travel to the <b>partner day</b>?', { declined: 3, voted_down: 0, handed_over: 1 }, [alderbrook, kestrel]),
    gap('g-2', 'Is there parking at the office?', { declined: 1, voted_down: 1, handed_over: 0 }, [kestrel]),
    gap('g-3', 'What is the weather?', { declined: 2, voted_down: 0, handed_over: 0 }, [alderbrook], 'dismissed', {
      decided_by: 'ops',
      decided_at: '2026-11-19T10:00:00Z',
    }),
  ];
}
