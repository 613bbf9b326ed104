/** What the service says in codes, as people say it. */
import type { DocumentRow, Entry, GapRow, HandoffRow, Job } from './api';

/** `gold` → `Gold`. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `the file is locked` → `The file is locked.` */
export function sentence(text: string): string {
  return capital(/[.!?]$/.test(text) ? text : `${text}.`);
}

/** `1 document`, `1,200 documents`. */
export function counted(number: number, noun: string): string {
  return `${grouped(number)} ${number === 1 ? noun : `${noun}s`}`;
}

function grouped(number: number): string {
  return new Intl.NumberFormat('en-GB').format(number);
}

/** `2400000` → `2.4 MB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1e3) return bytes === 0 ? 'empty' : 'under 1 kB';
  const [unit, size] = bytes < 1e6 ? (['kilobyte', bytes / 1e3] as const) : (['megabyte', bytes / 1e6] as const);
  const maximumFractionDigits = size < 10 ? 1 : 0;
  return new Intl.NumberFormat('en-GB', { style: 'unit', unit, maximumFractionDigits }).format(size);
}

/** `2025-04-01` → `1 Apr 2025`; anything else as it is. */
export function dayInWords(day: string): string {
  const when = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(when.getTime())) return day;
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(when);
}

/** `tier=gold,platinum;region=emea` → `Tier gold or platinum`, `Region EMEA`: all of the lines must hold. */
export function audienceInWords(spec: string): string[] {
  if (spec === 'partners') return ['All partners'];
  if (!spec.includes('=')) return [capital(spec)];
  return spec.split(';').map((condition) => {
    const [key = '', values = ''] = condition.split('=');
    const names = values.split(',').map((value) => (key === 'region' ? value.toUpperCase() : value));
    return `${capital(key)} ${names.join(' or ')}`;
  });
}

type Said = { kind: 'good' | 'bad' | 'quiet'; text: string };

/** Whether a document answers questions on that day, and how good that is. ISO days compare as text. */
export function standingOf(row: DocumentRow, today: string): Said {
  if (row.status === 'failed') {
    return { kind: 'bad', text: row.passages > 0 ? 'failed, older version in use' : 'failed' };
  }
  // `effective_until` is the first day that is no longer in force.
  if (row.effective_until && row.effective_until <= today) return { kind: 'quiet', text: 'no longer in force' };
  if (row.superseded_from && row.superseded_from <= today) return { kind: 'quiet', text: replacedFrom(row.superseded_from) };
  if (row.effective_from && row.effective_from > today) return { kind: 'quiet', text: 'not yet in force' };
  return { kind: 'good', text: row.status };
}

/** When a document holds, a line for each end; none for one that always does. */
export function inForce(row: DocumentRow, today: string): string[] {
  const { effective_from: from, effective_until: until, superseded_from: next } = row;
  const replaced = next ? (next > today ? `to be ${replacedFrom(next)}` : replacedFrom(next)) : '';
  return [from ? `from ${dayInWords(from)}` : '', until ? `before ${dayInWords(until)}` : '', replaced].filter(
    (line) => line && line !== standingOf(row, today).text,
  );
}

/** A successor that names no first day has always been the one that holds; the service says so with the year 1. */
function replacedFrom(day: string): string {
  return day < '1000' ? 'replaced' : `replaced on ${dayInWords(day)}`;
}

/** Whether somebody should have looked a document over by now. The day itself is still in time. */
export function isOverdue({ review_by: day }: DocumentRow, today: string): boolean {
  return day !== null && day < today;
}

/** When a document is to be looked over; empty when nobody said. */
export function reviewInWords(row: DocumentRow, today: string): string {
  if (!row.review_by) return '';
  const day = dayInWords(row.review_by);
  return isOverdue(row, today) ? `overdue for review since ${day}` : `review by ${day}`;
}

/** Whether something will still happen to a job. */
export function isOpen(job: Job): boolean {
  return !['searchable', 'failed', 'cancelled'].includes(job.state);
}

/** A folder has no length. */
export function isFolder(job: Job): boolean {
  return job.bytes === null;
}

