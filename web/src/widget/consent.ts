/**
 * The partner's consent: what stands in the form of a confirmation, and its one way to the service. Lives with the
 * conversation, so that a chat that was closed meanwhile still knows what was typed and what is on its way.
 */
import type { Words } from '../i18n';
import { confirmationIn, KINDS, known, type Confirmation, type Field } from '../shared/confirmation';
import { BackendError, type Backend, type Trouble } from './backend';
import type { Exchange, State } from './conversation';
import type { Store } from './store';

/** A form as far as it is filled in. Every field of the confirmation has its entry. */
export interface Draft {
  values: Record<string, string>;
  /** What is wrong with a field: the service's words, or MISSING; empty for nothing. */
  wrong: Record<string, string>;
  /** Counts the refusals: at each, the focus goes to the first field that is wrong. */
  refusals: number;
  /** What is on its way: consent (true) or its refusal (false). */
  sending: boolean | null;
  /** Why the last attempt came to nothing; `said` is the service's own sentence, where it is for the partner. */
  trouble: Trouble | 'over' | 'unknown' | null;
  said: string;
  reference: string;
  /** Whether the last attempt was to consent. */
  approved: boolean;
}

/** A field that has to be filled in and is not; the interface has the words. */
export const MISSING = '-';

/** What stands in the form before anybody has touched it. */
export function begun({ fields }: Confirmation): Draft {
  const values = Object.fromEntries(fields.map(({ name, value }) => [name, value ?? '']));
  const wrong = Object.fromEntries(fields.map(({ name }) => [name, '']));
  return { values, wrong, refusals: 0, sending: null, trouble: null, said: '', reference: '', approved: false };
}

/** What a confirmation is called: by its kind, where that has words. */
export function titleOf({ kind }: Confirmation, words: Words): string {
  return words[known(KINDS, kind) ?? 'toConfirm'];
}

/** Whether a field has to be filled in and is not. */
export function isMissing({ name, required, type }: Field, { values }: Draft): boolean {
  return required && type !== 'fixed' && !values[name]?.trim();
}

/** Whether the service may still have news of it by itself. */
export function isUnderWay({ state }: Confirmation): boolean {
  return state === 'confirmed' || state === 'submitted';
}

/** Whether it waits for anybody: the partner, the CRM or the vendor. */
export function isUndecided(one: Confirmation): boolean {
  return one.state === 'proposed' || isUnderWay(one);
}

/**
 * `exchanges` with each confirmation as it is now; the same array when nothing has changed. What was consented to is
 * never a proposal again: an answer to an earlier question may come late.
 */
export function withNews(exchanges: Exchange[], news: Confirmation[]): Exchange[] {
  const now = (one: Confirmation) => {
    const next = news.find(({ id }) => id === one.id);
    const isNew = next && next.state !== 'proposed' && JSON.stringify(next) !== JSON.stringify(one);
    return isNew ? next : one;
  };
  if (exchanges.every(({ answer }) => answer.confirmations.every((one) => now(one) === one))) return exchanges;
  return exchanges.map((one) => ({ ...one, answer: { ...one.answer, confirmations: one.answer.confirmations.map(now) } }));
}

export class Consent {
  constructor(
    private readonly store: Store<State>,
    private readonly backend: Backend,
    /** Told when the service has answered. */
    private readonly answered: () => void,
  ) {}

  /** The form of a confirmation. */
  draft(one: Confirmation): Draft {
    const { drafts } = this.store.value;
    return (Object.hasOwn(drafts, one.id) && drafts[one.id]) || begun(one);
  }

  /** Writes into a field. */
  fill(one: Confirmation, name: string, value: string): void {
    const { values, wrong } = this.draft(one);
    this.#set(one, { values: { ...values, [name]: value }, wrong: { ...wrong, [name]: '' } });
  }

  /** Consents to what stands in the form, if it is complete; or refuses. What is on its way is not sent again. */
  async send(one: Confirmation, approved: boolean): Promise<void> {
    const draft = this.draft(one);
    if (draft.sending !== null) return;
    const gaps = one.fields.filter((field) => isMissing(field, draft)).map(({ name }) => [name, MISSING]);
    if (approved && gaps.length > 0) {
      const wrong = { ...draft.wrong, ...Object.fromEntries(gaps) };
      return this.#set(one, { wrong, refusals: draft.refusals + 1, trouble: null });
    }
    this.#set(one, { sending: approved, approved, trouble: null, said: '', reference: '', wrong: begun(one).wrong });
    const body = approved ? { approved, fields: present(one, draft) } : { approved };
    const path = `/api/approvals/${one.id}`;
    const { id } = this.store.value;
    try {
      await this.#take(one, id, await this.backend.post(path, body));
    } catch (error) {
      if (this.store.value.id !== id) return;
      const failure = error instanceof BackendError ? error : new BackendError('failed');
      this.#refused(one, failure);
      if (failure.status !== 409) return;
      // It is over, one way or another: the service knows which. If it does not say, that it is over has been said.
      await this.backend.get(path).then((now) => this.#take(one, id, now)).catch(() => {});
    }
  }

  /** Shows the confirmation as the service has it now. An answer that cannot be read is one that did not come. */
  async #take(one: Confirmation, conversation: string, response: Response): Promise<void> {
    const now = confirmationIn(await response.json());
    // After a reset, what still arrives belongs to nobody.
    if (this.store.value.id !== conversation) return;
    if (now?.id !== one.id) throw new BackendError('failed');
    this.#set(one, { sending: null });
    this.store.set({ exchanges: withNews(this.store.value.exchanges, [now]) });
    this.answered();
  }

  #refused(one: Confirmation, { status, trouble, reference, problem }: BackendError): void {
    const { refusals } = this.draft(one);
    if (status === 422) {
      const told = Object(problem.fields) as Record<string, unknown>;
      const wrong = Object.fromEntries(one.fields.map(({ name }) => [name, Object.hasOwn(told, name) ? String(told[name]) : '']));
      const placed = Object.values(wrong).some(Boolean);
      const said = placed || typeof problem.message !== 'string' ? '' : problem.message;
      this.#set(one, { sending: null, wrong, said, trouble: placed ? null : trouble, refusals: refusals + 1 });
    } else {
      const name = status === 404 ? 'unknown' : status === 409 ? 'over' : trouble;
      this.#set(one, { sending: null, trouble: name, reference: status >= 500 ? reference : '' });
    }
  }

  #set(one: Confirmation, change: Partial<Draft>): void {
    this.store.set({ drafts: { ...this.store.value.drafts, [one.id]: { ...this.draft(one), ...change } } });
  }
}

/** What the service is given: every editable field that holds something, and as empty what was emptied. */
function present({ fields }: Confirmation, { values }: Draft): Record<string, string> {
  const held = fields.flatMap(({ name, type, value }) => {
    const now = (values[name] ?? '').trim();
    return type !== 'fixed' && (now || value) ? [[name, now] as const] : [];
  });
  return Object.fromEntries(held);
}
