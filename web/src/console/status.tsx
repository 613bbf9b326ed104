/** A state in a word: never by colour alone. */
import { capital } from './words';

export function Status({ kind, text }: { kind: 'good' | 'bad' | 'quiet'; text: string }) {
  return <span class={`status ${kind}`}>{capital(text)}</span>;
}
