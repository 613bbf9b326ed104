/** The conversation: what was asked, what came back, what is being said to a screen reader. */
import type { Words } from '../i18n';
import { plainText } from '../markdown/plain';
import type { Confirmation } from '../shared/confirmation';
import type { Place } from '../shared/place';
import { readParts, StreamCut } from '../stream/read';
import { advance, isOpen, unanswered, type Answer } from './answer';
import { BackendError, isAbort, type Backend } from './backend';
import { Consent, isUndecided, isUnderWay, titleOf, withNews, type Draft } from './consent';
import { exchangesIn, pause, unansweredReplies, writtenIn } from './handoff';
import type { Handoff, KeptConversation, Offer, Written } from './handoff';
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
  /** That a person may take over: until the next question. */
  offer: Offer | null;
  /** The person who has taken over. */
  handoff: Handoff | null;
  /** What was written to and by that person. */
  written: Written[];
  /** Their answers that nobody has seen. */
  unread: number;
  /** Forms that were begun, by the id of their confirmation. */
  drafts: Record<string, Draft>;
}

const empty = (): State => ({
  id: freshId(),
  exchanges: [],
  spoken: '',
  busy: false,
  opened: null,
  offer: null,
  handoff: null,
  written: [],
  unread: 0,
  drafts: {},
});

export class Conversation {
  readonly store: Store<State>;
  readonly consent: Consent;
  #abort: AbortController | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly backend: Backend,
    private readonly words: () => Words,
    private readonly finished: (answer: Answer) => void,
    /** Whether somebody sees the conversation. */
    private readonly isSeen: () => boolean,
    changed: () => void,
  ) {
    this.store = new Store(empty(), changed);
    // The CRM takes it a moment later, and the vendor decides when he does: both are looked for.
    this.consent = new Consent(this.store, backend, () => this.#later(0));
  }

  /** Asks, unless an answer is still on its way. */
  async ask(text: string): Promise<void> {
    const question = text.trim();
    if (question === '' || this.store.value.busy) return;
    const exchange = { key: freshId(), question, answer: unanswered };
    this.store.set({ exchanges: [...this.store.value.exchanges, exchange], offer: null });
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
    clearTimeout(this.#watch);
    keep('');
    this.backend.forget();
    this.store.set(empty());
  }

  /** Hands the conversation to a person, or writes to the one who has it. Rejects when that did not go through. */
  async handOver(message: string): Promise<void> {
    const { id } = this.store.value;
    const response = await this.backend.post('/api/handoffs', { conversation: id, message: message.trim() });
    const handoff = (await response.json()) as Handoff;
    if (this.store.value.id !== id) return;
    keep(id);
    this.store.set({ handoff, offer: null });
    await this.#look(0);
  }

  /** Offers a person, after answers that did not help. */
  offer(offer: Offer): void {
    this.store.set({ offer });
  }

  /** What waited to be seen is seen. */
  seen(): void {
    if (this.store.value.unread > 0) this.store.set({ unread: 0 });
  }

  /** Goes on with the conversation that waited for somebody before the page was loaded, if there is one. */
  resume(): void {
    const id = kept();
    if (id === '' || this.store.value.exchanges.length > 0) return;
    this.store.set({ id });
    this.#later(0);
  }

  /** Stops looking for a person's answers. */
  rest(): void {
    clearTimeout(this.#watch);
  }

  #later(quiet: number): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => void this.#look(quiet), pause(quiet, document.hidden));
  }

  /** Looks whether somebody has written or decided, and again until there is nothing to wait for. */
  async #look(quiet: number): Promise<void> {
    clearTimeout(this.#watch);
    const { id } = this.store.value;
    let known: KeptConversation;
    try {
      const response = await this.backend.get(`/api/conversations/${encodeURIComponent(id)}`);
      known = (await response.json()) as KeptConversation;
    } catch (error) {
      if (this.store.value.id !== id) return;
      // Somebody else's by now, or gone: nothing to wait for. Anything else may pass.
      if (error instanceof BackendError && error.status === 404) keep('');
      else this.#later(quiet + 1);
      return;
    }
    if (this.store.value.id !== id) return;
    const news = this.#take(known);
    const asked = this.#confirmations();
    const withPerson = known.handoff !== null && known.handoff.state !== 'closed';
    if (withPerson || asked.some(isUnderWay)) this.#later(news ? 0 : quiet + 1);
    keep(withPerson || asked.some(isUndecided) ? id : '');
  }

  #confirmations(): Confirmation[] {
    return this.store.value.exchanges.flatMap(({ answer }) => answer.confirmations);
  }

  /** Shows what the service knows of the hand-over and of what was consented to; whether anything of it is new. */
  #take({ messages, handoff }: KeptConversation): boolean {
    const before = this.store.value;
    const written = writtenIn(messages);
    const resumed = before.exchanges.length === 0;
    const fresh = written.slice(before.written.length).filter(({ kind }) => kind === 'manager');
    const waiting = resumed ? unansweredReplies(written) : before.unread + fresh.length;
    const last = fresh.at(-1);
    const kept = exchangesIn(messages);
    const states = () => this.#confirmations().map(({ state }) => state).join();
    const stood = states();
    this.store.set({
      written,
      handoff,
      exchanges: resumed ? kept : withNews(before.exchanges, kept.flatMap(({ answer }) => answer.confirmations)),
      unread: this.isSeen() ? 0 : waiting,
      ...(last && !before.busy && { spoken: `${last.name}: ${last.text}` }),
    });
    return written.length !== before.written.length || states() !== stood;
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
      for await (const part of readParts(response.body)) {
        if (part.type === 'data-handoff' && part.data.state === 'offered' && this.store.value.id === id) {
          this.offer({ manager: null, ...part.data } as Offer);
        }
        show(advance(answer, part));
      }
      if (isOpen(answer)) show({ ...answer, phase: 'done' });
    } catch (error) {
      show(ended(answer, error, abort.signal.aborted));
    }
    if (this.store.value.id !== id) return;
    // Whoever loads the page anew finds what waits for consent.
    if (answer.confirmations.some(isUndecided)) keep(id);
    this.store.set({ busy: false, spoken: inSpeech(answer, this.words()) });
    this.finished(answer);
  }
}

/** Where the tab remembers which conversation a person has, so that an answer is seen after the page was loaded anew. */
const PLACE = 'liaison-conversation';

function kept(): string {
  try {
    return sessionStorage.getItem(PLACE) ?? '';
  } catch {
    return '';
  }
}

function keep(id: string): void {
  try {
    if (id === '') sessionStorage.removeItem(PLACE);
    else sessionStorage.setItem(PLACE, id);
  } catch {
    // A page without storage waits for answers as long as it is open.
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
  const asked = answer.confirmations.map((one) => `${words.toConfirm}: ${titleOf(one, words)}.`);
  const said = [plainText(answer.text), ...asked].join(' ');
  return answer.phase === 'stopped' ? `${said} ${words.stopped}` : said;
}
