/** An answer that failed: what happened, the reference to quote to support, and another try. */
import type { Answer } from '../answer';
import type { UiProps } from './ui';
import { Icon } from './icon';

interface Props extends UiProps {
  answer: Answer;
  retry: (() => void) | undefined;
}

export function TroubleNote({ ui: { words }, answer, retry }: Props) {
  // The button goes with the failure: the focus moves on to the composer.
  const again = (event: MouseEvent) => {
    (event.currentTarget as HTMLElement).closest('.panel')?.querySelector('textarea')?.focus({ preventScroll: true });
    retry?.();
  };
  return (
    <div class="card trouble">
      <p class="note bad" role="alert">
        <Icon name="alert" />
        {words[answer.trouble ?? 'failed']}
      </p>
      {answer.detail && (
        <p class="label">
          {words.reference}: {answer.detail}
        </p>
      )}
      {retry && (
        <button type="button" onClick={again}>
          {words.retry}
        </button>
      )}
    </div>
  );
}
