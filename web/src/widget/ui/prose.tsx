/** The answer's words: Markdown written to DOM nodes as it arrives, with citations as buttons. */
import { Component, createRef } from 'preact';
import { markdownSink, type Sink } from '../../markdown/sink';
import { placeInWords } from '../../shared/place';
import { isOpen, type Answer, type Source } from '../answer';
import type { UiProps } from './ui';

interface Props extends UiProps {
  answer: Answer;
}

export class Prose extends Component<Props> {
  readonly #root = createRef<HTMLDivElement>();
  #sink: Sink | undefined;
  #written = 0;

  override componentDidMount(): void {
    this.#write();
  }

  override componentDidUpdate(before: Props): void {
    const { text, phase } = this.props.answer;
    if (text !== before.answer.text || phase !== before.answer.phase) this.#write();
  }

  /** The nodes inside are the sink's, not Preact's, which renders this one empty element and leaves it. */
  override render() {
    return <div ref={this.#root} class="prose" />;
  }

  #write(): void {
    const root = this.#root.current;
    const { answer } = this.props;
    if (!root) return;
    if (answer.text.length < this.#written || !this.#sink) {
      // The first words, or another try: an empty page.
      root.replaceChildren();
      this.#written = 0;
      this.#sink = markdownSink(root, {
        label: (id, shown) => this.#label(id, shown),
        open: (id, shown, button) => void this.props.ui.conversation.open(this.#find(id, shown), button),
      });
    }
    this.#sink.write(answer.text.slice(this.#written));
    this.#written = answer.text.length;
    if (!isOpen(answer)) this.#sink.end();
  }

  #label(id: string, shown: string): string {
    const { words } = this.props.ui;
    const { title, place } = this.#find(id, shown);
    return [`${words.citation} ${shown}`, title, placeInWords(place, words, title)].filter(Boolean).join(', ');
  }

  /** The quote of that number; a citation whose source part has not come may still be opened by its id. */
  #find(id: string, shown: string): Source {
    const ofPassage = this.props.answer.sources.filter((source) => source.id === id || source.passage === id);
    const unknown = { id, n: 0, passage: id, title: '', document: '', place: null, quote: '' };
    return ofPassage.find((source) => source.n === +shown) ?? ofPassage[0] ?? unknown;
  }
}
