/** What partners have consented to, decided by staff in the console. */
import type { Page } from '@playwright/test';
import { expect, test } from './support';

test.use({ expected: [/Failed to load resource.*(404|409|503)/] });

async function requests(page: Page, token: string): Promise<void> {
  await page.goto('/ui/');
  await page.getByLabel('Staff token').fill(token);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Requests' }).click();
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('the list says what waits how long, and what deserves a look', async ({ page }) => {
  await requests(page, 'staff-requests');
  const rows = page.getByRole('table', { name: 'Requests' }).getByRole('row');
  await expect(rows).toHaveCount(6);
  await expect(rows.nth(1)).toContainText('Overdue by 2 days');
  await expect(rows.nth(1)).toContainText('1 possible conflict');
  await expect(rows.nth(2)).toContainText('Due in 5 hours');
  await expect(rows.nth(3)).toContainText('Not checked for conflicts');
  await expect(rows.nth(3)).toContainText('nobody in the CRM');
  await expect(rows.nth(4)).toContainText('Not in the CRM yet');
  await expect(rows.nth(5)).toContainText('Withdraw a registration');
  await page.getByLabel('Overdue (1)').check();
  await expect(rows).toHaveCount(2);
  await page.getByLabel('Overdue (1)').uncheck();
  await page.getByRole('searchbox').fill('kestrel extend');
  await expect(rows).toHaveCount(2);
});

test('a request is approved, until the day that is suggested', async ({ page }) => {
  await requests(page, 'staff-approve');
  await page.getByRole('link', { name: /Harbourline GmbH/ }).click();
  const asked = page.getByRole('region', { name: 'What the partner asks' });
  await expect(asked).toContainText('A pilot has <b>begun</b>.');
  await expect(asked).toContainText('from “the pilot runs”, read with little certainty');
  await expect(page.getByRole('region', { name: 'What the rules of engagement propose' })).toContainText('The rules propose to approve.');
  await expect(page.getByLabel('If approved, protected until')).toHaveValue('2027-02-20');
  // Enter in a field decides nothing.
  await page.getByLabel('If approved, protected until').press('Enter');
  const sent = page.waitForRequest('**/api/requests/r-2/decision');
  await button(page, 'Approve').dblclick();
  expect((await sent).postDataJSON()).toEqual({ decision: 'approve', reason: null, protected_until: '2027-02-20' });
  await expect(page.getByText(/^Approved by ops, /)).toBeFocused();
  await expect(button(page, 'Reject')).toBeHidden();
  await page.getByText('What happened, and when').click();
  await expect(page.getByText('A mail was not sent by Liaison: mail is not set up')).toBeVisible();
  await expect(page.getByText('Approved by ops 20 Nov 2026')).toHaveCount(1);
});

test('a rejection needs a reason, and what could not be sent stays', async ({ page }) => {
  await requests(page, 'staff-reject');
  await page.getByRole('link', { name: /Norlund AB/ }).first().click();
  const conflicts = page.getByRole('region', { name: 'Conflicts' });
  await expect(conflicts).toContainText('Teal Harbour: registration dr-012, protected until 12 March 2027');
  await expect(conflicts).toContainText('Norlund <i>Aktiebolag</i>, 93 % alike: the same domain norlund.example');
  await button(page, 'Reject').click();
  await expect(page.getByRole('alert')).toHaveText('Give the partner a reason for the rejection.');
  const reason = page.getByLabel(/^Reason/);
  await expect(reason).toBeFocused();
  await reason.fill('away <b>today</b>');
  await button(page, 'Reject').click();
  await expect(page.getByRole('alert')).toContainText('The CRM does not answer. Nothing was decided.');
  await expect(reason).toHaveValue('away <b>today</b>');
  await reason.fill('Teal Harbour <b>was first</b>.');
  const sent = page.waitForRequest('**/api/requests/r-1/decision');
  await button(page, 'Reject').click();
  expect((await sent).postDataJSON()).toEqual({ decision: 'reject', reason: 'Teal Harbour <b>was first</b>.', protected_until: null });
  await expect(page.getByText(/^Rejected by ops, .*: Teal Harbour <b>was first<\/b>\.$/)).toBeFocused();
  await page.getByRole('link', { name: 'All requests' }).click();
  await expect(page.getByLabel('Waiting for a decision (2)')).toBeVisible();
});

test('what somebody else has decided meanwhile is said and shown', async ({ page }) => {
  await requests(page, 'staff-late');
  await page.getByRole('link', { name: /customer day/ }).click();
  await expect(page.getByText('The check for conflicts could not be made.')).toBeVisible();
  await expect(page.getByText('None found.')).toBeHidden();
  await expect(page.getByLabel('If approved, protected until')).toHaveCount(0);
  await page.getByLabel(/^Reason/).fill('taken');
  await button(page, 'Approve').click();
  await expect(page.getByRole('alert')).toHaveText('Ida Brandt has decided this already.');
  await expect(page.getByText(/^Rejected by Ida Brandt, .*: Another partner was first\.$/)).toBeVisible();
  await expect(button(page, 'Approve')).toBeHidden();
});

test('what does not wait has nothing to decide; what is not there is said', async ({ page }) => {
  await requests(page, 'staff-done');
  await page.getByRole('link', { name: /Elkhart Polymers/ }).click();
  await expect(page.getByText('Not written yet')).toBeVisible();
  await expect(button(page, 'Approve')).toHaveCount(0);
  await page.goto('/ui/#/requests/r-99');
  await expect(page.getByText('There is no such request.')).toBeVisible();
});

test('without requests, the page says what it is for', async ({ page }) => {
  await requests(page, 'nobody-has-anything');
  await expect(page.getByText('No partner has asked for anything yet.')).toBeVisible();
});
