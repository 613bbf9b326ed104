/** The open panel: header, conversation, composer, and over them the source that is being read. */
import { coversScreen, keepFocusInside } from '../focus';
import { Composer } from './composer';
import { IconButton } from './icon-button';
import { Log } from './log';
import { SourceSheet } from './source-sheet';
import type { UiProps } from './ui';

interface Props extends UiProps {
  /** Told of the panel's element, which is where the focus starts. */
  root(element: HTMLElement | null): void;
  close(): void;
}

export function Panel({ ui, root, close }: Props) {
  const { words, conversation, state } = ui;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.isComposing) {
      event.stopPropagation();
      if (state.opened) conversation.close();
      else close();
    } else if (event.key === 'Tab' && coversScreen()) {
      keepFocusInside(event.currentTarget as HTMLElement, event);
    }
  };
  const startOver = (event: MouseEvent) => {
    (event.currentTarget as HTMLElement).closest('.panel')?.querySelector('textarea')?.focus();
    conversation.reset();
  };
  return (
    <section
      ref={root}
      class="panel"
      part="panel"
      role="dialog"
      aria-label={words.title}
      aria-modal={coversScreen() ? 'true' : undefined}
      lang={ui.language}
      onKeyDown={onKeyDown}
    >
      <div class="head" part="header">
        <div>
          <h2>{words.title}</h2>
          <p>{words.subtitle}</p>
        </div>
        {state.exchanges.length > 0 && <IconButton icon="fresh" label={words.fresh} onClick={startOver} />}
        <IconButton icon="close" label={words.close} onClick={close} />
      </div>
      <Log ui={ui} />
      <div class="unseen" role="status">
        {state.spoken}
      </div>
      <Composer ui={ui} />
      {state.opened && <SourceSheet ui={ui} opened={state.opened} />}
    </section>
  );
}
