/** What the service is doing before its first words: the last step runs, those before it are done. */
import type { UiProps } from './ui';
import { Icon } from './icon';

interface Props extends UiProps {
  steps: string[];
}

export function Steps({ ui: { words }, steps }: Props) {
  const shown = steps.length > 0 ? steps : [words.answering];
  return (
    <ul class="steps">
      {shown.map((step, index) => (
        <li key={step}>
          {index < shown.length - 1 ? <Icon name="tick" /> : <span class="pulse" />}
          {step}
        </li>
      ))}
    </ul>
  );
}
