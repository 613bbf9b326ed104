/** A conversation with a person: what the service says of it, and what was written in it. Decides nothing. */
import type { Words } from '../i18n';
import { confirmationsIn } from '../shared/confirmation';
import type { Citation, Contact, Nearest } from '../stream/parts';
import { unanswered, type Answer } from './answer';

/** An offer to hand the conversation to a person; nothing has happened yet. */
export interface Offer {
  state: 'offered';
  because?: 'asked_for' | 'repeated' | 'declined';
  manager: Contact | null;
}

/** A hand-over that was asked for. */
export interface Handoff {
  id: string;
  state: 'open' | 'answered' | 'closed';
  manager: Contact | null;
  /** What became of the newest mail to the manager. */
  delivery: 'not_configured' | 'queued' | 'sent' | 'failed';
}

/** Words to or from a person, or what became of the hand-over. */
export interface Written {
  key: string;
  /** The answer that they stand behind; empty for none. */
  after: string;
  kind: 'partner' | 'manager' | 'opened' | 'closed';
  name: string;
  text: string;
}

/** A message as `GET /api/conversations/{id}` has it. */
export type Message =
  | { role: 'user'; text: string; to: 'assistant' | 'manager' }
  | {
      role: 'assistant';
      id: string;
      text: string;
      citations: Citation[] | null;
      declined: Kept | null;
      /** As they are now: `shared/confirmation.ts` reads them. */
      confirmations?: unknown;
    }
  | { role: 'manager'; name: string; text: string }
  | { role: 'event'; event: 'opened' | 'closed' };

interface Kept {
  reason?: string;
  nearest?: Nearest[];
}

/** What `GET /api/conversations/{id}` answers. */
export interface KeptConversation {
  messages: Message[];
  handoff: Handoff | null;
}

/** What was written to and by a person, each with its place. */
export function writtenIn(messages: Message[]): Written[] {
  const written: Written[] = [];
  let after = '';
  for (const message of messages) {
    const put = (kind: Written['kind'], name = '', text = '') =>
      written.push({ key: `w${written.length}`, after, kind, name, text });
    if (message.role === 'assistant') after = message.id;
    else if (message.role === 'manager') put('manager', message.name, message.text);
    else if (message.role === 'event') put(message.event);
    else if (message.to === 'manager') put('partner', '', message.text);
  }
  return written;
}

/** Questions and answers of a conversation that was begun elsewhere. */
export function exchangesIn(messages: Message[]): { key: string; question: string; answer: Answer }[] {
  const exchanges = [];
  let question = '';
  for (const message of messages) {
    if (message.role === 'user' && message.to === 'assistant') question = message.text;
    if (message.role === 'assistant') exchanges.push({ key: message.id, question, answer: keptAnswer(message) });
  }
  return exchanges;
}

function keptAnswer({ id, text, citations, declined, confirmations }: Extract<Message, { role: 'assistant' }>): Answer {
  const sources = (citations ?? []).map((one) => ({
    id: one.passage_id,
    n: one.n,
    passage: one.passage_id,
    title: one.title,
    document: one.document,
    place: one.anchor,
    quote: one.quote,
  }));
  const no = declined && { reason: declined.reason ?? '', nearest: declined.nearest ?? [], contact: null };
  const kept = { text: text ?? '', sources, declined: no, confirmations: confirmationsIn(confirmations) };
  return { ...unanswered, id, phase: 'done', ...kept };
}

/** How many answers of a person end the conversation: those that wait to be read. */
export function unansweredReplies(written: Written[]): number {
  const words = written.filter(({ kind }) => kind === 'partner' || kind === 'manager');
  const since = words.reverse().findIndex(({ kind }) => kind === 'partner');
  return since < 0 ? words.length : since;
}

/** What is honestly known of the manager's knowing. */
export function deliveryInWords(handoff: Handoff, words: Words): string {
  const said = { not_configured: words.waits, queued: words.telling, sent: words.told, failed: words.notTold };
  return named(said[handoff.delivery] ?? words.waits, handoff.manager, words);
}

/** With the manager's name, or what a manager is called. */
export function named(text: string, manager: Contact | null, words: Words): string {
  return text.replace('{name}', manager?.name || words.manager);
}

/** Milliseconds until the conversation is looked at again, after `quiet` looks that brought nothing. */
export function pause(quiet: number, hidden: boolean): number {
  return hidden ? 60_000 : Math.min(3_000 * 1.5 ** quiet, 60_000);
}
