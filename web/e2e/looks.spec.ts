/**
 * Light, dark and small: every page passes the accessibility audit and lays out without overflow. Screenshots go to
 * `test-results/looks/` to be looked at; none is a baseline, as fonts differ between machines.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { ask, askOnPortal, expect, test, violations } from './support';

test.use({ expected: [/Failed to load resource.*422/] });

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1180, height: 800 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1180, height: 800 } },
  { name: 'mobile', colorScheme: 'light', viewport: { width: 390, height: 780 } },
  { name: 'mobile-dark', colorScheme: 'dark', viewport: { width: 390, height: 780 } },
] as const;

test('widget.js is at most 27 kB gzipped', () => {
  const script = readFileSync(new URL('../dist/widget.js', import.meta.url));
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(27_000);
});

for (const { name, colorScheme, viewport } of LOOKS) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport });
    // The sheet rises: without motion, what is audited and pictured is where it ends.
    test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: 'reduce', colorScheme }));

    const look = async (page: Page, view: string) => {
      expect(await violations(page), `${view}, ${name}`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${view} is wider than the screen`).toBeLessThanOrEqual(0);
      await page.screenshot({ path: `test-results/looks/${view}-${name}.png` });
    };

    test('the chat', async ({ page }) => {
      await page.goto('/portal/');
      await expect(page.getByRole('combobox', { name: 'Signed in as' })).toBeEnabled();
      await look(page, 'portal');
      await page.getByRole('button', { name: 'Open partner assistant' }).click();
      await look(page, 'chat-empty');
      await ask(page, 'How long is a registered deal protected?');
      await expect(page.getByRole('button', { name: 'Helpful', exact: true })).toBeVisible();
      await look(page, 'chat-answer');
      await page.getByRole('button', { name: /^Citation 1/ }).first().click();
      await expect(page.locator('mark').first()).toBeVisible();
      await look(page, 'chat-source');
      await page.keyboard.press('Escape');
      await ask(page, 'Which of my commissions are pending?');
      await page.getByText(/Your records, as of/).click();
      await look(page, 'chat-records');
      await ask(page, 'What is the weather?');
      await expect(page.getByRole('link', { name: 'Ask Anneke Visser by e-mail' })).toBeVisible();
      await look(page, 'chat-declined');
      await page.getByRole('button', { name: 'Hand over to Anneke Visser' }).click();
      await expect(page.getByText('Handed over to a person')).toBeVisible();
      await look(page, 'chat-handed-over');
    });

    test('what waits for consent', async ({ page }) => {
      const chat = await askOnPortal(page, 'pasted mail with a deal');
      const card = chat.locator('.consent');
      await expect(chat.getByRole('button', { name: 'Helpful', exact: true })).toBeVisible();
      await look(page, 'chat-consent-top');
      await card.getByRole('button', { name: 'Cancel' }).scrollIntoViewIfNeeded();
      await look(page, 'chat-consent');
      await card.getByLabel('Value').fill('a lot');
      await card.getByRole('button', { name: 'Confirm' }).click();
      await expect(card.getByLabel('Product')).toBeFocused();
      await look(page, 'chat-consent-missing');
      await card.getByLabel('Product').selectOption('Weave');
      await card.getByRole('button', { name: 'Confirm' }).click();
      await expect(card.getByText('Write an amount')).toBeVisible();
      await look(page, 'chat-consent-wrong');
      await card.getByLabel('Value').fill('50000');
      await card.getByRole('button', { name: 'Confirm' }).click();
      await expect(card.getByText('Submitted, waits for a decision')).toBeVisible({ timeout: 15_000 });
      await look(page, 'chat-consent-given');
    });

    test('a failure', async ({ page }) => {
      const chat = await askOnPortal(page, 'error part');
      await expect(chat.getByRole('alert')).toBeVisible();
      await look(page, 'chat-failed');
    });

    test('the console', async ({ page }) => {
      await page.goto('/ui/');
      await look(page, 'console-sign-in');
      await page.getByLabel('Staff token').fill('staff-token');
      await page.getByRole('button', { name: 'Sign in' }).click();
      for (const section of ['documents', 'partners', 'handoffs', 'requests', 'commissions', 'gaps', 'evals', 'evals/2026-11-20-0930']) {
        await page.goto(`/ui/#/${section}`);
        await expect(page.getByRole('searchbox')).toBeVisible();
        await look(page, `console-${section.replace('/2026-11-20-0930', '-run')}`);
      }
      await page.goto('/ui/#/handoffs/h-1');
      await expect(page.getByRole('button', { name: 'Send answer' })).toBeVisible();
      await look(page, 'console-handoff');
      for (const id of ['r-1', 'r-2', 'r-3']) {
        await page.goto(`/ui/#/requests/${id}`);
        await expect(page.getByRole('button', { name: 'Reject' })).toBeVisible();
        await look(page, `console-request-${id}`);
      }
      await page.goto('/ui/#/gaps/g-2');
      await expect(page.getByRole('button', { name: 'Dismiss' })).toBeVisible();
      await look(page, 'console-gap');
      await page.goto('/ui/#/evals/2026-11-19-1712/2026-11-20-0930');
      await expect(page.getByText('renewal-rate')).toBeVisible();
      await look(page, 'console-compared');
      await page.goto('/ui/#/one-pagers');
      await page.getByLabel('Topic').fill('Weave');
      await look(page, 'console-brief');
      await page.getByRole('button', { name: 'Draft', exact: true }).click();
      await expect(page.getByRole('heading', { name: 'Weave: one-pager' })).toBeVisible();
      await look(page, 'console-one-pager');
    });

    test('documents on their way', async ({ page }) => {
      // The smallest screen that counts.
      if (viewport.width < 400) await page.setViewportSize({ width: 360, height: 780 });
      await page.goto('/ui/');
      await page.getByLabel('Staff token').fill('staff-busy');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('progressbar').first()).toBeVisible();
      await look(page, 'console-intake');
      await page.getByRole('button', { name: 'Upload documents' }).click();
      const files = ['faq.md', 'rates/margin-guide.md'].map((name) => ({ name, mimeType: 'text/markdown', buffer: Buffer.from(name) }));
      await page.locator('input[type="file"]').first().setInputFiles(files);
      await page.getByLabel('Who may find it').selectOption('Certain partners…');
      await look(page, 'console-upload');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Edit internal/margin-guide.md' }).click();
      await look(page, 'console-edit');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Delete internal/margin-guide.md' }).click();
      await look(page, 'console-delete');
      await page.keyboard.press('Escape');
      await page.goto('/ui/#/partners');
      await expect(page.getByText(/are not searchable yet, 1 folder is being taken in\. See/)).toBeVisible();
      await look(page, 'console-elsewhere');
    });
  });
}

test('on a small screen, Tab stays in the chat', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await page.goto('/portal/');
  await page.getByRole('button', { name: 'Open partner assistant' }).click();
  for (let tabs = 0; tabs < 14; tabs++) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('liaison-chat');
  }
  for (let tabs = 0; tabs < 14; tabs++) {
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('liaison-chat');
  }
});
