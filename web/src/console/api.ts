/** Calls to the service, and the shapes that come back. A refused token signs out. */
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
  seconds: number;
}

export interface Turn {
  ask: string;
  answer: string;
  failures: string[];
}

export interface Case {
  id: string;
  tags: string[];
  passed: boolean;
  turns: Turn[];
}

export interface RunDetail {
  id: string;
  suite: string;
  cases: Case[];
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
export async function get<T>(path: string): Promise<T> {
  try {
    return await getWith<T>(path, token.value);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      signOut('Your token is no longer accepted. Sign in again.');
    }
    throw error;
  }
}

/** `GET path` with a token that nobody is signed in with yet. */
export async function getWith<T>(path: string, bearer: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { headers: { authorization: `Bearer ${bearer}` }, credentials: 'omit' });
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
