/**
 * The conversation so far; follows the newest words unless the reader has scrolled away from them, and never past
 * the question: a long answer is read from its beginning.
 */
import { Component, createRef } from 'preact';
import { isOpen } from '../answer';
import type { Exchange } from '../conversation';
import { AnswerView } from './answer';
import { PersonCard } from './person';
import type { UiProps } from './ui';
import { Welcome } from './welcome';
import { WrittenView } from './written';

/** Within this many pixels of the end, the reader is following. */
const NEAR_END = 60;
/** Space above a question that stands at the top. */
const MARGIN = 12;

export class Log extends Component<UiProps> {
  readonly #region = createRef<HTMLDivElement>();
  #following = true;

  override componentDidUpdate(before: UiProps): void {
    const { exchanges } = this.props.ui.state;
    const region = this.#region.current;
    const { written } = this.props.ui.state;
    if (region && before.ui.state.written.length < written.length) {
      region.querySelector('.written:last-of-type')?.scrollIntoView({ block: 'nearest' });
    }
    // What becomes of a confirmation in a complete answer moves nothing: the partner is reading it.
    if (!region || !(isGrowing(before.ui.state.exchanges) || isGrowing(exchanges))) return;
    if (before.ui.state.exchanges === exchanges) return;
    // A new question is always brought into view; more of an answer only for who follows it.
    if (exchanges.at(-1)?.answer.phase === 'waiting') this.#following = true;
    const last = region.querySelector<HTMLElement>('article:last-of-type');
    if (this.#following && last) region.scrollTop = last.offsetTop - region.offsetTop - MARGIN;
  }

  override render({ ui }: UiProps) {
    const { exchanges, written } = ui.state;
    const known = new Set(exchanges.map(({ answer }) => answer.id));
    // What stands behind an answer that is not shown here stands at the end.
    const at = (after: string) => written.filter((one) => (known.has(one.after) ? one.after : '') === after);
    const onScroll = (event: Event) => {
      const { scrollHeight, scrollTop, clientHeight } = event.currentTarget as HTMLElement;
      this.#following = scrollHeight - scrollTop - clientHeight < NEAR_END;
    };
    return (
      <div
        ref={this.#region}
        class="log"
        part="log"
        role="region"
        tabIndex={0}
        aria-label={ui.words.log}
        onScroll={onScroll}
      >
        {exchanges.length === 0 && <Welcome ui={ui} />}
        {exchanges.map((exchange, index) => (
          <article key={exchange.key}>
            <p class="question" part="question">
              {exchange.question}
            </p>
            <AnswerView ui={ui} exchange={exchange} last={index === exchanges.length - 1} />
            {exchange.answer.id !== '' && <WrittenView ui={ui} written={at(exchange.answer.id)} />}
          </article>
        ))}
        <WrittenView ui={ui} written={at('')} />
        <PersonCard ui={ui} />
      </div>
    );
  }
}

function isGrowing(exchanges: Exchange[]): boolean {
  const last = exchanges.at(-1);
  return !last || isOpen(last.answer);
}
