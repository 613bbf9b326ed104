/** The console, as staff use it. */
import type { Page } from '@playwright/test';
import { expect, test } from './support';

test.use({ expected: [/Failed to load resource.*(400|401|404|409|413|500|507|ERR_FAILED)/] });

async function signIn(page: Page, token: string): Promise<void> {
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
  await expect(page.getByText('1 of 6 documents')).toBeVisible();
  await page.getByRole('searchbox').fill('ida brandt');
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.getByRole('searchbox').fill('slide 12');
  await expect(table.getByText('Read, but: Slide 3 is hidden and was left out.')).toBeVisible();
  await page.getByRole('searchbox').fill('zzz');
  await expect(page.getByText('Nothing matches “zzz”.')).toBeVisible();
});

test('documents: failed ones come first, and what has ended is not called searchable', async ({ page }) => {
  await signIn(page, 'staff-token');
  const rows = page.getByRole('table', { name: 'Documents' }).getByRole('row');
  await expect(rows.nth(1)).toContainText('locked with a password');
  await expect(rows.filter({ hasText: 'Commission plan' })).toContainText('before 1 Jan 2026');
  await expect(rows.filter({ hasText: 'Commission plan' })).toContainText('No longer in force');
  await expect(rows.filter({ hasText: 'Weave: how we win' })).toContainText('Replaced on 1 Sept 2026');
  await expect(rows.filter({ hasText: 'Weave: how we win' })).toContainText('From a folder');
  await expect(rows.filter({ hasText: 'Rules of engagement' })).toContainText('Overdue for review since 1 Nov 2026');
  await expect(rows.filter({ hasText: 'Commission rates' })).toContainText('Tier gold or platinum');
  await page.getByLabel('Only failed (1)').check();
  await expect(rows).toHaveCount(2);
  await page.getByLabel('Overdue for review (1)').check();
  await expect(rows).toHaveCount(3);
});

/** Chooses files in the open dialog: name, or path and content. */
async function choose(page: Page, ...names: string[]): Promise<void> {
  const files = names.map((name) => ({ name, mimeType: 'text/markdown', buffer: Buffer.from(`# ${name}`) }));
  await page.getByLabel('Choose files').and(page.locator('input')).setInputFiles(files);
}

async function upload(page: Page, ...names: string[]): Promise<void> {
  await page.getByRole('button', { name: 'Upload documents' }).click();
  await choose(page, ...names);
  await page.getByRole('button', { name: /^Upload \d+ files?$/ }).click();
}

const onItsWay = (page: Page) => page.getByRole('region', { name: 'On its way' });
const lineOf = (page: Page, path: string) => onItsWay(page).getByRole('listitem').filter({ hasText: path });

test('an upload goes from state to state until it is searchable', async ({ page }) => {
  await signIn(page, 'staff-upload');
  await page.getByRole('button', { name: 'Upload documents' }).click();
  const dialog = page.getByRole('dialog', { name: 'Upload documents' });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(dialog.getByRole('alert')).toHaveText('Choose a file first.');
  await choose(page, 'rebates.md');
  await dialog.getByLabel('Who may find it').selectOption('Certain partners…');
  await dialog.getByLabel('Conditions').fill('tier=gold');
  await dialog.getByLabel('In force from', { exact: true }).fill('2026-01-01');
  await dialog.getByLabel('No longer in force from').fill('2025-12-31');
  await dialog.getByLabel('Owner').fill('Ida Brandt');
  await dialog.getByLabel('Review by').fill('2026-11-01');
  await dialog.getByRole('button', { name: 'Upload 1 file' }).click();
  await expect(dialog.getByRole('alert')).toContainText('ends before it begins');
  await expect(dialog.getByLabel('No longer in force from')).toBeFocused();
  await dialog.getByLabel('No longer in force from').fill('');
  await dialog.getByLabel('Replaces').fill('program/commission-plan.pdf');
  const sent = page.waitForRequest((request) => request.method() === 'POST');
  await page.keyboard.press('Enter');
  const request = await sent;
  expect(Object.fromEntries(new URL(request.url()).searchParams)).toEqual({
    path: 'rebates.md',
    audience: 'tier=gold',
    effective_from: '2026-01-01',
    owner: 'Ida Brandt',
    review_by: '2026-11-01',
    supersedes: 'program/commission-plan.pdf',
  });
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Upload documents' })).toBeFocused();
  await expect(lineOf(page, 'rebates.md')).toContainText(/Waiting|Reading|Splitting/);
  await expect(lineOf(page, 'rebates.md')).toContainText(/Embedding \d+ of 13/);
  await expect(lineOf(page, 'rebates.md').getByRole('progressbar')).toBeVisible();
  await expect(onItsWay(page)).toBeHidden();
  const row = page.getByRole('table', { name: 'Documents' }).getByRole('row').filter({ hasText: 'rebates.md' });
  await expect(row).toContainText('Searchable');
  await expect(row).toContainText('Overdue for review since 1 Nov 2026');
  await expect(page.getByRole('status').filter({ hasText: 'rebates.md is searchable.' })).toBeAttached();
});

