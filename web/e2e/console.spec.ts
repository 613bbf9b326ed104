/** The console, as staff use it. */
import { expect, test } from './support';

test.use({ expected: [/Failed to load resource.*(401|404|500)/] });

async function signIn(page: import('@playwright/test').Page, token: string): Promise<void> {
  await page.goto('/ui/');
  await page.getByLabel('Staff token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a wrong token is refused, a right one is kept for the tab', async ({ page }) => {
  await signIn(page, 'guess');
  await expect(page.getByRole('alert')).toHaveText('This token is not accepted here.');
  await page.getByLabel('Staff token').fill('staff-token');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Documents' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Documents' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Staff token')).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('documents: filtered, with the reason of a failure', async ({ page }) => {
  await signIn(page, 'staff-token');
  const table = page.getByRole('table', { name: 'Documents' });
  await expect(table.getByRole('row')).toHaveCount(7);
  await page.getByRole('searchbox', { name: 'Filter documents' }).fill('failed scan');
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(table.getByText('locked with a password')).toBeVisible();
  await expect(page.getByRole('status')).toHaveText('1 of 6');
  await page.getByRole('searchbox').fill('zzz');
  await expect(page.getByText('Nothing matches “zzz”.')).toBeVisible();
});

test('evals: from the runs to a failed case', async ({ page }) => {
  await signIn(page, 'staff-token');
  await page.getByRole('link', { name: 'Evals' }).click();
  await expect(page.getByRole('heading', { name: 'Evals' })).toBeFocused();
  await expect(page.getByRole('cell', { name: /48 of 50/ })).toContainText('87 % – 99 %');
  await page.getByRole('link', { name: /program-rules/ }).click();
  await expect(page.getByText('contains: "8 %" is missing')).toBeVisible();
  await expect(page.getByText('For 90 days.')).toBeHidden();
  await page.getByLabel('Only failed (1)').check();
  await expect(page.getByText('protection-window')).toBeHidden();
  await page.getByRole('link', { name: 'All runs' }).click();
  await expect(page.getByRole('table', { name: 'Eval runs' })).toBeVisible();
});

test('empty lists say what to do', async ({ page }) => {
  await signIn(page, 'nobody-has-anything');
  await expect(page.getByText('liaison ingest')).toBeVisible();
  await page.getByRole('link', { name: 'Partners' }).click();
  await expect(page.getByText('liaison seed --crm')).toBeVisible();
  await page.getByRole('link', { name: 'Evals' }).click();
  await expect(page.getByText('liaison eval run')).toBeVisible();
});

test('a failure is told with its reference and can be tried again', async ({ page }) => {
  await signIn(page, 'staff-token');
  let broken = true;
  await page.route('**/api/evals/runs', (route) =>
    broken
      ? route.fulfill({ status: 500, json: { error: { code: 'internal', message: 'The disk is full.', request_id: 'r-7' } } })
      : route.fallback(),
  );
  await page.getByRole('link', { name: 'Evals' }).click();
  await expect(page.getByRole('alert')).toContainText('The disk is full. (reference r-7)');
  broken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('table', { name: 'Eval runs' })).toBeVisible();
});

test('a token that ends signs out and says why', async ({ page }) => {
  await signIn(page, 'staff-token');
  await expect(page.getByRole('table', { name: 'Documents' })).toBeVisible();
  await page.route('**/api/partners', (route) => route.fulfill({ status: 401, json: { error: { code: 'x', message: 'x' } } }));
  await page.getByRole('link', { name: 'Partners' }).click();
  await expect(page.getByRole('alert')).toHaveText('Your token is no longer accepted. Sign in again.');
});
