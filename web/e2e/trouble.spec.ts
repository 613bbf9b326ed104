/** What goes wrong, and what the partner is told. */
import { ask, askOnPortal, expect, test } from './support';

test.use({ expected: [/Failed to load resource.*(401|500|404|ERR_)/] });

test('an expired token is renewed once, and the answer comes', async ({ page, request }) => {
  const chat = await askOnPortal(page, 'How long?');
  await expect(chat.getByRole('button', { name: /^Citation 2/ })).toBeVisible();
  await request.get('/test/expire');
  const sent: (string | null)[] = [];
  page.on('request', (one) => {
    if (one.url().endsWith('/api/chat')) sent.push(one.headers()['authorization'] ?? null);
  });
  await ask(page, 'commissions');
  await expect(chat.locator('.prose').getByText('Partner p-001 has 2 pending')).toBeVisible();
  expect(sent.length).toBe(2);
  expect(sent[0]).not.toBe(sent[1]);
});

test('a sign-in that has ended is said', async ({ page }) => {
  await page.route('**/portal/token*', (route) => route.fulfill({ json: { token: 'nobody' } }));
  const chat = await askOnPortal(page, 'How long?');
  await expect(chat.getByRole('alert')).toHaveText('Your sign-in has ended. Reload the page to sign in again.');
  await expect(chat.getByText('Reference: req-42')).toBeVisible();
});

test('a failure can be tried again', async ({ page }) => {
  const chat = await askOnPortal(page, 'fail once please');
  await expect(chat.getByRole('alert')).toHaveText('Something went wrong.');
  await chat.getByRole('button', { name: 'Try again' }).click();
  await expect(chat.getByRole('button', { name: /^Citation 2/ })).toBeVisible();
  await expect(chat.getByRole('alert')).toBeHidden();
  await expect(chat.getByText('fail once please')).toHaveCount(1);
  await expect(chat.getByRole('textbox', { name: 'Your question' })).toBeFocused();
});

test('a connection that breaks keeps the words so far', async ({ page }) => {
  const chat = await askOnPortal(page, 'cut it');
  await expect(chat.getByRole('alert')).toHaveText('The connection was lost before the answer was complete.');
  await expect(chat.locator('.prose').getByText('This will not')).toBeVisible();
});

test('an error in the stream is an error', async ({ page }) => {
  const chat = await askOnPortal(page, 'error part');
  await expect(chat.getByRole('alert')).toHaveText('Something went wrong.');
  await expect(chat.getByRole('button', { name: 'Helpful', exact: true })).toBeHidden();
});

test('no network', async ({ page, context }) => {
  const chat = await askOnPortal(page, 'How long?');
  await expect(chat.getByRole('button', { name: /^Citation 2/ })).toBeVisible();
  await context.setOffline(true);
  await ask(page, 'And now?');
  await expect(chat.getByRole('alert')).toHaveText('The assistant cannot be reached. Check your connection.');
});

test('a source that cannot be opened still shows its quote', async ({ page }) => {
  await page.route('**/api/sources/*', (route) => route.fulfill({ status: 404, json: {} }));
  await askOnPortal(page, 'How long?');
  await page.getByRole('button', { name: /^Citation 1/ }).first().click();
  const sheet = page.getByRole('dialog', { name: 'Rules of engagement 2025' });
  await expect(sheet.getByText('The source cannot be opened just now.')).toBeVisible();
  await expect(sheet.locator('blockquote')).toContainText('90 days');
});

test('feedback that is not sent is not shown as given', async ({ page }) => {
  await page.route('**/api/feedback', (route) => route.abort());
  const chat = await askOnPortal(page, 'How long?');
  await chat.getByRole('button', { name: 'Helpful', exact: true }).click();
  await expect(chat.getByText('That did not go through. Please try again.')).toBeVisible();
  await expect(chat.getByRole('button', { name: 'Helpful', exact: true })).toHaveAttribute('aria-pressed', 'false');
});

test('a page without getToken is told as signed out', async ({ page }) => {
  await page.goto('/test/empty');
  await page.getByRole('button', { name: 'Partner-Assistent öffnen' }).click();
  await page.getByRole('textbox', { name: 'Ihre Frage' }).fill('Hallo?');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Ihre Anmeldung ist abgelaufen');
});

test('getToken set before the script has run is kept', async ({ page }) => {
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const chat = document.querySelector('liaison-chat');
      if (chat && !('getToken' in chat)) Object.assign(chat, { getToken: async () => 'p-002.999999' });
    }).observe(document, { childList: true, subtree: true });
  });
  await page.route('**/widget.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await page.goto('/test/empty');
  await page.getByRole('button', { name: 'Partner-Assistent öffnen' }).click();
  await page.getByRole('textbox', { name: 'Ihre Frage' }).fill('commissions');
  await page.keyboard.press('Enter');
  await expect(page.locator('.prose').getByText('Partner p-002 has 2 pending')).toBeVisible();
});
