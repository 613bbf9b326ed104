/** The way to a person: an offer, then what became of it. A hand-off that fails says so and can be tried again. */
import type { HandoffPart } from '../../stream/parts';
import type { Exchange } from '../conversation';
import { Icon } from './icon';
import { Once, type Deed } from './once';
import type { UiProps } from './ui';

interface Props extends UiProps {
  exchange: Exchange;
  handoff: HandoffPart;
}

export class HandoffCard extends Once<Props> {
  override render({ ui: { words, state }, exchange, handoff }: Props, { stage }: Deed) {
    if (handoff.id || stage === 'done') {
      return (
        <p class="note" role="status">
          <Icon name="person" />
          {handoff.message || words.personSent}
        </p>
      );
    }
    const body = { conversation: state.id, answer: exchange.answer.id, question: exchange.question };
    return (
      <div class="actions">
        {handoff.message && <p>{handoff.message}</p>}
        <button type="button" onClick={() => this.send('/api/handoffs', body)}>
          <Icon name="person" />
          {words.person}
        </button>
        {stage === 'failed' && (
          <p class="bad" role="alert">
            {words.notSent}
          </p>
        )}
      </div>
    );
  }
}
