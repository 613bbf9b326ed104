/** What the service says in codes, as people say it. */
import type { DocumentRow } from './api';

/** `gold` → `Gold`. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
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

/** Whether a document answers questions on that day, and how good that is. */
export function standingOf(row: DocumentRow, today: string): { kind: 'good' | 'bad' | 'quiet'; text: string } {
  if (row.status === 'failed') {
    return { kind: 'bad', text: row.passages > 0 ? 'failed, older version in use' : 'failed' };
  }
  // ISO days compare as text. `effective_until` is the first day that is no longer in force.
  if (row.effective_until && row.effective_until <= today) return { kind: 'quiet', text: 'no longer in force' };
  if (row.effective_from && row.effective_from > today) return { kind: 'quiet', text: 'not yet in force' };
  return { kind: 'good', text: row.status };
}

/** When a document holds, a line for each end; none for one that always does. */
export function inForce({ effective_from: from, effective_until: until }: DocumentRow): string[] {
  return [from ? `from ${dayInWords(from)}` : '', until ? `before ${dayInWords(until)}` : ''].filter(Boolean);
}
