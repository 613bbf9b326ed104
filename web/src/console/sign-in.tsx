/** Signing in: a staff token is pasted, tried against the service, and kept only when it is accepted. */
import { useSignal } from '@preact/signals';
import { ApiError, getWith } from './api';
import { farewell, signIn } from './session';

export function SignIn() {
  const trouble = useSignal(farewell.value);
  const trying = useSignal(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).querySelector('input');
    const token = field?.value.trim() ?? '';
    if (!field || trying.value) return;
    if (token === '') {
      trouble.value = 'Paste a token first.';
      return field.focus();
    }
    trying.value = true;
    try {
      await getWith('/api/partners', token);
      signIn(token);
    } catch (error) {
      const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
      trouble.value = refused ? 'This token is not accepted here.' : (error as Error).message;
      field.focus();
    }
    trying.value = false;
  };
  return (
    <main class="sign-in">
      <form onSubmit={submit} noValidate>
        <span class="mark" aria-hidden="true" />
        <h1>Liaison console</h1>
        <p>For partner managers and partner operations.</p>
        <label for="token">Staff token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          aria-describedby="token-note"
          aria-invalid={trouble.value !== ''}
        />
        <p id="token-note" class="note">
          Kept in this tab until it is closed.
        </p>
        <p class="bad" role="alert">
          {trouble}
        </p>
        <button type="submit" class="primary">
          {trying.value ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
