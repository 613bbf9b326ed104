/** An answer as far as it has come: a value, and the one function that moves it on by a part of the stream. */
import { confirmationIn, type Confirmation } from '../shared/confirmation';
import type { Place } from '../shared/place';
import type { Contact, Nearest, Part, ToolOutput } from '../stream/parts';
import type { Trouble } from './backend';

/** A cited passage: where it is and which of its words were quoted. */
export interface Source {
  id: string;
  n: number;
  passage: string;
  title: string;
  document: string;
  place: Place | null;
  quote: string;
}

/** The honest no: why, what comes nearest, and whom to ask instead. */
export interface Declined {
  reason: string;
  nearest: Nearest[];
  contact: Contact | null;
}

export interface Answer {
  /** The service's id, from the stream's start; empty before. */
  id: string;
  phase: 'waiting' | 'writing' | 'done' | 'stopped' | 'failed';
  /** Markdown. It only ever grows. */
  text: string;
  steps: string[];
  sources: Source[];
  tables: ToolOutput[];
  declined: Declined | null;
  /** What waits for the partner's consent, or came of it. */
  confirmations: Confirmation[];
  /** Questions to go on with. */
  suggestions: string[];
  trouble: Trouble | null;
  /** The request id of a failure, or the service's own words for it. */
  detail: string;
}

export const unanswered: Answer = {
  id: '',
  phase: 'waiting',
  text: '',
  steps: [],
  sources: [],
  tables: [],
  declined: null,
  confirmations: [],
  suggestions: [],
  trouble: null,
  detail: '',
};

/** The answer after one more part. Parts that nobody knows change nothing. */
export function advance(answer: Answer, part: Part): Answer {
  switch (part.type) {
    case 'start':
      return { ...answer, id: part.messageId ?? '' };
    case 'data-status':
      return { ...answer, steps: withStep(answer.steps, part.data.label) };
    case 'text-start':
      return answer.text === '' ? answer : { ...answer, text: `${answer.text}\n\n` };
    case 'text-delta':
      return { ...answer, phase: 'writing', text: answer.text + part.delta };
    case 'source-document':
      return withSource(answer, part);
    case 'tool-output-available':
      return isTable(part.output) ? { ...answer, tables: [...answer.tables, part.output] } : answer;
    case 'data-declined': {
      const { reason = '', nearest = [], contact = null } = part.data;
      return { ...answer, declined: { reason, nearest, contact } };
    }
    case 'data-suggestions':
      return { ...answer, suggestions: part.data.questions ?? [] };
    case 'data-confirmation': {
      const one = confirmationIn(part.data);
      return one ? { ...answer, confirmations: [...answer.confirmations.filter(({ id }) => id !== one.id), one] } : answer;
    }
    case 'error':
      return { ...answer, phase: 'failed', trouble: 'failed', detail: part.errorText ?? '' };
    default:
      return answer;
  }
}

/** Whether more may come. */
export function isOpen(answer: Answer): boolean {
  return answer.phase === 'waiting' || answer.phase === 'writing';
}

function withStep(steps: string[], label: string): string[] {
  return steps.at(-1) === label ? steps : [...steps, label];
}

function withSource(answer: Answer, part: Extract<Part, { type: 'source-document' }>): Answer {
  const about = part.providerMetadata?.liaison ?? {};
  // One passage may be quoted several times: each quote has its own number.
  if (answer.sources.some(({ id, n }) => id === part.sourceId && n === (about.n ?? n))) return answer;
  const document = about.document ?? part.filename ?? '';
  const source: Source = {
    id: part.sourceId,
    n: about.n ?? answer.sources.length + 1,
    passage: about.passage_id ?? part.sourceId,
    title: part.title ?? document,
    document,
    place: about.anchor ?? null,
    quote: about.quote ?? '',
  };
  return { ...answer, sources: [...answer.sources, source] };
}

function isTable(output: unknown): output is ToolOutput {
  const { columns, rows } = (output ?? {}) as Partial<ToolOutput>;
  return Array.isArray(columns) && columns.length > 0 && Array.isArray(rows) && rows.length > 0;
}
