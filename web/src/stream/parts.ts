/**
 * The parts of an answer as they travel: AI SDK UI message stream v1, those that Liaison sends.
 * Every part is from outside: fields are optional until someone has looked.
 */
import type { Place } from '../shared/place';

/** A place in a document, without its words. */
export interface Nearest {
  passage_id: string;
  title: string;
  document?: string;
  anchor?: Place | null;
}

/** What `source-document` says about a citation, under `providerMetadata.liaison`. */
export interface CitationMetadata {
  n?: number;
  passage_id?: string;
  document?: string;
  anchor?: Place | null;
  quote?: string;
}

/** A citation as a kept answer has it. */
export interface Citation {
  n: number;
  passage_id: string;
  title: string;
  document: string;
  anchor: Place | null;
  quote: string;
}

/** A tool's records as a table; tools that return no table are not shown. */
export interface ToolOutput {
  name: string;
  headline?: string | null;
  columns: string[];
  rows: string[][];
  as_of: string;
  /** The statement on which these records stand. */
  statement?: Statement | null;
}

/** A statement of a period: its name in the service's addresses, and what it is called. */
export interface Statement {
  name: string;
  label: string;
}

/** The person to turn to: the partner's own manager at the vendor. */
export interface Contact {
  name: string;
  email: string;
}

export type Part =
  | { type: 'start'; messageId?: string }
  | { type: 'data-status'; data: { label: string } }
  | { type: 'text-start'; id: string }
  | { type: 'text-delta'; id: string; delta: string }
  | { type: 'text-end'; id: string }
  | {
      type: 'source-document';
      sourceId: string;
      title?: string;
      filename?: string;
      providerMetadata?: { liaison?: CitationMetadata };
    }
  | { type: 'tool-output-available'; toolCallId: string; output?: unknown }
  | { type: 'data-declined'; data: { reason?: string; nearest?: Nearest[]; contact?: Contact | null } }
  /** The offer of a person; or the hand-over as it stands, which is asked for by itself. */
  | { type: 'data-handoff'; data: { state?: string; because?: string; manager?: Contact | null } }
  | { type: 'data-suggestions'; data: { questions?: string[] } }
  /** Something to be written once the partner consents: `shared/confirmation.ts` reads it. */
  | { type: 'data-confirmation'; data?: unknown }
  | { type: 'error'; errorText?: string }
  /** Sent too, and of no concern here; so is whatever a later server adds. */
  | {
      type:
        | 'start-step'
        | 'finish-step'
        | 'finish'
        | 'tool-input-available'
        | 'tool-approval-request'
        | 'tool-output-error';
    };
