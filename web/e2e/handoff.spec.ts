/** A conversation handed to a person: from the widget, and in the console. */
import type { Page } from '@playwright/test';
import { ask, askOnPortal, expect, test, violations } from './support';

test('declined, handed over, answered by a person in the same conversation', async ({ page }) => {
  const chat = await askOnPortal(page, 'What is the weather?');
  await expect(chat.getByText('A person can take over, with this conversation.')).toBeVisible();
  await chat.getByRole('textbox', { name: 'Something for Anneke Visser to know (optional)' }).fill('It is <i>urgent</i>');
  const sent = page.waitForRequest('**/api/handoffs');
  await chat.getByRole('button', { name: 'Hand over to Anneke Visser' }).click();
  const { conversation, message } = (await sent).postDataJSON();
  expect(conversation).toMatch(/^[0-9a-f]{32}$/);
  expect(message).toBe('It is <i>urgent</i>');
  await expect(chat.getByText('Handed over to a person')).toBeVisible();
  // Told is said when the mail has left, not before.
  await expect(chat.getByText('It waits for Anneke Visser in the console. An e-mail is on its way.')).toBeVisible();
  await expect(chat.getByText('Anneke Visser has answered.')).toBeVisible({ timeout: 15_000 });
  const reply = chat.locator('.written:not(.own)');
  await expect(reply).toContainText('You wrote <b>It is <i>urgent</i></b>.');
  await expect(reply.locator('b, i')).toHaveCount(0);
  expect(await violations(page)).toEqual([]);

  await chat.getByRole('textbox', { name: 'Write to Anneke Visser' }).fill('Thank you');
  await chat.locator('.person').getByRole('button', { name: 'Send' }).click();
  await expect(chat.locator('.written.own').last()).toContainText('Thank you');
  // The assistant goes on answering beside it.
  await ask(page, 'How long?');
  await expect(chat.getByRole('button', { name: /^Citation 2/ })).toBeVisible();
});

test('an answer that comes while the chat is closed, or after the page was loaded anew, is on the launcher', async ({ page }) => {
  const chat = await askOnPortal(page, 'What is the weather?');
  await chat.getByRole('textbox', { name: /Something for/ }).fill('undelivered');
  await chat.getByRole('button', { name: 'Hand over to Anneke Visser' }).click();
  await expect(chat.getByText('It waits for Anneke Visser in the console. The e-mail could not be delivered.')).toBeVisible();
  await page.keyboard.press('Escape');
  const launcher = page.getByRole('button', { name: /Open partner assistant/ });
  await expect(launcher).toContainText('1', { timeout: 15_000 });
  await page.reload();
  await expect(launcher).toContainText('1', { timeout: 15_000 });
  await launcher.click();
  await expect(chat.getByText('What is the weather?')).toBeVisible();
  await expect(chat.locator('.written:not(.own)')).toContainText('undelivered');
  await page.keyboard.press('Escape');
  await expect(launcher.locator('.badge')).toHaveCount(0);
  // Another person on the same page sees nothing of it.
  await page.getByRole('combobox', { name: 'Signed in as' }).selectOption('p-003');
  await launcher.click();
  await expect(chat.getByText('How can I help?')).toBeVisible();
});

async function signIn(page: Page, token: string): Promise<void> {
  await page.goto('/ui/');
  await page.getByLabel('Staff token').fill(token);
  await page.keyboard.press('Enter');
}

test('staff reads what was handed over, answers and closes', async ({ page }) => {
  await signIn(page, 'staff-handoffs');
  await page.getByRole('link', { name: 'Hand-overs' }).click();
  const row = page.getByRole('row').filter({ hasText: 'Kestrel Works' });
  await expect(row).toContainText('permanent error (550): no such user here');
  await page.getByLabel('E-mail failed (1)').check();
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.getByLabel('E-mail failed (1)').uncheck();
  await page.getByRole('link', { name: /Alderbrook Systems/ }).first().click();
  const talk = page.getByRole('list', { name: 'Conversation' });
  await expect(talk).toContainText('Can a registration be extended twice?');
  await expect(talk).toContainText('The customer signs on <i>Friday</i>.');
  await expect(page.getByRole('region', { name: 'What was tried' })).toContainText('Deal registration › Extension');
  await page.getByRole('button', { name: 'Send answer' }).click();
  await expect(page.getByRole('alert')).toHaveText('Write an answer first.');
  await page.getByLabel('Answer to Alderbrook Systems').fill('Once. <script>No more.</script>');
  await page.getByRole('button', { name: 'Send answer' }).click();
  await expect(talk).toContainText('Once. <script>No more.</script>');
  await expect(page.getByLabel('Answer to Alderbrook Systems')).toHaveValue('');
  await page.getByText('Who did what, and when').click();
  await expect(page.getByText('Staff answered in the console, signed Anneke Visser')).toBeVisible();
  await page.getByRole('button', { name: 'Close hand-over' }).click();
  await expect(page.getByRole('button', { name: 'Send answer' })).toBeHidden();
  await page.getByRole('link', { name: 'All hand-overs' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Closed' })).toHaveCount(2);
});

test('a gap is answered once, another is dismissed', async ({ page }) => {
  await signIn(page, 'staff-gaps');
  await page.getByRole('link', { name: 'Gaps' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'travel' })).toContainText('Declined 3 times, handed over once');
  await page.getByRole('link', { name: /travel/ }).click();
  await expect(page.getByRole('heading', { name: 'Who pays the travel to the <b>partner day</b>?' })).toBeVisible();
  await page.getByRole('button', { name: 'Answer', exact: true }).click();
  await expect(page.getByRole('alert')).toHaveText('An answer has a title and a text.');
  await page.getByLabel('Title').fill('Travel');
  await page.getByLabel('Answer, in Markdown').fill('We do, up to **200 EUR**.');
  await page.getByLabel('Who may find it').fill('tier=gold');
  await page.getByLabel('Review by').fill('2027-01-31');
  const sent = page.waitForRequest('**/api/gaps/g-1/answer');
  await page.getByRole('button', { name: 'Answer', exact: true }).click();
  expect((await sent).postDataJSON()).toEqual({
    title: 'Travel',
    text: 'We do, up to **200 EUR**.',
    audience: 'tier=gold',
    owner: '',
    review_by: '2027-01-31',
  });
  await expect(page.getByText('on its way into the knowledge as answers/travel-1.md')).toBeVisible();
  await expect(page.getByText(/^Answered in answers\/travel-1\.md by ops/)).toBeVisible();
  await page.getByRole('link', { name: 'All gaps' }).click();
  await page.getByRole('link', { name: /parking/ }).click();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByText(/^Dismissed by ops/)).toBeVisible();
});

test('without hand-overs and gaps, the pages say what they are for', async ({ page }) => {
  await signIn(page, 'nobody-has-anything');
  await page.getByRole('link', { name: 'Hand-overs' }).click();
  await expect(page.getByText('No partner has asked for a person yet.')).toBeVisible();
  await page.getByRole('link', { name: 'Gaps' }).click();
  await expect(page.getByText('No gaps: nothing was declined')).toBeVisible();
});
