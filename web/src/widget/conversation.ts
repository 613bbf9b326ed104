/** The conversation: what was asked, what came back, what is being said to a screen reader. */
import type { Words } from '../i18n';
import { plainText } from '../markdown/plain';
import type { Place } from '../shared/place';
import { readParts, StreamCut } from '../stream/read';
import { advance, isOpen, unanswered, type Answer } from './answer';
import { BackendError, isAbort, type Backend } from './backend';
import { freshId } from './ids';
import { Store } from './store';

/** One question with its answer so far. */
export interface Exchange {
  key: string;
  question: string;
  answer: Answer;
}

/** A passage that can be opened; `quote` is empty for material that is near but not cited. */
export interface Target {
  passage: string;
  title: string;
  document: string;
  place: Place | null;
  quote: string;
}

/** What `GET /api/sources/{passage_id}` answers. */
export interface Passage {
  title: string;
  document: string;
  anchor: Place | null;
  text: string;
}

/** The passage being read. */
export interface Opened {
  target: Target;
  passage: Passage | 'coming' | 'missing';
  /** Gets the focus back. */
  from: HTMLElement;
}

export interface State {
  /** Names this conversation to the service, which keeps the history. */
  id: string;
  exchanges: Exchange[];
  /** What `role=status` says: that an answer is on its way, then the answer, once. */
  spoken: string;
  busy: boolean;
  opened: Opened | null;
}

const empty = (): State => ({ id: freshId(), exchanges: [], spoken: '', busy: false, opened: null });

export class Conversation {
  readonly store: Store<State>;
  #abort: AbortController | undefined;

  constructor(
    readonly backend: Backend,
    private readonly words: () => Words,
    private readonly finished: (answer: Answer) => void,
    changed: () => void,
  ) {
    this.store = new Store(empty(), changed);
  }

  /** Asks, unless an answer is still on its way. */
  async ask(text: string): Promise<void> {
    const question = text.trim();
    if (question === '' || this.store.value.busy) return;
    const exchange = { key: freshId(), question, answer: unanswered };
    this.store.set({ exchanges: [...this.store.value.exchanges, exchange] });
    await this.#answer(exchange);
  }

  /** Asks the same again in place of an answer that failed. */
  async retry(exchange: Exchange): Promise<void> {
    if (!this.store.value.busy) await this.#answer(exchange);
  }

  /** Ends the answer where it is. */
  stop(): void {
    this.#abort?.abort();
  }

  /** Starts over: a new conversation, perhaps of another person. */
  reset(): void {
    this.stop();
    this.backend.forget();
    this.store.set(empty());
  }

  /** Opens a passage: at once with what is known of it, then with its text. */
  async open(target: Target, from: HTMLElement): Promise<void> {
    const show = (passage: Opened['passage']) => this.store.set({ opened: { target, passage, from } });
    show('coming');
    let passage: Opened['passage'] = 'missing';
    try {
      const response = await this.backend.get(`/api/sources/${encodeURIComponent(target.passage)}`);
      passage = (await response.json()) as Passage;
    } catch {
      // Shown as missing, with the quote that is known.
    }
    if (this.store.value.opened?.target === target) show(passage);
  }

  /** Closes the passage and returns to where it was opened from. */
  close(): void {
    const from = this.store.value.opened?.from;
    this.store.set({ opened: null });
    from?.focus();
  }

  async #answer({ key, question }: Exchange): Promise<void> {
    const abort = (this.#abort = new AbortController());
    const { id } = this.store.value;
    let answer = unanswered;
    const show = (next: Answer) => {
      answer = next;
      // After a reset, what still arrives belongs to nobody.
      if (this.store.value.id !== id) return;
      const exchanges = this.store.value.exchanges.map((one) => (one.key === key ? { ...one, answer } : one));
      this.store.set({ exchanges });
    };
    this.store.set({ busy: true, spoken: this.words().answering });
    try {
      show(unanswered);
      const messages = [{ id: key, role: 'user', parts: [{ type: 'text', text: question }] }];
      const response = await this.backend.post('/api/chat', { id, messages }, abort.signal);
      if (!response.body) throw new StreamCut('the answer has no body');
      for await (const part of readParts(response.body)) show(advance(answer, part));
      if (isOpen(answer)) show({ ...answer, phase: 'done' });
    } catch (error) {
      show(ended(answer, error, abort.signal.aborted));
    }
    if (this.store.value.id !== id) return;
    this.store.set({ busy: false, spoken: inSpeech(answer, this.words()) });
    this.finished(answer);
  }
}

function ended(answer: Answer, error: unknown, aborted: boolean): Answer {
  if (aborted || isAbort(error)) return { ...answer, phase: 'stopped' };
  if (error instanceof BackendError) {
    return { ...answer, phase: 'failed', trouble: error.trouble, detail: error.reference };
  }
  // Either the stream made no sense, or the reader broke with the connection.
  return { ...answer, phase: 'failed', trouble: 'cut', detail: '' };
}

function inSpeech(answer: Answer, words: Words): string {
  // A failure speaks for itself: it is shown as an alert.
  if (answer.phase === 'failed') return '';
  const said = plainText(answer.text);
  return answer.phase === 'stopped' ? `${said} ${words.stopped}` : said;
}
