/** What the specs share: a page that fails on any uncaught error or CSP violation, and the accessibility audit. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { expect, test as base, type Locator, type Page } from '@playwright/test';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Fixtures {
  /** Messages that a test expects to find on the console: a failed request is logged by the browser itself. */
  expected: RegExp[];
}

export const test = base.extend<Fixtures>({
  expected: [[], { option: true }],
  page: async ({ page, expected }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
    });
    await use(page);
    expect(errors.filter((error) => !expected.some((pattern) => pattern.test(error)))).toEqual([]);
  },
});

export { expect };

/** Everything that axe-core has to say, shadow roots included: WCAG 2.2 AA and its best practices. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated over the debugging protocol, which the page's CSP does not bind.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`)}`);
  });
}

/** Opens the chat on the portal page and asks, by mouse. */
export async function askOnPortal(page: Page, question: string): Promise<Locator> {
  await page.goto('/portal/');
  await expect(page.getByRole('combobox', { name: 'Signed in as' })).toBeEnabled();
  await page.getByRole('button', { name: 'Open partner assistant' }).click();
  await ask(page, question);
  return page.getByRole('dialog', { name: 'Partner assistant' });
}

/** Asks in the open chat. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your question' }).fill(question);
  await page.keyboard.press('Enter');
}
