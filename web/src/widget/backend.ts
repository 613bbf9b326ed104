/**
 * The service as the widget sees it: every call signed with the partner's token. A 401 asks the page for a new
 * token once and tries again; a second 401 is a refusal.
 */

/** What the page gives: a fresh signed token for whoever is signed in. */
export type GetToken = () => Promise<string>;

/** Why a call failed, in the terms that the widget has words for. */
export type Trouble = 'failed' | 'offline' | 'cut' | 'signedOut';

/** An error as the service words it; `fields` says what is wrong with which. */
export interface Problem {
  request_id?: unknown;
  message?: unknown;
  fields?: unknown;
}

/** A call that did not work; `reference` is the service's request id. */
export class BackendError extends Error {
  override name = 'BackendError';
  constructor(
    readonly trouble: Trouble,
    readonly reference = '',
    /** The HTTP status; 0 when there was no response. */
    readonly status = 0,
    /** What the service's error holds beside its reference: data from outside. */
    readonly problem: Problem = {},
  ) {
    super(trouble);
  }
}

/** One partner's way to one service. */
export class Backend {
  #token: string | undefined;

  constructor(
    private readonly endpoint: () => string,
    private readonly getToken: () => GetToken | undefined,
    private readonly language: () => string,
  ) {}

  /** Drops the token: the next call asks the page for one. */
  forget(): void {
    this.#token = undefined;
  }

  post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    return this.#call(path, { method: 'POST', body: JSON.stringify(body), ...(signal && { signal }) });
  }

  get(path: string): Promise<Response> {
    return this.#call(path, {});
  }

  async #call(path: string, init: RequestInit): Promise<Response> {
    let response = await this.#send(path, init);
    if (response.status === 401) {
      this.forget();
      response = await this.#send(path, init);
    }
    if (response.ok) return response;
    const trouble = response.status === 401 ? 'signedOut' : 'failed';
    const problem = await problemOf(response);
    throw new BackendError(trouble, String(problem.request_id ?? ''), response.status, problem);
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const token = (this.#token ??= await this.#freshToken());
    const headers: Record<string, string> = {
      authorization: `Bearer ${token}`,
      'accept-language': this.language(),
    };
    if (init.body) headers['content-type'] = 'application/json';
    try {
      return await fetch(this.endpoint() + path, { ...init, headers, credentials: 'omit' });
    } catch (error) {
      if (isAbort(error)) throw error;
      throw new BackendError('offline');
    }
  }

  async #freshToken(): Promise<string> {
    let token: unknown;
    try {
      token = await this.getToken()?.();
    } catch (error) {
      // `fetch` throws a TypeError when there is no network: the sign-in may well hold.
      if (error instanceof TypeError) throw new BackendError('offline');
      // Any other failure of the page to sign in is told like a missing sign-in.
    }
    if (typeof token !== 'string' || token === '') throw new BackendError('signedOut');
    return token;
  }
}

/** Whether the person, not the network, ended the call. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

async function problemOf(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => null);
  return body?.error ?? {};
}
