/** The way to a person: the offer to hand over, then the words to whoever has taken over, and what they know of it. */
import { Component, createRef } from 'preact';
import { deliveryInWords, named } from '../handoff';
import { Icon } from './icon';
import type { UiProps } from './ui';

interface Sending {
  sending: boolean;
  failed: boolean;
}

export class PersonCard extends Component<UiProps, Sending> {
  override state: Sending = { sending: false, failed: false };
  readonly #text = createRef<HTMLTextAreaElement>();

  override render({ ui: { words, state } }: UiProps, { sending, failed }: Sending) {
    const { offer, handoff, busy } = state;
    const unfinished = handoff && handoff.state !== 'closed' ? handoff : null;
    const about = unfinished ?? offer;
    if (!about || (busy && !unfinished)) return null;
    const field = named(unfinished ? words.writeTo : words.addition, about.manager, words);
    const submit = (event: Event) => {
      event.preventDefault();
      void this.#send(unfinished !== null);
    };
    return (
      <section class="card person" part="person" aria-label={named(words.withPerson, about.manager, words)}>
        <p role="status">
          {!unfinished && words.offer}
          {unfinished?.state === 'open' && deliveryInWords(unfinished, words)}
          {unfinished?.state === 'answered' && named(words.answered, unfinished.manager, words)}
        </p>
        <form onSubmit={submit}>
          <textarea ref={this.#text} rows={2} maxLength={4000} aria-label={field} placeholder={field} />
          <button type="submit" aria-disabled={sending}>
            <Icon name="mail" />
            {unfinished ? words.send : named(words.toPerson, about.manager, words)}
          </button>
        </form>
        {failed && (
          <p class="note bad" role="alert">
            {words.notSent}
          </p>
        )}
      </section>
    );
  }

  async #send(needsWords: boolean): Promise<void> {
    const field = this.#text.current;
    const text = field?.value ?? '';
    if (this.state.sending || (needsWords && text.trim() === '')) return;
    this.setState({ sending: true, failed: false });
    try {
      await this.props.ui.conversation.handOver(text);
      if (field) field.value = '';
      this.setState({ sending: false });
    } catch {
      this.setState({ sending: false, failed: true });
    }
  }
}
