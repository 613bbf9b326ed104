/** A state in a word: never by colour alone. */

export function Status({ kind, text }: { kind: 'good' | 'bad' | 'quiet'; text: string }) {
  return <span class={`status ${kind}`}>{text}</span>;
}
