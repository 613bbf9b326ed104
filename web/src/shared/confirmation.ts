/**
 * What the assistant would write for a partner, field by field, as the service sends it: the widget asks for consent
 * with it, the console shows what was consented to. Whoever consents sees all of it, so what cannot be read whole is
 * not read at all.
 */

/** One value, the words that it came from, and how sure the reading is. */
export interface Field {
  name: string;
  label: string;
  /** `fixed` is shown and not edited; a type that nobody knows is edited as text. */
  type: (typeof TYPES)[number];
  /** Of a `choice`. */
  choices?: string[];
  /** Dates as `2026-09-30`, amounts as `45000.00`. */
  value: string | null;
  required: boolean;
  words: string | null;
  /** From 0 to 1; nothing for a value that was not read from words. */
  confidence: number | null;
}

/** Those that have words of their own; a later service may send others. */
export const KINDS = [
  'register_deal',
  'extend_protection',
  'withdraw_registration',
  'update_deal',
  'dispute_attribution',
  'request_mdf',
] as const;

/** `proposed` waits for the partner, `submitted` for the vendor; `confirmed` is on its way to the CRM. */
export const STATES = [
  'proposed',
  'confirmed',
  'submitted',
  'approved',
  'rejected',
  'done',
  'cancelled',
  'expired',
] as const;

export interface Confirmation {
  id: string;
  kind: string;
  state: string;
  /** An instant; empty when none was said. */
  expires_at: string;
  fields: Field[];
  /** Sentences that stand above the fields. */
  notices: string[];
  /** What the service says of the state; empty for nothing. */
  message: string;
}

/** Below this, a value is to be checked. */
const SURE = 0.7;

const TYPES = ['text', 'long_text', 'choice', 'amount', 'date', 'fixed'] as const;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Whether somebody should look at a value twice. */
export function isUnsure({ value, confidence }: Field): boolean {
  return Boolean(value) && confidence !== null && confidence < SURE;
}

/** `2026-09-30` as a day in the reader's language; anything else as it is. */
export function valueInWords({ type, value }: Field, language: string): string {
  const when = new Date(`${value}T00:00:00Z`);
  if (type !== 'date' || Number.isNaN(when.getTime())) return value ?? '';
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(when);
}

/** One of a closed set, or nothing: what has an unknown name may be called anything. */
export function known<T extends string>(set: readonly T[], name: string): T | null {
  return set.find((one) => one === name) ?? null;
}

/** What came from outside as a confirmation; nothing when it is not one, or a field of it cannot be read. */
export function confirmationIn(data: unknown): Confirmation | null {
  const { id, kind, state, expires_at, fields, notices, message } = record(data);
  // The id goes into addresses and into the ids of elements.
  if (!/^[\w-]{1,80}$/.test(text(id)) || !text(state) || !Array.isArray(fields)) return null;
  const read = fields.map(fieldIn);
  const names = new Set(read.map((field) => field?.name));
  if (names.has(undefined) || names.size < read.length) return null;
  return {
    id: text(id),
    kind: text(kind),
    state: text(state),
    expires_at: text(expires_at),
    fields: read as Field[],
    notices: list(notices).map((notice) => text(record(notice)['text'])).filter(Boolean),
    message: text(message),
  };
}

/** The confirmations of a kept answer; none when it has none. */
export function confirmationsIn(data: unknown): Confirmation[] {
  return list(data).map(confirmationIn).filter((one) => one !== null);
}

function fieldIn(data: unknown): Field | null {
  const { name, label, type, choices, value = null, required, words, confidence } = record(data);
  if (!text(name) || (value !== null && typeof value !== 'string')) return null;
  const offered = list(choices).map(text).filter(Boolean);
  // Nothing can be chosen from no choices, and a browser shows a date that is none as no date at all.
  const odd = (type === 'choice' && !offered.length) || (type === 'date' && value && !DAY.test(value));
  return {
    name: text(name),
    label: text(label) || text(name),
    type: odd ? 'text' : (known(TYPES, text(type)) ?? 'text'),
    choices: offered,
    value: value || null,
    required: required === true,
    words: text(words) || null,
    confidence: typeof confidence === 'number' ? confidence : null,
  };
}

function record(data: unknown): Record<string, unknown> {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}

function list(data: unknown): unknown[] {
  return Array.isArray(data) ? data : [];
}

function text(data: unknown): string {
  return typeof data === 'string' ? data : '';
}