/** How far a job is; its reason is not part of that. */
export function jobInWords(job: Job): Said {
  const part = job.total > 0 ? ` ${grouped(job.done)} of ${grouped(job.total)}` : '';
  if (isOpen(job) && job.state !== 'queued' && isFolder(job)) {
    return { kind: 'quiet', text: part ? `taking in${part} files` : 'taking in' };
  }
  switch (job.state) {
    case 'queued':
      return { kind: 'quiet', text: 'waiting' };
    case 'embedding':
      return { kind: 'quiet', text: `embedding${part}` };
    case 'searchable':
      return job.reason ? { kind: 'bad', text: 'searchable in part' } : { kind: 'good', text: 'searchable' };
    case 'failed':
      return { kind: 'bad', text: 'failed' };
    default:
      return { kind: 'quiet', text: job.state };
  }
}

/** What partners cannot find yet; empty when that is nothing. */
export function pendingInWords(files: number, folders: number): string {
  const are = (number: number) => (number === 1 ? 'is' : 'are');
  return [
    files > 0 ? `${counted(files, 'document')} ${are(files)} not searchable yet` : '',
    folders > 0 ? `${counted(folders, 'folder')} ${are(folders)} being taken in` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** What became of jobs, for whoever does not see them leave the list. */
export function endedInWords(jobs: Job[]): string {
  const told = jobs.filter((job) => job.state !== 'searchable');
  const found = jobs.filter((job) => job.state === 'searchable');
  const [first] = found;
  const lines = told.map((job) => {
    if (job.state === 'cancelled') return `${job.path} was cancelled.`;
    return `${job.path} failed. ${sentence(job.reason ?? 'the service gives no reason')}`;
  });
  if (first) lines.unshift(found.length === 1 ? `${first.path} is searchable.` : `${counted(found.length, 'document')} are searchable.`);
  return lines.join(' ');
}

/** Whose turn it is in a hand-over. */
export function stateOf({ state }: HandoffRow): Said {
  if (state === 'open') return { kind: 'bad', text: 'waits for an answer' };
  return state === 'answered' ? { kind: 'good', text: 'answered' } : { kind: 'quiet', text: 'closed' };
}

/** What became of the mail to the manager. */
export function deliveryOf({ delivery: { state, attempts } }: HandoffRow): Said {
  switch (state) {
    case 'sent':
      return { kind: 'good', text: 'sent' };
    case 'failed':
      return { kind: 'bad', text: attempts > 1 ? `failed after ${attempts} attempts` : 'failed' };
    case 'queued':
      return { kind: 'quiet', text: attempts > 0 ? `waiting after ${counted(attempts, 'attempt')}` : 'on its way' };
    default:
      return { kind: 'quiet', text: 'not configured' };
  }
}

/** Who did what, in a line. */
export function entryInWords({ kind, author, signed, channel, text }: Entry): string {
  switch (kind) {
    case 'opened':
      return `${author} asked for a person`;
    case 'partner':
      return `${author} wrote to the manager`;
    case 'manager':
      return `${author} answered ${channel === 'mail' ? 'by mail' : 'in the console'}${signed && signed !== author ? `, signed ${signed}` : ''}`;
    case 'mailed':
      return `the mail server took a mail to ${text}`;
    case 'not_mailed':
      return `the manager was not told by mail: ${text}`;
    case 'closed':
      return `${author} closed the hand-over`;
  }
}

/** `declined 3 times, handed over once`: how one knows of a gap. */
export function kindsInWords({ kinds }: GapRow): string {
  const times = (number: number) => (number === 1 ? 'once' : number === 2 ? 'twice' : `${number} times`);
  return [
    kinds.declined > 0 ? `declined ${times(kinds.declined)}` : '',
    kinds.voted_down > 0 ? `voted down ${times(kinds.voted_down)}` : '',
    kinds.handed_over > 0 ? `handed over ${times(kinds.handed_over)}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** What was decided about a gap. */
export function decisionOf({ state }: GapRow): Said {
  if (state === 'open') return { kind: 'bad', text: 'open' };
  return state === 'answered' ? { kind: 'good', text: 'answered' } : { kind: 'quiet', text: 'dismissed' };
}
