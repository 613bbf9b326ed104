/** The list of what an answer cites. */
import { plainText } from '../../markdown/plain';
import { placeInWords } from '../../shared/place';
import type { Source } from '../answer';
import type { UiProps } from './ui';

interface Props extends UiProps {
  sources: Source[];
}

export function Sources({ ui: { words, conversation }, sources }: Props) {
  return (
    <details class="fold">
      <summary>
        {words.sources} ({sources.length})
      </summary>
      <ol class="places">
        {sources.map((source) => (
          <li key={source.n}>
            <span class="number">{source.n}</span>
            <button type="button" onClick={(event) => conversation.open(source, event.currentTarget)}>
              <strong>{source.title}</strong>
              <small>{placeInWords(source.place, words, source.title)}</small>
              <small class="quote">{plainText(source.quote)}</small>
            </button>
          </li>
        ))}
      </ol>
    </details>
  );
}
