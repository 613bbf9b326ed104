/** A cited place, opened over the conversation: title, place, and the passage with the quoted words marked. */
import { Component, createRef } from 'preact';
import { highlight } from '../../markdown/highlight';
import { markdownSink } from '../../markdown/sink';
import { placeInWords } from '../../shared/place';
import type { Opened } from '../conversation';
import { Icon } from './icon';
import { IconButton } from './icon-button';
import type { UiProps } from './ui';

interface Props extends UiProps {
  opened: Opened;
}

export class SourceSheet extends Component<Props> {
  readonly #root = createRef<HTMLDivElement>();

  override componentDidMount(): void {
    this.#fill();
    this.#root.current?.querySelector('button')?.focus();
  }

  override componentDidUpdate(before: Props): void {
    if (before.opened !== this.props.opened) this.#fill();
  }

  override render({ ui: { words, conversation }, opened: { target, passage } }: Props) {
    const known = typeof passage === 'object' ? passage : null;
    const title = known?.title || target.title || words.citation;
    const place = placeInWords(known?.anchor ?? target.place, words, title);
    return (
      <div ref={this.#root} class="sheet" part="source" role="dialog" aria-label={title}>
        <div class="head">
          <Icon name="page" />
          <div>
            <h3>{title}</h3>
            <p>{[place, known?.document || target.document].filter(Boolean).join(' · ')}</p>
          </div>
          <IconButton icon="close" label={words.close} onClick={() => conversation.close()} />
        </div>
        <div class="passage" role="region" tabIndex={0} aria-label={title}>
          {passage === 'coming' && <span class="pulse" />}
          {passage === 'missing' && <p class="label">{words.noSource}</p>}
          <blockquote hidden>{target.quote}</blockquote>
          <div class="prose" />
        </div>
      </div>
    );
  }

  /** Writes the passage; a quote that cannot be found in what is shown stands above it instead. */
  #fill(): void {
    const { passage, target } = this.props.opened;
    const page = this.#root.current?.querySelector<HTMLElement>('.prose');
    const quote = this.#root.current?.querySelector('blockquote');
    if (!page || !quote) return;
    page.replaceChildren();
    if (typeof passage === 'object') {
      const sink = markdownSink(page);
      sink.write(passage.text);
      sink.end();
    }
    quote.hidden = passage === 'coming' || target.quote === '' || highlight(page, target.quote);
    page.querySelector('mark')?.scrollIntoView({ block: 'center' });
  }
}
