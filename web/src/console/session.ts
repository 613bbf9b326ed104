/** Who is signed in: a staff token, kept for this tab only and sent with every call. */
import { signal } from '@preact/signals';

const KEY = 'liaison-staff-token';

/** The token, empty when nobody is signed in. */
export const token = signal(sessionStorage.getItem(KEY) ?? '');
/** Why somebody who was signed in is not any more. */
export const farewell = signal('');

/** Keeps a token that the service has accepted. */
export function signIn(accepted: string): void {
  sessionStorage.setItem(KEY, accepted);
  farewell.value = '';
  token.value = accepted;
}

/** Forgets the token; `why` is shown on the sign-in page. */
export function signOut(why = ''): void {
  sessionStorage.removeItem(KEY);
  farewell.value = why;
  token.value = '';
}
