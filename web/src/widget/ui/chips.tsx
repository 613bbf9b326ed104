/** Questions that can be asked with one press. The focus goes on to the composer, as the chips vanish. */
import type { UiProps } from './ui';

interface Props extends UiProps {
  questions: string[];
}

export function Chips({ ui: { words, conversation }, questions }: Props) {
  const ask = (question: string, chip: HTMLElement) => {
    chip.closest('.panel')?.querySelector('textarea')?.focus({ preventScroll: true });
    void conversation.ask(question);
  };
  return (
    <ul class="chips" aria-label={words.suggestions}>
      {questions.map((question) => (
        <li key={question}>
          <button type="button" part="suggestion" onClick={(event) => ask(question, event.currentTarget)}>
            {question}
          </button>
        </li>
      ))}
    </ul>
  );
}
