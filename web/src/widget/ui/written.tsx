/** What was written to and by a person: words as they are, never as markup. */
import { named, type Written } from '../handoff';
import { Icon } from './icon';
import type { UiProps } from './ui';

interface Props extends UiProps {
  written: Written[];
}

export function WrittenView({ ui: { words, state }, written }: Props) {
  return (
    <>
      {written.map(({ key, kind, name, text }) =>
        kind === 'opened' || kind === 'closed' ? (
          <p key={key} class="note">
            <Icon name={kind === 'opened' ? 'chat' : 'tick'} />
            {kind === 'opened' ? words.handedOver : words.handoffClosed}
          </p>
        ) : (
          <div key={key} class={kind === 'partner' ? 'written own' : 'written'} part={kind}>
            <p class="name">{kind === 'manager' ? name : named(words.toManager, state.handoff?.manager ?? null, words)}</p>
            <p class="words">{text}</p>
          </div>
        ),
      )}
    </>
  );
}
