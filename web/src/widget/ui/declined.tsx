/** The honest no: what comes nearest, to be opened, and the offer of a person. */
import { placeInWords } from '../../shared/place';
import type { Answer } from '../answer';
import type { Exchange } from '../conversation';
import type { UiProps } from './ui';
import { HandoffCard } from './handoff';
import { Icon } from './icon';

interface Props extends UiProps {
  exchange: Exchange;
  declined: NonNullable<Answer['declined']>;
}

export function DeclinedCard({ ui, exchange, declined }: Props) {
  const { words, conversation } = ui;
  const { answer } = exchange;
  return (
    <div class="card">
      <p class="note warn">
        <Icon name="search" />
        {words.declined}
      </p>
      {answer.text === '' && declined.reason !== '' && <p>{declined.reason}</p>}
      {declined.nearest.length > 0 && (
        <>
          <p class="label">{words.nearest}</p>
          <ul class="places">
            {declined.nearest.map(({ passage_id, title, document = '', anchor = null }) => (
              <li key={passage_id}>
                <button
                  type="button"
                  onClick={(event) =>
                    conversation.open(
                      { passage: passage_id, title, document, place: anchor, quote: '' },
                      event.currentTarget,
                    )
                  }
                >
                  <strong>{title}</strong>
                  <small>{placeInWords(anchor, words)}</small>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <HandoffCard ui={ui} exchange={exchange} handoff={answer.handoff ?? {}} />
    </div>
  );
}
