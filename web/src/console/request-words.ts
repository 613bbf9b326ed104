/** Requests of partners, as people say them: what is asked, until when it is to be decided, what became of it. */
import { KINDS, known, STATES } from '../shared/confirmation';
import { en } from '../i18n/en';
import type { RequestEvent, RequestRow } from './api';
import { capital, counted } from './words';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `Register a deal`; a kind that nobody knows is called by its code. */
export function kindInWords({ kind }: RequestRow): string {
  const name = known(KINDS, kind);
  return name ? en[name] : capital(kind.replaceAll('_', ' '));
}

/** Whether somebody has to decide. */
export function isWaiting({ state }: RequestRow): boolean {
  return state === 'submitted';
}

type Said = { kind: 'good' | 'bad' | 'quiet'; text: string };

/** Where a request stands. */
export function standingOf(row: RequestRow): Said {
  switch (known(STATES, row.state)) {
    case 'submitted':
      return { kind: 'bad', text: 'waits for a decision' };
    case 'confirmed':
      return { kind: 'quiet', text: 'on its way to the CRM' };
    case 'proposed':
      return { kind: 'quiet', text: 'with the partner' };
    case 'approved':
      return { kind: 'good', text: 'approved' };
    case 'done':
      return { kind: 'good', text: 'done, nothing to decide' };
    default:
      return { kind: 'quiet', text: row.state };
  }
}

/** `due in 5 hours`, `overdue by 2 days`; empty where nothing is due. The service may know of an overdue one first. */
export function dueInWords({ due_at, is_overdue }: RequestRow, now: number): string {
  const due = due_at === null ? NaN : Date.parse(due_at);
  if (Number.isNaN(due)) return is_overdue ? 'overdue' : '';
  const left = due - now;
  const long = spanInWords(Math.abs(left));
  if (is_overdue || left < 0) return left < 0 ? `overdue by ${long}` : 'overdue';
  return `due in ${long}`;
}

/** Whole minutes below an hour, hours below two days, then days: never more than there are. */
function spanInWords(milliseconds: number): string {
  if (milliseconds < MINUTE) return 'less than a minute';
  if (milliseconds < HOUR) return counted(Math.floor(milliseconds / MINUTE), 'minute');
  if (milliseconds < 2 * DAY) return counted(Math.floor(milliseconds / HOUR), 'hour');
  return counted(Math.floor(milliseconds / DAY), 'day');
}

/** What the rules of engagement propose. */
export function proposalInWords({ decision }: NonNullable<RequestRow['proposal']>): string {
  if (decision === 'approve') return 'The rules propose to approve.';
  return decision === 'reject' ? 'The rules propose to reject.' : 'The rules do not settle it: look closer.';
}

const EVENTS: Record<string, string> = {
  proposed: 'proposed to the partner',
  confirmed: 'confirmed',
  written: 'written to the CRM',
  not_written: 'not written to the CRM',
  mailed: 'a mail was sent',
  not_mailed: 'a mail was not sent',
};

/** What happened, by whom, in a line. */
export function eventInWords({ kind, author, text }: RequestEvent): string {
  const what = Object.hasOwn(EVENTS, kind) ? EVENTS[kind] : kind.replaceAll('_', ' ');
  // What nobody asked for is the service's own doing.
  const by = author === 'service' ? 'Liaison' : author;
  return `${what}${by && ` by ${by}`}${text && `: ${text}`}`;
}
