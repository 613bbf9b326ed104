/** The widget's interface: a launcher, or the panel that it opens. Owns where the focus goes between the two. */
import { Component } from 'preact';
import { wordsFor } from '../../i18n';
import type { Conversation } from '../conversation';
import { Icon } from './icon';
import { Panel } from './panel';

interface Props {
  language: string;
  open: boolean;
  conversation: Conversation;
  toggle(open: boolean): void;
}

export class App extends Component<Props> {
  #element: HTMLElement | null = null;
  readonly #root = (element: HTMLElement | null): void => {
    this.#element = element;
  };
  /** A panel that was open from the start, or was opened by the page, takes no focus away from the page. */
  #byHand = false;

  override componentDidUpdate(before: Props): void {
    if (before.open === this.props.open || !this.#byHand) return;
    (this.#element?.querySelector('textarea') ?? this.#element)?.focus();
  }

  override render({ language, open, conversation, toggle }: Props) {
    const words = wordsFor(language);
    const turn = (on: boolean) => {
      this.#byHand = true;
      toggle(on);
    };
    if (open) {
      const ui = { words, language, conversation, state: conversation.store.value };
      return <Panel ui={ui} root={this.#root} close={() => turn(false)} />;
    }
    const { unread } = conversation.store.value;
    return (
      <button ref={this.#root} type="button" class="launcher" part="launcher" title={words.open} onClick={() => turn(true)}>
        <Icon name="chat" />
        <span>{words.open}</span>
        {unread > 0 && (
          <span class="badge" part="badge">
            <span class="unseen">{words.unread}: </span>
            {unread}
          </span>
        )}
      </button>
    );
  }
}
