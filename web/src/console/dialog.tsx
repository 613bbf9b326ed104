/** A question that has to be answered or closed first. The browser keeps the focus inside and gives it back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface Props {
  title: string;
  /** After it was closed, by whatever means. */
  onClosed(): void;
  children(close: () => void): ComponentChildren;
}

export function Dialog({ title, onClosed, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => box.current?.showModal(), []);
  return (
    <dialog ref={box} aria-labelledby={name} onClose={onClosed}>
      <h2 id={name}>{title}</h2>
      {/* Taken away while open, it would not give the focus back. */}
      {children(() => box.current?.close())}
    </dialog>
  );
}
