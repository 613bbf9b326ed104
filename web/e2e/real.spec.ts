/** Against the service itself, in demo mode: what the README says one sees, and the console over real data. */
import type { Locator, Page } from '@playwright/test';
import { reachable, service, type Service } from './service';
import { ask, expect, test, violations } from './support';

// The list reporter shows a skip without its reason.
if (!reachable) console.log('Neither LIAISON_URL nor LIAISON_BIN with LIAISON_TEST_HOME is set: the real service is not tested here.');

test.use({ expected: [/Failed to load resource.*ERR_/] });
test.describe.configure({ mode: 'serial', timeout: 120_000 });

let real: Service;
test.beforeAll(async () => {
  test.skip(!reachable, 'there is no service to test');
  test.setTimeout(300_000);
  real = await service();
});
test.afterAll(() => real?.stop());

async function signIn(page: Page, partner: string): Promise<Locator> {
  await page.goto(`${real.url}/portal/`);
  await page.getByRole('combobox', { name: 'Signed in as' }).selectOption({ label: partner });
  await page.getByRole('button', { name: 'Open partner assistant' }).click();
  return page.getByRole('dialog', { name: 'Partner assistant' });
}

/** Asks, and gives the complete answer. */
async function answer(page: Page, chat: Locator, question: string): Promise<Locator> {
  await ask(page, question);
  const last = chat.getByRole('article').last();
  await expect(last).toContainText(question);
  await expect(last.getByRole('button', { name: 'Helpful', exact: true })).toBeVisible({ timeout: 60_000 });
  return last;
}

test('the five questions of the README', async ({ page }) => {
  const chat = await signIn(page, 'Alderbrook Systems (Gold)');

  const rate = await answer(page, chat, 'What percentage does a Gold partner get on new Weave business that it sourced?');
  await expect(rate).toContainText('15%');
  await rate.getByRole('button', { name: /^Citation 1,/ }).click();
  const sheet = chat.getByRole('dialog');
  await expect(sheet.locator('mark').first()).toHaveText(/^A Gold partner earns 15%/);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');

  const sum = await answer(page, chat, 'How much commission did I earn last quarter?');
  await expect(sum).toContainText(/You earned EUR [\d,.]+ in commissions/);
  await expect(sum).toContainText('Your records, as of');

  const why = await answer(page, chat, 'Why did I get 9,760.72 on Elkhart Polymers? Show me the calculation.');
  for (const part of ['EUR 54,226.20', '18 %', 'EUR 9,760.72']) await expect(why).toContainText(part);

  const beta = 'How many beta places will there be for Weave 9?';
  await expect(await answer(page, chat, beta)).toContainText('30 places');

  const others = 'How much commission did Cobalt Ridge Partners earn last quarter?';
  const declined = await answer(page, chat, others);
  const link = declined.getByRole('link', { name: 'Ask Anneke Visser by e-mail' });
  await expect(link).toHaveAttribute('href', `mailto:anneke.visser@merrowline.example?subject=${encodeURIComponent(others)}&body=${encodeURIComponent(others)}`);
  expect(await violations(page)).toEqual([]);

  await page.getByRole('combobox', { name: 'Signed in as' }).selectOption({ label: 'Veldhaven Integrators (Silver)' });
  const unseen = await answer(page, chat, beta);
  await expect(unseen.getByText('Not in the documents', { exact: true })).toBeVisible();
  await expect(unseen).not.toContainText(/roadmap/i);
});

test('a deal is registered with consent, and decided in the console', async ({ page }) => {
  test.skip(!real.token, 'LIAISON_STAFF_TOKEN is not set');
  const chat = await signIn(page, 'Alderbrook Systems (Gold)');
  const text = 'Please register this deal: Norlund Skog AB, they want Weave, closing 30 September 2031, I talk to Anna Lind.';
  await answer(page, chat, text);
  const card = page.locator('.consent').first();
  await expect(card.getByLabel('Customer')).toHaveValue('Norlund Skog AB');
  await expect(card.getByLabel('Expected close')).toHaveAccessibleDescription('From “30 September 2031”');
  await card.getByLabel('Value').fill('45,000');
  await card.getByLabel('Currency').selectOption('EUR');
  expect(await violations(page)).toEqual([]);
  await card.getByRole('button', { name: 'Confirm' }).click();
  await expect(card.getByRole('status')).toContainText(/Deal registration dr-\w+ was submitted/);

  await page.goto(`${real.url}/ui/`);
  await page.getByLabel('Staff token').fill(real.token);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Requests' }).click();
  await page.getByRole('link', { name: /Norlund Skog AB/ }).click();
  await expect(page.getByRole('region', { name: 'What the partner asks' })).toContainText('from “Anna Lind”');
  await expect(page.getByRole('region', { name: 'What the rules of engagement propose' })).toContainText('Nobody else has a claim');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(page.getByText(/^Approved by /).first()).toBeVisible();

  const again = await signIn(page, 'Alderbrook Systems (Gold)');
  await expect(await answer(page, again, 'Show my deal registrations for Norlund Skog')).toContainText('approved and protected until');
});

test('feedback is kept', async ({ page }) => {
  const chat = await signIn(page, 'Alderbrook Systems (Gold)');
  const last = await answer(page, chat, 'How long is a registered deal protected?');
  await last.getByRole('button', { name: 'Helpful', exact: true }).click();
  await expect(last.getByText('Thank you.')).toBeVisible();
});

test('the console shows documents, partners and a drafted one-pager', async ({ page }) => {
  test.skip(!real.token, 'LIAISON_STAFF_TOKEN is not set');
  await page.goto(`${real.url}/ui/`);
  await page.getByLabel('Staff token').fill(real.token);
  await page.keyboard.press('Enter');
  await expect(page.getByText('25 documents')).toBeVisible();
  const superseded = page.getByRole('row').filter({ hasText: 'program-rules-2024.md' });
  await expect(superseded).toContainText('No longer in force');
  await page.getByRole('link', { name: 'Partners' }).click();
  await expect(page.getByText('8 partners')).toBeVisible();
  await page.getByRole('link', { name: 'Draft a one-pager for Alderbrook Systems' }).click();
  await page.getByLabel('Topic').fill('Weave');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Weave: one-pager for Alderbrook Systems' })).toBeFocused({ timeout: 60_000 });
  expect(await violations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Evals' }).click();
  await expect(page.getByText('No runs yet.')).toBeVisible();
});

test('a service that goes away is told as such', async ({ page }) => {
  test.skip(Boolean(process.env['LIAISON_URL']), 'this service is not ours to stop');
  const chat = await signIn(page, 'Alderbrook Systems (Gold)');
  await answer(page, chat, 'Hello');
  real.stop();
  await ask(page, 'And now?');
  await expect(chat.getByRole('alert')).toHaveText('The assistant cannot be reached. Check your connection.');
});
