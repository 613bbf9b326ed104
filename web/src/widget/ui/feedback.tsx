/** Thumbs under an answer. A thumb down may be explained; a vote can be changed; a vote not sent is not shown. */
import { Component } from 'preact';
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
      const box = (event.currentTarget as HTMLFormElement).querySelector('textarea');
      void this.#send(-1, box?.value.trim() ?? '');
    };
    return (
      <div class="feedback">
        {thumb(1, words.helpful)}
        {thumb(-1, words.unhelpful)}
        <span role="status">{said}</span>
        {explaining && (
          <form class="explain" onSubmit={explain}>
            <textarea rows={2} maxLength={2000} aria-label={words.comment} placeholder={words.comment} />
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
      await ui.conversation.backend.post('/api/feedback', body);
      this.setState({ said: ui.words.thanks, explaining: value < 0 && comment === undefined });
    } catch {
      this.setState({ vote, said: ui.words.notSent });
    }
  }
}
