/** Against the service itself, in demo mode: LIAISON_URL=http://127.0.0.1:8080 npm run e2e -- real.spec.ts */
import { expect, test, violations } from './support';

const url = process.env['LIAISON_URL'];
// The list reporter shows a skip without its reason.
if (!url) console.log('LIAISON_URL is not set: the real service is not tested here.');

test('the sample portal answers with a citation that opens', async ({ page }) => {
  test.skip(!url, 'LIAISON_URL is not set: the real service is not tested here');
  test.setTimeout(90_000);
  await page.goto(`${url}/portal/`);
  await expect(page.getByRole('combobox', { name: 'Signed in as' })).toBeEnabled();
  await page.getByRole('button', { name: 'Open partner assistant' }).click();
  await page.getByRole('textbox', { name: 'Your question' }).fill('How long is a registered deal protected?');
  await page.keyboard.press('Enter');
  const citation = page.getByRole('button', { name: /^Citation 1/ }).first();
  await expect(citation).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Helpful', exact: true })).toBeVisible({ timeout: 60_000 });
  expect(await violations(page)).toEqual([]);
  await citation.click();
  const sheet = page.locator('liaison-chat').getByRole('dialog').last();
  await expect(sheet.locator('mark').first()).toBeVisible();
});
