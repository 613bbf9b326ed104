/** The honest no: what comes nearest, to be opened, and the partner's own manager, to be written to. */
import type { Words } from '../../i18n';
import { placeInWords } from '../../shared/place';
import type { Declined } from '../answer';
import { mailTo } from '../mail';
import { Icon } from './icon';
import type { UiProps } from './ui';

interface Props extends UiProps {
  question: string;
  declined: Declined;
}

export function DeclinedCard({ ui: { words, conversation }, question, declined }: Props) {
  const { reason, nearest, contact } = declined;
  return (
    <div class="card">
      <p class="note warn">
        <Icon name="search" />
        {headline(reason, words)}
      </p>
      {nearest.length > 0 && (
        <>
          <p class="label">{words.nearest}</p>
          <ul class="places">
            {nearest.map(({ passage_id, title, document = '', anchor = null }) => (
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
                  <small>{placeInWords(anchor, words, title)}</small>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {contact && (
        <div class="actions">
          <a class="button" href={mailTo(contact.email, question)}>
            <Icon name="mail" />
            {words.person.replace('{name}', contact.name)}
          </a>
          {/* In words too: not every browser has a mail program behind it. */}
          <small>{contact.email}</small>
        </div>
      )}
    </div>
  );
}

function headline(reason: string, words: Words): string {
  if (reason === 'no_such_record') return words.noRecord;
  return reason === 'not_in_knowledge' ? words.declined : words.unproven;
}
