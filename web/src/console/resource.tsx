/** Something fetched: while it comes, when it cannot be had, and once it is there. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { get } from './api';

interface Props<T> {
  path: string;
  children(value: T): ComponentChildren;
}

type State<T> = { path: string } & ({ stage: 'coming' } | { stage: 'there'; value: T } | { stage: 'failed'; why: string });

export function Resource<T>({ path, children }: Props<T>) {
  const state = useSignal<State<T>>({ path, stage: 'coming' });
  const load = () => {
    state.value = { path, stage: 'coming' };
    get<T>(path).then(
      // An answer to an earlier path comes too late to be shown.
      (value) => state.value.path === path && (state.value = { path, stage: 'there', value }),
      (error: Error) => state.value.path === path && (state.value = { path, stage: 'failed', why: error.message }),
    );
  };
  useEffect(load, [path]);

  const now = state.value;
  if (now.stage === 'there') return <>{children(now.value)}</>;
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
