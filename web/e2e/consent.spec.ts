/** What is written with the partner's consent: shown, completed, confirmed or cancelled in the widget. */
import type { Locator, Page } from '@playwright/test';
import { askOnPortal, expect, test, violations } from './support';

test.use({ expected: [/Failed to load resource.*(404|409|422|ERR_)/] });

async function cardOn(page: Page, question = 'pasted mail with a deal'): Promise<Locator> {
  await askOnPortal(page, question);
  // By its class: the chat's name changes with its language.
  const card = page.locator('.consent').first();
  await expect(card).toBeVisible();
  return card;
}

/** The bodies that were posted to `/api/approvals/…`. */
function posted(page: Page): unknown[] {
  const bodies: unknown[] = [];
  page.on('request', (one) => {
    if (one.method() === 'POST' && one.url().includes('/api/approvals/')) bodies.push(one.postDataJSON());
  });
  return bodies;
}

const confirm = (card: Locator) => card.getByRole('button', { name: 'Confirm' });

test('what is missing is explained, filled in and confirmed once, then followed to the vendor', async ({ page }) => {
  const card = await cardOn(page);
  const bodies = posted(page);
  await expect(card.getByRole('heading', { name: 'Register a deal' })).toBeVisible();
  await expect(page.locator('liaison-chat .unseen[role=status]')).toHaveText('This is what I would write. To be confirmed: Register a deal.');
  await expect(card).toContainText('There may be a conflict with another claim.');
  await expect(card).toContainText('Nothing is written until you confirm.');
  await expect(card.getByLabel('Value')).toHaveValue('45000.00');
  await expect(card.getByLabel('Value')).toHaveAccessibleDescription('From “45k”');
  await expect(card.getByLabel('Expected close')).toHaveAccessibleDescription('please check From “end of September”');
  await expect(card.getByText('please check')).toHaveCount(1);

  await expect(confirm(card)).toHaveAccessibleDescription('Still missing: Product');
  await confirm(card).click();
  await expect(card.getByLabel('Product')).toBeFocused();
  await expect(card.getByLabel('Product')).toHaveAccessibleDescription('This is needed.');
  expect(bodies).toEqual([]);
  await card.getByLabel('Product').selectOption('Weave');
  await expect(card.getByText('Still missing')).toBeHidden();
  await card.getByLabel('Expected close').fill('2026-10-01');
  await expect(card.getByText('please check')).toBeHidden();
  // Enter in a field is no consent.
  await card.getByLabel('Customer').press('Enter');
  expect(bodies).toEqual([]);

  await confirm(card).dblclick();
  await expect(card.getByRole('status')).toContainText('Confirmed, on its way');
  await expect(card.locator('form')).toHaveCount(0);
  await expect(card).toBeFocused();
  await expect(card).toContainText('Oct 1, 2026');
  const fields = { customer: 'Norlund AB', product: 'Weave', amount: '45000.00', currency: 'EUR', close_date: '2026-10-01' };
  expect(bodies).toEqual([{ approved: true, fields }]);
  await expect(card.getByRole('status')).toContainText('Submitted, waits for a decision', { timeout: 15_000 });
  await expect(card.getByRole('status')).toContainText('Registration dr-1a2b was submitted on 20 November 2026.');
  expect(await violations(page)).toEqual([]);
});

test('two presses in one breath send one request', async ({ page }) => {
  const card = await cardOn(page);
  const bodies = posted(page);
  await card.getByLabel('Product').selectOption('Weave');
  await confirm(card).evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  await expect(card.getByRole('status')).toContainText('Confirmed');
  expect(bodies.length).toBe(1);
});

test('while it is on its way, nothing can be pressed or changed', async ({ page }) => {
  await page.route('**/api/approvals/*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 800));
    await route.continue();
  });
  const card = await cardOn(page);
  const bodies = posted(page);
  await card.getByLabel('Product').selectOption('Weave');
  await confirm(card).click();
  await expect(card.getByRole('status')).toHaveText('Sending…');
  await expect(confirm(card)).toHaveAttribute('aria-disabled', 'true');
  await card.getByRole('button', { name: 'Cancel' }).click({ force: true });
  await expect(card.getByLabel('Customer')).not.toBeEditable();
  // Closed and opened again, it is still on its way.
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Open partner assistant' }).click();
  await confirm(card).or(card.getByText('Confirmed, on its way')).first().click({ force: true });
  await expect(card.getByRole('status')).toContainText('Confirmed');
  expect(bodies.length).toBe(1);
});

