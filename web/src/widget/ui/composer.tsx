/** Where the question is written. Enter sends, Shift+Enter breaks the line; while an answer comes, Stop. */
import { IconButton } from './icon-button';
import type { UiProps } from './ui';

export function Composer({ ui: { words, conversation, state } }: UiProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    const box = (event.currentTarget as HTMLFormElement).querySelector('textarea');
    if (!box || state.busy) return;
    void conversation.ask(box.value);
    box.value = '';
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    (event.currentTarget as HTMLTextAreaElement).form?.requestSubmit();
  };
  // One button that changes what it does keeps the focus where it is.
  return (
    <form class="composer" part="composer" onSubmit={submit}>
      <textarea
        rows={1}
        maxLength={4000}
        aria-label={words.ask}
        placeholder={words.ask}
        enterkeyhint="send"
        onKeyDown={onKeyDown}
      />
      <IconButton
        icon={state.busy ? 'stop' : 'send'}
        label={state.busy ? words.stop : words.send}
        class="round"
        type={state.busy ? 'button' : 'submit'}
        onClick={() => state.busy && conversation.stop()}
      />
    </form>
  );
}
