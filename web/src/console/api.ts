/** Calls to the service, and the shapes that come back. A refused token signs out. */
import type { Place } from '../shared/place';
import { signOut, token } from './session';

export interface DocumentRow {
  id: string;
  path: string;
  title: string;
  audience: string;
  effective_from: string | null;
  effective_until: string | null;
  passages: number;
  ingested_at: string;
  status: string;
  reason: string | null;
}

/** The catalog, and the vendor's day: what is in force is judged by it, not by the reader's clock. */
export interface Catalog {
  documents: DocumentRow[];
  today?: string;
}

export interface PartnerRow {
  id: string;
  name: string;
  tier: string;
  type: string;
  region: string;
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
  return asStaff(path, {});
}

/** `POST path` as whoever is signed in. */
export function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return asStaff(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function asStaff<T>(path: string, init: RequestInit): Promise<T> {
  try {
    return await send<T>(path, token.value, init);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      signOut('Your token is no longer accepted. Sign in again.');
    }
    throw error;
  }
}

/** `GET path` with a token that nobody is signed in with yet. */
export function getWith<T>(path: string, bearer: string): Promise<T> {
  return send(path, bearer, {});
}

async function send<T>(path: string, bearer: string, init: RequestInit): Promise<T> {
  const headers = { ...init.headers, authorization: `Bearer ${bearer}` };
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, credentials: 'omit' });
  } catch {
    throw new ApiError('The service cannot be reached.', 0);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  throw new ApiError(messageOf(body, response.status), response.status);
}

function messageOf(body: unknown, status: number): string {
  const error = (body as { error?: { message?: string; request_id?: string } } | null)?.error;
  const message = error?.message ?? `The service answered with status ${status}.`;
  return error?.request_id ? `${message} (reference ${error.request_id})` : message;
}
