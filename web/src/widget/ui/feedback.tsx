/** Thumbs under an answer. A thumb down may be explained; a vote can be changed; a vote not sent is not shown. */
import { Component, createRef } from 'preact';
import type { Offer } from '../handoff';
import { IconButton } from './icon-button';
import type { UiProps } from './ui';

type Vote = 1 | -1;

interface Props extends UiProps {
  answer: string;
}

interface Given {
  vote: Vote | 0;
  said: string;
  explaining: boolean;
}

export class Feedback extends Component<Props, Given> {
  override state: Given = { vote: 0, said: '', explaining: false };
  readonly #root = createRef<HTMLDivElement>();
  readonly #why = createRef<HTMLTextAreaElement>();

  /** Brings the field into view, as it may open below what is seen. */
  override componentDidUpdate(_: Props, before: Given): void {
    if (this.state.explaining === before.explaining) return;
    // The field goes when its words have been sent: the vote that it belongs to takes the focus back.
    const vote = this.#root.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    (this.#why.current ?? vote)?.focus();
    this.#root.current?.scrollIntoView({ block: 'nearest' });
  }

  override render({ ui: { words } }: Props, { vote, said, explaining }: Given) {
    const thumb = (value: Vote, label: string) => (
      <IconButton
        icon="thumb"
        label={label}
        class="plain"
        turned={value < 0}
        aria-pressed={vote === value}
        onClick={() => this.#send(value)}
      />
    );
    const explain = (event: Event) => {
      event.preventDefault();
      void this.#send(-1, this.#why.current?.value.trim() ?? '');
    };
    return (
      <div ref={this.#root} class="feedback">
        {thumb(1, words.helpful)}
        {thumb(-1, words.unhelpful)}
        <span role="status">{said}</span>
        {explaining && (
          <form class="explain" onSubmit={explain}>
            <textarea ref={this.#why} rows={2} maxLength={2000} aria-label={words.comment} placeholder={words.comment} />
            <button type="submit">{words.send}</button>
          </form>
        )}
      </div>
    );
  }

  async #send(value: Vote, comment?: string): Promise<void> {
    const { vote } = this.state;
    const { answer, ui } = this.props;
    this.setState({ vote: value });
    try {
      const body = { conversation: ui.state.id, answer, vote: value, ...(comment && { comment }) };
      const response = await ui.conversation.backend.post('/api/feedback', body);
      // Two answers in a row that did not help: the service offers a person.
      if (response.status === 200) ui.conversation.offer(((await response.json()) as { handoff: Offer }).handoff);
      this.setState({ said: ui.words.thanks, explaining: value < 0 && comment === undefined });
    } catch {
      this.setState({ vote, said: ui.words.notSent });
    }
  }
}