test('what is not searchable yet is told in other sections', async ({ page }) => {
  await signIn(page, 'staff-elsewhere');
  await upload(page, 'slow.md', 'also-slow.md');
  await page.getByRole('link', { name: 'Partners' }).click();
  await expect(page.getByText('2 documents are not searchable yet. See how far')).toBeVisible();
  await expect(page.getByRole('link', { name: /^Documents.*2 documents are not searchable yet$/ })).toBeVisible();
  await page.getByRole('link', { name: 'See how far' }).click();
  await expect(lineOf(page, 'also-slow.md')).toContainText('Embedding 120 of 600');
});

test('an upload that cannot be read says why', async ({ page }) => {
  await signIn(page, 'staff-fails');
  await upload(page, 'locked.pdf');
  await expect(lineOf(page, 'locked.pdf')).toContainText('The file is locked with a password.');
  await expect(lineOf(page, 'locked.pdf')).toContainText('Failed');
  await expect(page.getByRole('row').filter({ hasText: 'locked.pdf' })).toContainText('Failed');
  await page.getByRole('button', { name: 'Dismiss locked.pdf' }).click();
  await expect(onItsWay(page)).toBeHidden();
});

test('a job can be cancelled, and says so when it cannot', async ({ page }) => {
  await signIn(page, 'staff-cancel');
  await upload(page, 'slow.md', 'slower.md');
  await page.getByRole('button', { name: 'Cancel slow.md' }).click();
  await expect(lineOf(page, 'slow.md')).toContainText('Cancelled');
  await expect(lineOf(page, 'slow.md')).toContainText('not searchable');
  await page.route('**/api/jobs/*', (route) =>
    route.fulfill({ status: 409, json: { error: { code: 'job_finished', message: 'This job is finished.', request_id: 'r-1' } } }),
  );
  await page.getByRole('button', { name: 'Cancel slower.md' }).click();
  await expect(lineOf(page, 'slower.md')).toContainText('It was not cancelled. This job is finished.');
});

test('files that are not taken say why, and can be sent again where that helps', async ({ page }) => {
  await signIn(page, 'staff-refused');
  await upload(page, 'huge.pdf', 'full.md', 'fine.md');
  await expect(lineOf(page, 'huge.pdf')).toContainText('The file has more than 256 MB');
  await expect(lineOf(page, 'full.md')).toContainText('The disk is full');
  await expect(page.getByRole('button', { name: 'Send huge.pdf again' })).toBeHidden();
  await expect(page.getByRole('row').filter({ hasText: 'fine.md' })).toContainText('Searchable');
  await page.route('**/api/documents?*', (route) => route.abort());
  await page.getByRole('button', { name: 'Send full.md again' }).click();
  await expect(lineOf(page, 'full.md')).toContainText('The connection broke before the file had arrived.');
  await page.unroute('**/api/documents?*');
  await page.getByRole('button', { name: 'Dismiss huge.pdf' }).click();
  await page.getByRole('button', { name: 'Dismiss full.md' }).click();
  await expect(onItsWay(page)).toBeHidden();
});

