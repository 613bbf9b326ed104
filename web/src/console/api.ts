/** Calls to the service, and the shapes that come back. A refused token signs out. */
import type { Field } from '../shared/confirmation';
import type { Place } from '../shared/place';
import { signOut, token } from './session';
import { sentence } from './words';

export interface DocumentRow {
  id: string;
  path: string;
  title: string;
  audience: string;
  effective_from: string | null;
  effective_until: string | null;
  /** The first day of the document that takes its place. */
  superseded_from: string | null;
  owner: string | null;
  /** The day by which somebody should look it over. */
  review_by: string | null;
  passages: number;
  ingested_at: string;
  status: string;
  reason: string | null;
  /** Paths of the documents it replaces. */
  supersedes: string[];
  /** What was left out or repaired when it was read: sentences. */
  notices: string[];
  /** Whether it can be described and deleted here; else it belongs to a folder. */
  is_upload: boolean;
}

/** The catalog, and the vendor's day: what is in force is judged by it, not by the reader's clock. */
export interface Catalog {
  documents: DocumentRow[];
  today: string;
}

/** A file or folder on its way into the knowledge. */
export interface Job {
  id: string;
  path: string;
  /** A folder has none. */
  bytes: number | null;
  state: 'queued' | 'reading' | 'splitting' | 'embedding' | 'searchable' | 'failed' | 'cancelled';
  /** Why it failed, or what of a folder did. */
  reason: string | null;
  created_at: string;
  updated_at: string;
  /** Passages that are embedded; files that are finished, for a folder. */
  done: number;
  /** All of them; 0 while that is unknown. */
  total: number;
}

export interface PartnerRow {
  id: string;
  name: string;
  tier: string;
  type: string;
  region: string;
}

/** A booked commission that the vendor's plan explains otherwise, or not at all. */
export interface DifferenceRow {
  partner: string;
  partner_name: string;
  commission: string;
  opportunity: string;
  booked: string;
  difference: string;
}

export interface Differences {
  /** Of the plan; null where there is none. */
  rules: number | null;
  entries: number;
  differences: DifferenceRow[];
}

export interface RunRow {
  id: string;
  suite: string;
  started_at: string;
  cases: number;
  passed: number;
  /** The share of citations whose quote stands in its passage, from 0 to 1; null when nothing was cited. */
  citations_valid: number | null;
  numbers_without_provenance: number;
  /** Citations of documents that the asking partner may not see. */
  outside_audience?: number;
  questions?: number;
  declined?: number;
  errors?: number;
  /** Cases that passed one time and failed another. */
  flaky?: string[];
  p50_total_ms?: number | null;
  p95_total_ms?: number | null;
  seconds: number;
}

export interface Turn {
  ask: string;
  /** Markdown; null when there was none. */
  answer: string | null;
  failures: string[];
}

export interface Case {
  id: string;
  tags: string[];
  partner?: string;
  /** From 1: a case may be asked several times in a run. */
  repetition?: number;
  passed: boolean;
  turns: Turn[];
}

export interface RunDetail {
  id: string;
  suite: string;
  cases: Case[];
  totals?: RunRow;
  never_ran?: string[];
}

/** One case whose verdict changed. */
export interface Change {
  case: string;
  question: string;
  reasons: string[];
}

/** Run `b` beside the earlier run `a`. */
export interface Comparison {
  a: string;
  b: string;
  fixed: Change[];
  broken: Change[];
  still_passing: number;
  still_failing: string[];
  only_in_a: string[];
  only_in_b: string[];
  /** The chance of a difference this lopsided, had the change done nothing. */
  p_value: number;
}

export interface Citation {
  n: number;
  title: string;
  document: string;
  anchor: Place | null;
  quote: string;
}

/** A drafted piece: sections of cited claims, and its two file forms. */
export interface Piece {
  title: string;
  sections: { heading: string; claims: { text: string; citations: number[] }[] }[];
  citations: Citation[];
  /** Headings for which the knowledge holds nothing that this partner may see. */
  empty: string[];
  markdown: string;
  html: string;
}

/** A conversation that was handed to a person. */
export interface HandoffRow {
  id: string;
  state: 'open' | 'answered' | 'closed';
  partner: { id: string; name: string };
  /** Who of the partner asked. */
  subject: string;
  /** Both are empty where the CRM names nobody. */
  manager: { name: string; email: string };
  opened_at: string;
  updated_at: string;
  /** What became of the newest mail to the manager. */
  delivery: { state: 'not_configured' | 'queued' | 'sent' | 'failed'; reason: string | null; attempts: number };
}

/** What was looked up for an answer. */
export interface Tried {
  name: string;
  arguments: unknown;
  records: number;
}

export type Message =
  | { role: 'user'; text: string; to: 'assistant' | 'manager'; at: string }
  | { role: 'assistant'; text: string | null; declined: { reason: string } | null; vote: number | null; at: string }
  | { role: 'manager'; name: string; text: string; at: string }
  | { role: 'event'; event: 'opened' | 'closed'; at: string };

/** Something that was written or done. */
export interface Entry {
  kind: 'opened' | 'partner' | 'manager' | 'mailed' | 'not_mailed' | 'closed';
  author: string;
  signed: string | null;
  channel: 'widget' | 'console' | 'mail' | 'service';
  text: string;
  written_at: string;
}

