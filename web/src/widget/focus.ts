/** Focus on small screens, where the panel covers the page and Tab must not wander behind it. */

const FOCUSABLE = 'button:not(:disabled), a[href], input, select, textarea, summary, [tabindex="0"]';

/** Whether the panel fills the screen; the same width stands in `panel.css`. */
export function coversScreen(): boolean {
  return matchMedia('(max-width: 520px)').matches;
}

/** Turns a Tab past the last element into one to the first, and the reverse. */
export function keepFocusInside(panel: HTMLElement, tab: KeyboardEvent): void {
  const reachable = [...panel.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => one.checkVisibility());
  const [first, last] = [reachable[0], reachable.at(-1)];
  const focused = (panel.getRootNode() as ShadowRoot).activeElement;
  if (tab.shiftKey ? focused === first : focused === last) {
    tab.preventDefault();
    (tab.shiftKey ? last : first)?.focus();
  }
}
