/** Every language says everything, and says it in its own words. */
import { expect, test } from 'vitest';
import { languages, wordsFor } from '../src/i18n';
import { en } from '../src/i18n/en';

/** Words that are the same in two languages, checked by a speaker. */
const SHARED = new Set(['Conversation', 'Page', 'Sources', 'Citation']);

for (const [tag, words] of Object.entries(languages)) {
  test(`${tag} has exactly the keys of English, none empty`, () => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(words)) expect(text.trim(), key).not.toBe('');
  });
  if (tag !== 'en') {
    test(`${tag} is translated`, () => {
      for (const [key, text] of Object.entries(words)) {
        if (!SHARED.has(text)) expect(text, key).not.toBe(en[key as keyof typeof en]);
      }
    });
  }
}

test('a tag finds its language, an unknown one English', () => {
  for (const [tag, title] of [['de-AT', 'Partner-Assistent'], ['FR', 'Assistant partenaires'], ['pt', en.title], ['', en.title]]) {
    expect(wordsFor(tag ?? '').title).toBe(title);
  }
});
