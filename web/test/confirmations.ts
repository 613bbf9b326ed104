/** A confirmation for tests, as it is on the wire. */

export function field(more: object) {
  return { name: 'customer', label: 'Customer', type: 'text', value: 'Norlund AB', required: true, words: 'Norlund', confidence: 0.95, ...more };
}

export const CONFIRMATION = {
  id: 'c-1',
  kind: 'register_deal',
  state: 'proposed',
  expires_at: '2026-11-22T10:00:00Z',
  fields: [
    field({}),
    field({ name: 'product', label: 'Product', type: 'choice', choices: ['Weave', 'Shuttle'], value: null, words: null, confidence: null }),
    field({ name: 'close_date', label: 'Expected close', type: 'date', value: '2026-09-30', words: 'end of September', confidence: 0.55 }),
    field({ name: 'proof', label: 'Why it is real', type: 'long_text', value: null, required: false, words: null, confidence: null }),
    field({ name: 'registration', label: 'Registration', type: 'fixed', value: 'dr-012', words: null, confidence: null }),
  ],
  notices: [{ code: 'possible_conflict', text: 'There may be a conflict.' }],
  message: null,
};
