/** Where in a document a passage stands, and how a person says it. */
import type { Words } from '../i18n';

/** As on the wire: one of a page, a slide, a heading path, or rows of a sheet. */
export type Place =
  | { page: number }
  | { slide: number }
  | { heading: string[] }
  | { sheet: string; rows: [number, number] };

/**
 * "Page 3", "Slide 4", "Deals › Protection", "Rates, rows 2–9"; empty when there is nothing to say. A heading path
 * that begins with the document's own `title`, which is shown beside it, goes on without it.
 */
export function placeInWords(place: Place | null | undefined, words: Words, title = ''): string {
  if (!place) return '';
  if ('page' in place) return `${words.page} ${place.page}`;
  if ('slide' in place) return `${words.slide} ${place.slide}`;
  if ('heading' in place) return place.heading.filter((one, at) => at > 0 || one !== title).join(' › ');
  if ('sheet' in place) {
    const [first, last] = place.rows;
    return first === last ? `${place.sheet}, ${words.row} ${first}` : `${place.sheet}, ${words.rows} ${first}–${last}`;
  }
  return '';
}