/** A hand-over with its conversation. */
export interface HandoffDetail extends HandoffRow {
  transcript: Message[];
  tried: Tried[];
  nearest: { passage_id: string; document: string; title: string; anchor: Place | null }[];
  audit: Entry[];
}

/** What partners ask and the knowledge does not answer. */
export interface GapRow {
  id: string;
  /** The first question of it. */
  question: string;
  state: 'open' | 'answered' | 'dismissed';
  count: number;
  kinds: { declined: number; voted_down: number; handed_over: number };
  partners: { id: string; name: string }[];
  last_asked: string;
  /** The last ones, newest first. */
  questions: { question: string; partner: string; at: string }[];
  /** The path of the document that answers it. */
  document: string | null;
  decided_by: string | null;
  decided_at: string | null;
}

/** An answer on its way into the knowledge. */
export interface GapAnswered {
  document: string;
  job: Job;
  /** None when nobody who asked may see the answer. */
  case: string | null;
}

/** What a partner has consented to and the vendor decides; the service sends the open ones first. */
export interface RequestRow {
  id: string;
  kind: string;
  partner_id: string;
  partner_name: string;
  /** As a confirmation's: `submitted` waits for a decision. */
  state: string;
  summary: string;
  fields: Field[];
  /** Claims of others on what seems to be the same. */
  conflicts: { claimant: string; what: string; customer: string; likeness: number; reasons: string[] }[];
  /** What the rules of engagement say to it; nothing where they say nothing. */
  proposal: { decision: 'approve' | 'reject' | 'ask'; reasons: string[] } | null;
  /** Whether it could be looked for conflicts. */
  checked: boolean;
  assignee: { name: string; email: string } | null;
  submitted_at: string | null;
  due_at: string | null;
  is_overdue: boolean;
  /** Whether the CRM has it. */
  is_written: boolean;
  suggested: { protected_until?: string | null } | null;
  decided_at: string | null;
  decided_by: string | null;
  reason: string | null;
  events: RequestEvent[];
}

/** Something that became of a request. */
export interface RequestEvent {
  at: string;
  kind: string;
  author: string;
  text: string;
}

/** A call that failed, in words for a person. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** `GET path` as whoever is signed in. */
export function get<T>(path: string): Promise<T> {
  return call('GET', path);
}

/** `POST path` as whoever is signed in. */
export function post<T>(path: string, body: unknown): Promise<T> {
  return call('POST', path, body);
}

/** `PATCH path` as whoever is signed in. */
export function patch<T>(path: string, body: unknown): Promise<T> {
  return call('PATCH', path, body);
}

/** `DELETE path` as whoever is signed in. */
export function remove(path: string): Promise<void> {
  return call('DELETE', path);
}

/** `POST path` with a file as its body. `sent` hears how many bytes have left; `stop` takes it back. */
export function upload<T>(path: string, file: Blob, sent: (bytes: number) => void, stop: AbortSignal): Promise<T> {
  return asStaff(
    new Promise<T>((resolve, reject) => {
      // Not fetch, which does not say how much has left.
      const request = new XMLHttpRequest();
      request.open('POST', path);
      request.setRequestHeader('authorization', `Bearer ${token.value}`);
      request.setRequestHeader('content-type', 'application/octet-stream');
      request.upload.onprogress = (event) => sent(event.loaded);
      request.onload = () => {
        try {
          resolve(answer<T>(request.status, request.responseText));
        } catch (error) {
          reject(error);
        }
      };
      request.onerror = () => reject(new ApiError('The connection broke before the file had arrived.', 0));
      request.onabort = () => reject(new ApiError('Taken back.', 0));
      stop.addEventListener('abort', () => request.abort());
      request.send(file);
    }),
  );
}

/** `GET path` with a token that nobody is signed in with yet. */
export function getWith<T>(path: string, bearer: string): Promise<T> {
  return send(path, bearer, {});
}

function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const content = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return asStaff(send<T>(path, token.value, { method, ...(body === undefined ? {} : content) }));
}

async function asStaff<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      signOut('Your token is no longer accepted. Sign in again.');
    }
    throw error;
  }
}

async function send<T>(path: string, bearer: string, init: RequestInit): Promise<T> {
  const headers = { ...init.headers, authorization: `Bearer ${bearer}` };
  let status: number, text: string;
  try {
    const response = await fetch(path, { ...init, headers, credentials: 'omit' });
    [status, text] = [response.status, await response.text()];
  } catch {
    throw new ApiError('The service cannot be reached.', 0);
  }
  return answer(status, text);
}

/** What a reply holds; nothing, where it has no body. */
function answer<T>(status: number, text: string): T {
  const body: unknown = text === '' ? undefined : parsed(text);
  if (status >= 200 && status < 300 && body !== null) return body as T;
  throw new ApiError(messageOf(body, status), status);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What a proxy before the service refuses without a word. */
const UNSAID: Record<number, string> = {
  413: 'the file is larger than what is taken here',
  507: 'there is no room left for it',
};

function messageOf(body: unknown, status: number): string {
  const error = (body as { error?: { message?: string; request_id?: string } } | null | undefined)?.error;
  const message = sentence(error?.message ?? UNSAID[status] ?? `the service answered with status ${status}`);
  // Whoever runs the service looks its failures up by their reference; what was refused is the reader's to mend.
  return error?.request_id && status >= 500 ? `${message} (reference ${error.request_id})` : message;
}
