/** What staff says about a document: from a form to what the service is told. */
import type { DocumentRow } from './api';

/** Empty where nothing is said. */
export interface Statements {
  audience: string;
  effective_from: string;
  effective_until: string;
  owner: string;
  review_by: string;
  /** The paths of the documents whose place it takes, with commas between them. */
  supersedes: string;
}

/** What the form says, or which of its fields is wrong. */
export type Stated = { said: Statements } | { field: string; problem: string };

/** The choice in the form that asks for conditions. */
export const CERTAIN = 'certain';

/** Reads a form whose fields are named like the statements, with `conditions` for certain partners. */
export function statedIn(form: FormData): Stated {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const audience = text('audience') === CERTAIN ? text('conditions') : text('audience');
  if (text('audience') === CERTAIN && !audience) {
    return { field: 'conditions', problem: 'Say which partners, such as tier=gold,platinum.' };
  }
  const [effective_from, effective_until] = [text('effective_from'), text('effective_until')];
  if (effective_from && effective_until && effective_until <= effective_from) {
    return { field: 'effective_until', problem: 'It would never be in force: it ends before it begins.' };
  }
  const [owner, review_by, supersedes] = [text('owner'), text('review_by'), text('supersedes')];
  return { said: { audience, effective_from, effective_until, owner, review_by, supersedes } };
}

/** Where a file goes. `earlier` is the upload that has this path now. */
export function uploadTo(path: string, said: Statements, earlier: DocumentRow | undefined): string {
  const query = new URLSearchParams({ path });
  // Or a new version of an internal document would be open to partners as soon as nobody thinks of it.
  const limited = earlier && earlier.audience !== 'partners' ? earlier.audience : '';
  for (const [name, value] of Object.entries({ ...said, audience: said.audience || limited })) {
    if (value) query.set(name, value);
  }
  return `/api/documents?${query}`;
}

/** What differs from how a document is described now; null takes a statement back. */
export function changesTo(row: DocumentRow, said: Statements): Record<string, string | string[] | null> {
  const { supersedes, ...rest } = said;
  const changed = Object.entries(rest).filter(([name, value]) => value !== (row[name as keyof typeof rest] ?? ''));
  const changes = Object.fromEntries(changed.map(([name, value]) => [name, value || null]));
  if (supersedes === row.supersedes.join(', ')) return changes;
  return { ...changes, supersedes: supersedes ? supersedes.split(/,\s*/) : null };
}
