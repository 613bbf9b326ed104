/** Markdown from a document or an answer, as DOM nodes: never as HTML. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { markdownSink } from '../markdown/sink';

/** `[1](#cite-…)` opens nothing here: its number stays, as words. */
const CITATION = /\[(\d+)\]\(#cite-[^)]*\)/g;

export function Markdown({ text }: { text: string }) {
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!root.current) return;
    root.current.replaceChildren();
    const sink = markdownSink(root.current);
    sink.write(text.replace(CITATION, '\\[$1\\]'));
    sink.end();
  }, [text]);
  return <div ref={root} class="prose" />;
}
