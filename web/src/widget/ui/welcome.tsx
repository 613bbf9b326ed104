/** The empty conversation: a greeting and three questions that show what can be asked. */
import { Chips } from './chips';
import type { UiProps } from './ui';

export function Welcome({ ui }: UiProps) {
  const { words } = ui;
  return (
    <div class="welcome">
      <h3>{words.greeting}</h3>
      <p>{words.promise}</p>
      <Chips ui={ui} questions={[words.starter1, words.starter2, words.starter3]} />
    </div>
  );
}
