/** Rows and jobs for the tests of the console. */
import type { DocumentRow, Job } from '../src/console/api';

export function row(more: Partial<DocumentRow> = {}): DocumentRow {
  return {
    id: 'd',
    path: 'a.md',
    title: 'A',
    audience: 'partners',
    effective_from: null,
    effective_until: null,
    superseded_from: null,
    owner: null,
    review_by: null,
    passages: 3,
    ingested_at: '2026-11-20T09:30:00Z',
    status: 'searchable',
    reason: null,
    supersedes: [],
    notices: [],
    is_upload: true,
    ...more,
  };
}

export function job(more: Partial<Job> = {}): Job {
  const at = '2026-11-20T09:30:00Z';
  return { id: 'j', path: 'a.md', bytes: 10, state: 'queued', reason: null, created_at: at, updated_at: at, done: 0, total: 0, ...more };
}
