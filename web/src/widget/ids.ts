/** Fresh ids. `crypto.randomUUID` is missing on pages served without TLS, which intranet portals still are. */

/** 128 random bits in hexadecimal: a UUID in its simple form. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
