/**
 * `<liaison-chat lang endpoint open>`: the custom element, which is the widget's whole public face.
 *
 * - Attributes: `lang` (else the nearest ancestor's), `endpoint` (else where the script came from), `open`.
 * - Property: `getToken`, an async function that the page sets; called when there is no token or it was refused.
 * - Methods: `ask(text)`, `reset()`.
 * - Events, all bubbling out of the shadow: `liaison-open`, `liaison-close`, `liaison-answer`.
 */
import { render } from 'preact';
import { wordsFor } from '../i18n';
import { Backend, type GetToken } from './backend';
import { Conversation } from './conversation';
import { styles } from './styles';
import { App } from './ui/app';

export class LiaisonChat extends HTMLElement {
  static readonly observedAttributes = ['lang', 'open'];
  /** The origin of the script, where the service is unless `endpoint` says otherwise. */
  static home = '';

  /** Only declared: a page may set it before this class is there, and a field would erase what it set. */
  declare getToken?: GetToken;

  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #conversation = new Conversation(
    new Backend(
      () => (this.getAttribute('endpoint') ?? LiaisonChat.home).replace(/\/+$/, ''),
      () => this.getToken?.bind(this),
      () => this.#language,
    ),
    () => wordsFor(this.#language),
    (answer) => this.#emit('liaison-answer', { ok: answer.phase === 'done', declined: answer.declined !== null }),
    () => this.hasAttribute('open') && !document.hidden,
    () => this.#renderSoon(),
  );
  #due = false;

  connectedCallback(): void {
    this.#root.adoptedStyleSheets = [styles()];
    this.#render();
    this.#conversation.resume();
  }

  disconnectedCallback(): void {
    this.#conversation.stop();
    this.#conversation.rest();
    render(null, this.#root);
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected) return;
    if (name === 'open' && now !== null) this.#conversation.seen();
    this.#render();
    const turned = (before === null) !== (now === null);
    if (name === 'open' && turned) this.#emit(now === null ? 'liaison-close' : 'liaison-open', null);
  }

  /** Opens the panel and asks. Settles when the answer is complete, has failed or was stopped. */
  ask(text: string): Promise<void> {
    this.toggleAttribute('open', true);
    return this.#conversation.ask(text);
  }

  /** Forgets the conversation and the token: call it when another person signs in. */
  reset(): void {
    this.#conversation.reset();
  }

  get #language(): string {
    return this.closest<HTMLElement>('[lang]')?.lang || navigator.language;
  }

  /** Many parts of an answer may arrive in one piece: they are rendered once. */
  #renderSoon(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.isConnected) this.#render();
    });
  }

  #render(): void {
    const app = (
      <App
        language={this.#language}
        open={this.hasAttribute('open')}
        conversation={this.#conversation}
        toggle={(open) => this.toggleAttribute('open', open)}
      />
    );
    render(app, this.#root);
  }

  #emit(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
