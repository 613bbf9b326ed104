// Documents and jobs of a staff token, as the service has them. How a job goes is steered by words in its path:
// `locked` fails, `slow` stays at embedding, `huge` and `full` are refused.
import { document, documents } from './records.mjs';

const worlds = new Map();

/** What answers for a token: `(method, path, query, body)` to `{ status, body }` or `{ status, code, message }`. */
export function intakeOf(token) {
  if (!worlds.has(token)) worlds.set(token, new Intake(token));
  return (...call) => worlds.get(token).answer(...call);
}

/** When a state begins, in milliseconds after a job was made. */
const COURSE = [
  [0, 'queued'],
  [300, 'reading'],
  [600, 'splitting'],
  [900, 'embedding'],
  [2200, 'searchable'],
];

class Intake {
  constructor(token) {
    this.documents = token === 'nobody-has-anything' ? [] : documents.map((row) => ({ ...row }));
    this.jobs = token === 'staff-busy' ? busy() : [];
    this.made = 0;
  }

  answer(method, path, query, body) {
    for (const job of this.jobs) this.advance(job);
    const [, , noun, id] = path.split('/');
    const row = this.documents.find((one) => one.id === id);
    const job = this.jobs.find((one) => one.id === id);
    switch (`${method} ${noun}${id ? '/' : ''}`) {
      case 'GET documents':
        return { status: 200, body: { documents: this.documents, today: '2026-11-20', not_searchable_yet: 0 } };
      case 'POST documents':
        return this.receive(Object.fromEntries(query), body.length);
      case 'PATCH documents/':
        return this.described(row, JSON.parse(body.toString()));
      case 'DELETE documents/':
        if (!row) return { status: 404, code: 'not_found', message: 'There is no such document.' };
        this.documents = this.documents.filter((one) => one !== row);
        return { status: 204 };
      case 'GET jobs':
        return { status: 200, body: { jobs: this.jobs.map(({ says: _, ...shown }) => shown) } };
      case 'DELETE jobs/':
        if (!job) return { status: 404, code: 'not_found', message: 'There is no such job.' };
        if (['searchable', 'failed', 'cancelled'].includes(job.state)) {
          return { status: 409, code: 'job_finished', message: 'This job is finished: delete the document instead.' };
        }
        Object.assign(job, { state: 'cancelled', updated_at: now() });
        return { status: 202 };
      default:
        return { status: 405, code: 'method_not_allowed', message: 'Not like this.' };
    }
  }

  receive({ path, ...said }, length) {
    if (!path || path.startsWith('.')) return { status: 400, code: 'bad_path', message: '`path` is a file\'s name.' };
    if (said.audience?.startsWith('colour')) {
      return { status: 400, code: 'bad_statement', message: 'audience "colour=red": unknown key "colour"' };
    }
    if (path.includes('huge')) return { status: 413, code: 'file_too_large', message: 'the file has more than 256 MB' };
    if (path.includes('full')) return { status: 507, code: 'disk_full', message: 'the disk is full' };
    const supersedes = said.supersedes ? [said.supersedes] : [];
    return { status: 202, body: this.job(path, length, { ...said, supersedes }) };
  }

  described(row, changes) {
    if (!row?.is_upload) return { status: 409, code: 'not_an_upload', message: 'This document comes from a folder.' };
    return { status: 202, body: this.job(row.path, 900, changes) };
  }

  job(path, length, says) {
    const id = `job-${++this.made}`;
    const job = { id, path, bytes: length, state: 'queued', reason: null, created_at: now(), updated_at: now(), done: 0, total: 0 };
    this.jobs.unshift({ ...job, says });
    return job;
  }

  advance(job) {
    if (!job.says || ['searchable', 'failed', 'cancelled'].includes(job.state)) return;
    const since = Date.now() - Date.parse(job.created_at);
    const state = COURSE.findLast(([from]) => from <= since)[1];
    if (job.path.includes('locked') && since > 600) return this.end(job, 'failed', 'the file is locked with a password');
    if (job.path.includes('slow') && since > 900) return Object.assign(job, { state: 'embedding', done: 120, total: 600 });
    if (state === 'embedding') Object.assign(job, { state, done: Math.floor((since - 900) / 100), total: 13 });
    else if (state === 'searchable') this.end(job, state, null);
    else job.state = state;
  }

  end(job, state, reason) {
    Object.assign(job, { state, reason, done: 0, total: 0, updated_at: now() });
    const before = this.documents.find((row) => row.path === job.path);
    const { audience = 'partners', ...rest } = { ...before, ...job.says, audience: job.says.audience ?? before?.audience };
    const row = document(before?.id ?? `d-${job.id}`, job.path, before?.title ?? '', {
      effective_from: null,
      passages: 13,
      is_upload: true,
      ...rest,
      audience,
      ingested_at: now(),
      ...(state === 'failed' ? { status: 'failed', reason, passages: before?.passages ?? 0 } : { status: state, reason: null }),
    });
    this.documents = [...this.documents.filter((one) => one !== before), row];
  }
}

/** A list to be looked at, where nothing moves. */
function busy() {
  const job = (id, path, state, more = {}) => ({
    id,
    path,
    bytes: 48_200,
    state,
    reason: null,
    created_at: now(),
    updated_at: now(),
    done: 0,
    total: 0,
    ...more,
  });
  return [
    job('b7', 'faq/onboarding.md', 'queued', { bytes: 2_300 }),
    job('b6', 'rates/commission-rates.xlsx', 'reading'),
    job('b5', 'handbook/the-whole-partner-handbook-2026.pdf', 'embedding', { bytes: 38_400_000, done: 120, total: 600 }),
    job('b4', '/srv/partner-docs', 'reading', { bytes: null, done: 12, total: 40 }),
    job('b3', 'playbooks/scan.pdf', 'failed', { reason: 'the file is locked with a password; save a copy without one' }),
    job('b2', '/srv/decks', 'searchable', { bytes: null, reason: '2 of 31 files could not be taken in: see the documents' }),
    job('b1', 'drafts/price-list.docx', 'cancelled'),
  ];
}

function now() {
  return new Date().toISOString();
}
