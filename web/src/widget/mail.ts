/** A link that opens a mail with the question in it. */

/** Subjects longer than this are cut off by most mail programs. */
const LONGEST_SUBJECT = 78;

/** The `mailto:` address: the question's first line as the subject, the whole question as the body. */
export function mailTo(email: string, question: string): string {
  const line = question.trim().replace(/\s+/g, ' ');
  const subject = line.length > LONGEST_SUBJECT ? `${line.slice(0, LONGEST_SUBJECT - 1).trimEnd()}…` : line;
  // RFC 6068: line breaks are CRLF, and everything else that is not plain is percent-encoded.
  const body = question.trim().replace(/\r?\n/g, '\r\n');
  const [to, about, words] = [email, subject, body].map(encodeURIComponent);
  return `mailto:${to?.replace('%40', '@')}?subject=${about}&body=${words}`;
}
