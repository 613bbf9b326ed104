/** How values are shown. Amounts are not here: the service sends them as text, already in words. */

/** An instant in the reader's language and time zone; the text itself when it is no instant. */
export function instantInWords(instant: string, language: string): string {
  const when = new Date(instant);
  if (Number.isNaN(when.getTime())) return instant;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(when);
}

/** Whether a cell holds a number, an amount with its currency or a percentage: those align to the right. */
export function isNumeric(text: string): boolean {
  return /^[-−]?([A-Z]{3}\s)?[-−]?\d[\d.,\s]*(\s?%|\s[A-Z]{3})?$/.test(text) || text === '' || text === '—';
}