test('without a network, what was typed is kept and can be sent again', async ({ page }) => {
  const card = await cardOn(page);
  await card.getByLabel('Product').selectOption('Shuttle');
  await card.getByLabel('Why it is real').fill('They <b>signed</b>.');
  await page.route('**/api/approvals/*', (route) => route.abort());
  await confirm(card).click();
  await expect(card.getByRole('alert')).toContainText('cannot be reached. Check your connection. What you wrote is kept.');
  // A chat that is closed and opened again has it still.
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Open partner assistant' }).click();
  await expect(card.getByLabel('Why it is real')).toHaveValue('They <b>signed</b>.');
  await expect(card.getByLabel('Product')).toHaveValue('Shuttle');
  await page.unroute('**/api/approvals/*');
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(card.getByRole('status')).toContainText('Confirmed');
  await expect(card.getByRole('alert')).toBeHidden();
  await expect(card).toContainText('They <b>signed</b>.');
  await expect(card.locator('b')).toHaveCount(0);
});

test('what the service finds wrong stands at its field, which has the focus', async ({ page }) => {
  const card = await cardOn(page);
  await card.getByLabel('Product').selectOption('Weave');
  await card.getByLabel('Value').fill('a lot');
  await confirm(card).click();
  await expect(card.getByLabel('Value')).toBeFocused();
  await expect(card.getByLabel('Value')).toHaveAttribute('aria-invalid', 'true');
  await expect(card.getByLabel('Value')).toHaveAccessibleDescription(/^Write an amount, like 45000 or 45,000\.50\./);
  expect(await violations(page)).toEqual([]);
  await card.getByLabel('Value').fill('50,000');
  await expect(card.getByLabel('Value')).toHaveAttribute('aria-invalid', 'false');
  await confirm(card).click();
  await expect(card.getByRole('status')).toContainText('Confirmed');
  await expect(card).toContainText('50,000');
});

test('what is cancelled is not written', async ({ page }) => {
  const card = await cardOn(page);
  const bodies = posted(page);
  await card.getByRole('button', { name: 'Cancel' }).click();
  await expect(card.getByRole('status')).toContainText('Cancelled, nothing was written');
  await expect(card.locator('form')).toHaveCount(0);
  expect(bodies).toEqual([{ approved: false }]);
});

test('what has expired or is not known is said, and can be sent no more', async ({ page }) => {
  const chat = await askOnPortal(page, 'pasted mail with two deals');
  const [first, second] = [chat.locator('.consent').first(), chat.locator('.consent').last()];
  await expect(second.getByLabel('Customer')).toHaveValue('Teal Harbour <b>Ltd</b>');
  for (const [card, customer] of [[first, 'Late'], [second, 'Unheard']] as const) {
    await card.getByLabel('Product').selectOption('Weave');
    await card.getByLabel('Customer').fill(customer);
    await confirm(card).click();
  }
  await expect(first.getByRole('alert')).toContainText('This can no longer be confirmed.');
  await expect(first.getByRole('status')).toContainText('Expired, nothing was written');
  await expect(second.getByRole('alert')).toContainText('This request is not known any more.');
  await expect(chat.locator('.consent form')).toHaveCount(0);
});

test('a page that is loaded anew shows each as it is now', async ({ page }) => {
  const chat = await askOnPortal(page, 'pasted mail with two deals');
  await chat.locator('.consent').first().getByRole('button', { name: 'Cancel' }).click();
  await expect(chat.getByText('Cancelled, nothing was written')).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Open partner assistant' }).click();
  await expect(chat.getByText('This is what I would write.')).toBeVisible({ timeout: 15_000 });
  const [first, second] = [chat.locator('.consent').first(), chat.locator('.consent').last()];
  await expect(first.getByRole('status')).toContainText('Cancelled, nothing was written');
  await expect(first.locator('form')).toHaveCount(0);
  await second.getByLabel('Product').selectOption('Weave');
  await confirm(second).click();
  await expect(second.getByRole('status')).toContainText('Confirmed');
});

test('what is only to be agreed to has nothing to fill in, in three languages', async ({ page }) => {
  const card = await cardOn(page, 'pasted: withdraw it');
  await expect(card.getByText('dr-012 · Norlund AB · Weave')).toBeVisible();
  await expect(card.getByRole('textbox')).toHaveCount(0);
  const lang = (tag: string) => page.evaluate((to) => document.querySelector('liaison-chat')?.setAttribute('lang', to), tag);
  await lang('de');
  await expect(card.getByRole('heading', { name: 'Registrierung zurückziehen' })).toBeVisible();
  await expect(card.getByRole('button', { name: 'Abbrechen' })).toBeVisible();
  await lang('fr');
  await expect(card.getByRole('heading', { name: 'Retirer un enregistrement' })).toBeVisible();
  await card.getByRole('button', { name: 'Confirmer' }).click();
  await expect(card.getByRole('status')).toContainText('Terminé', { timeout: 15_000 });
});
