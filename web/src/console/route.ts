/** Where in the console we are: `#/section/detail/other`, so that every view has a link and the back button works. */
import { computed, signal } from '@preact/signals';

const hash = signal(location.hash);
addEventListener('hashchange', () => (hash.value = location.hash));

const parts = computed(() => hash.value.replace(/^#\/?/, '').split('/').map(decodeURIComponent));

/** The section, `documents` when none is named. */
export const section = computed(() => parts.value[0] || 'documents');
/** What is looked at inside the section; empty for its list. */
export const detail = computed(() => parts.value[1] ?? '');
/** What that is held beside; empty for nothing. */
export const other = computed(() => parts.value[2] ?? '');
