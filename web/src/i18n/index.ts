/** Chooses the words: by the first two letters of a language tag, English when there are none for it. */
import { de } from './de';
import { en, type Words } from './en';
import { fr } from './fr';

export type { Words };

/** Every language the widget speaks. */
export const languages: Record<string, Words> = { en, de, fr };

/** The words for a BCP 47 tag such as `de-AT`. */
export function wordsFor(tag: string): Words {
  return languages[tag.slice(0, 2).toLowerCase()] ?? en;
}
