/** The sections of the console, each loaded when it is first opened. */
import type { ComponentType } from 'preact';
import { signal } from '@preact/signals';

interface Page {
  title: string;
  load(): Promise<{ default: ComponentType }>;
}

export const pages: Record<string, Page> = {
  documents: { title: 'Documents', load: () => import('./pages/documents') },
  partners: { title: 'Partners', load: () => import('./pages/partners') },
  handoffs: { title: 'Hand-overs', load: () => import('./pages/handoffs') },
  requests: { title: 'Requests', load: () => import('./pages/requests') },
  commissions: { title: 'Commissions', load: () => import('./pages/commissions') },
  gaps: { title: 'Gaps', load: () => import('./pages/gaps') },
  'one-pagers': { title: 'One-pagers', load: () => import('./pages/one-pagers') },
  evals: { title: 'Evals', load: () => import('./pages/evals') },
};

const loaded = signal<Record<string, ComponentType | 'failed'>>({});

/** The component of a section: undefined while its code comes. */
export function pageFor(name: string): ComponentType | 'failed' | undefined {
  const known = loaded.value[name];
  if (!known) {
    pages[name]?.load().then(
      (module) => (loaded.value = { ...loaded.value, [name]: module.default }),
      () => (loaded.value = { ...loaded.value, [name]: 'failed' }),
    );
  }
  return known;
}
