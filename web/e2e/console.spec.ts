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
  await expect(page.getByRole('status')).toHaveText('1 of 6 documents');
  await page.getByRole('searchbox').fill('zzz');
  await expect(page.getByText('Nothing matches “zzz”.')).toBeVisible();
});

test('documents: failed ones come first, and what has ended is not called searchable', async ({ page }) => {
  await signIn(page, 'staff-token');
  const rows = page.getByRole('table', { name: 'Documents' }).getByRole('row');
  await expect(rows.nth(1)).toContainText('locked with a password');
  await expect(rows.filter({ hasText: 'Commission plan' })).toContainText('before 1 Jan 2026');
  await expect(rows.filter({ hasText: 'Commission plan' })).toContainText('no longer in force');
  await expect(rows.filter({ hasText: 'Commission rates' })).toContainText('Tier gold or platinum');
  await page.getByLabel('Only failed (1)').check();
  await expect(rows).toHaveCount(2);
});

test('one-pagers: drafted for a partner, saved as a file', async ({ page }) => {
  await signIn(page, 'staff-token');
  await page.getByRole('link', { name: 'Partners' }).click();
  await page.getByRole('link', { name: 'Draft a one-pager for Sundial Advisors' }).click();
  await expect(page.getByLabel('Partner', { exact: true })).toHaveValue('p-002');
  await page.getByRole('button', { name: 'Draft', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Name a topic');
  await expect(page.getByLabel('Topic')).toBeFocused();
  await page.getByLabel('Topic').fill('Weave');
  const sent = page.waitForRequest('**/api/one-pagers');
  await page.keyboard.press('Enter');
  expect((await sent).postDataJSON()).toEqual({ template: 'one-pager', partner: 'p-002', topic: 'Weave' });
  await expect(page.getByRole('heading', { name: /^Weave: one-pager/ })).toBeFocused();
  await expect(page.getByText('Slide 4 · decks/weave-against-rivals.pptx')).toBeVisible();
  await expect(page.getByText(/^Left out.*: What it costs\.$/)).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as Markdown' }).click();
  expect((await download).suggestedFilename()).toBe('weave-one-pager-for-harbourline-consulting.md');
  await page.getByLabel('Topic').fill('nothing');
  await page.keyboard.press('Enter');
  await expect(page.getByText('hold nothing on this')).toBeVisible();
});

test('evals: one run beside another', async ({ page }) => {
  await signIn(page, 'staff-token');
  await page.goto('/ui/#/evals/2026-11-20-0930');
  await page.getByLabel('Compare with').selectOption('2026-11-19-1712');
  await expect(page).toHaveURL(/evals\/2026-11-19-1712\/2026-11-20-0930$/);
  await expect(page.getByText('1 broke and 1 were fixed; 46 still pass.')).toBeVisible();
  await expect(page.getByText('“8 %” is missing')).toBeVisible();
  await page.getByText('Still failing (1)').click();
  await expect(page.getByText('program-rules/payment-date')).toBeVisible();
});

test('evals: from the runs to a failed case', async ({ page }) => {
  await signIn(page, 'staff-token');
  await page.getByRole('link', { name: 'Evals' }).click();
  await expect(page.getByRole('heading', { name: 'Evals' })).toBeFocused();
  await expect(page.getByRole('cell', { name: /48 of 50/ })).toContainText('87 % – 99 %');
  await page.getByRole('link', { name: /program-rules/ }).click();
  await expect(page.getByText('contains: "8 %" is missing')).toBeVisible();
  await expect(page.getByText('For 90 days. [1]')).toBeHidden();
  await expect(page.getByText('95 %: 87 % – 99 %')).toBeVisible();
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