test('what is not sent yet can be stopped', async ({ page }) => {
  await signIn(page, 'staff-stop');
  // Nothing arrives.
  await page.route('**/api/documents?*', () => {});
  await upload(page, 'a.md', 'b.md', 'c.md');
  await expect(lineOf(page, 'c.md')).toContainText('Waiting to be sent');
  await page.getByRole('button', { name: 'Cancel a.md' }).click();
  await expect(lineOf(page, 'c.md')).toContainText('Sending');
  await page.getByRole('button', { name: 'Stop sending (2 left)' }).click();
  await expect(onItsWay(page)).toBeHidden();
});

test('a folder keeps its paths', async ({ page }) => {
  await signIn(page, 'staff-folder');
  await page.getByRole('button', { name: 'Upload documents' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles('portal');
  const dialog = page.getByRole('dialog', { name: 'Upload documents' });
  await expect(dialog.getByRole('listitem').filter({ hasText: 'portal/index.html' })).toBeVisible();
  await expect(dialog.getByLabel('Replaces')).toBeHidden();
});

test('files are dropped anywhere on the page', async ({ page }) => {
  await signIn(page, 'staff-drop');
  await expect(page.getByRole('table', { name: 'Documents' })).toBeVisible();
  const data = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['# Dropped'], 'margin-guide.md'));
    return data;
  });
  await page.dispatchEvent('main', 'dragover', { dataTransfer: data });
  await expect(page.getByText('Drop to upload')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
  await expect(page.getByText('Drop to upload')).toBeHidden();
  const dialog = page.getByRole('dialog', { name: 'Upload documents' });
  await expect(dialog).toContainText('margin-guide.md');
  await dialog.getByRole('button', { name: 'Leave out margin-guide.md' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('an upload is described anew; what is sent is what has changed', async ({ page }) => {
  await signIn(page, 'staff-edit');
  const row = page.getByRole('row').filter({ hasText: 'margin-guide.md' });
  await row.getByRole('button', { name: 'Edit internal/margin-guide.md' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit document' });
  await expect(dialog.getByLabel('Who may find it')).toHaveValue('internal');
  await dialog.getByLabel('Owner').fill('Ida Brandt');
  await dialog.getByLabel('Who may find it').selectOption('Certain partners…');
  await dialog.getByLabel('Conditions').fill('colour=red');
  await page.route('**/api/documents/d5', (route) =>
    route.fulfill({ status: 400, json: { error: { code: 'bad_statement', message: 'unknown key "colour"', request_id: 'r-1' } } }),
  );
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toHaveText('Unknown key "colour".');
  await page.unroute('**/api/documents/d5');
  await dialog.getByLabel('Conditions').fill('tier=gold');
  const sent = page.waitForRequest('**/api/documents/d5');
  await page.keyboard.press('Enter');
  expect((await sent).postDataJSON()).toEqual({ owner: 'Ida Brandt', audience: 'tier=gold' });
  await expect(lineOf(page, 'margin-guide.md')).toContainText('the version before stays searchable until then');
  await expect(row).toContainText('Tier gold');
  await expect(row).toContainText('Ida Brandt');
});

test('an upload is deleted after a question, and is gone at once', async ({ page }) => {
  await signIn(page, 'staff-delete');
  const rows = page.getByRole('table', { name: 'Documents' }).getByRole('row');
  const button = page.getByRole('button', { name: 'Delete internal/margin-guide.md' });
  await button.click();
  const dialog = page.getByRole('dialog', { name: 'Delete this document?' });
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
  await expect(rows).toHaveCount(7);
  await button.click();
  // The list that is fetched afterwards is not waited for.
  await page.route('**/api/documents', () => {});
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(rows).toHaveCount(6);
  await expect(page.getByRole('status').filter({ hasText: 'internal/margin-guide.md is deleted.' })).toBeAttached();
  await expect(page.getByRole('heading', { name: 'Documents' })).toBeFocused();
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
  await expect(page.getByRole('button', { name: 'Upload documents' })).toBeVisible();
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
