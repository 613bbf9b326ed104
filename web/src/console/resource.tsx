/** Something fetched: while it comes, when it cannot be had, and once it is there. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { get } from './api';

interface Props<T> {
  path: string;
  /** Another number fetches again; what was there is shown until the new is. */
  version?: number;
  /** `put` shows something else at once, until it is fetched again. */
  children(value: T, put: (value: T) => void): ComponentChildren;
}

type State<T> = { path: string } & (
  | { stage: 'coming' }
  | { stage: 'there'; value: T; /** Why it could not be fetched again. */ old?: string }
  | { stage: 'failed'; why: string }
);

export function Resource<T>({ path, version = 0, children }: Props<T>) {
  const state = useSignal<State<T>>({ path, stage: 'coming' });
  const turn = useRef(0);
  const load = () => {
    const mine = ++turn.current;
    const before = state.value;
    const kept = before.path === path && before.stage === 'there';
    if (!kept) state.value = { path, stage: 'coming' };
    get<T>(path).then(
      // An answer to an earlier question comes too late to be shown.
      (value) => mine === turn.current && (state.value = { path, stage: 'there', value }),
      ({ message }: Error) => {
        if (mine !== turn.current) return;
        const now = state.value;
        state.value = now.stage === 'there' ? { ...now, old: message } : { path, stage: 'failed', why: message };
      },
    );
  };
  useEffect(load, [path, version]);

  const now = state.value;
  if (now.stage === 'there') {
    return (
      <>
        {now.old && (
          <p class="bad" role="alert">
            This may be out of date. {now.old}{' '}
            <button type="button" onClick={load}>
              Try again
            </button>
          </p>
        )}
        {children(now.value, (value) => (state.value = { path, stage: 'there', value }))}
      </>
    );
  }
  if (now.stage === 'coming') {
    return (
      <p class="empty" role="status">
        Loading…
      </p>
    );
  }
  return (
    <div class="empty" role="alert">
      <p class="bad">This could not be loaded.</p>
      <p>{now.why}</p>
      <button type="button" onClick={load}>
        Try again
      </button>
    </div>
  );
}
