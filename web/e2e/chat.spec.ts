/** A conversation, as a partner has it, under a strict CSP with Trusted Types. */
import { readFile } from 'node:fs/promises';
import { ask, askOnPortal, expect, test } from './support';

test('by keyboard alone: ask, open a citation, close it, close the chat', async ({ page }) => {
  await page.goto('/portal/');
  const launcher = page.getByRole('button', { name: 'Open partner assistant' });
  await expect(page.getByRole('combobox', { name: 'Signed in as' })).toBeEnabled();
  for (let tabs = 0; tabs < 12 && !(await launcher.evaluate((one) => one.matches(':focus'))); tabs++) {
    await page.keyboard.press('Tab');
  }
  await expect(launcher).toBeFocused();
  await page.keyboard.press('Enter');
  const box = page.getByRole('textbox', { name: 'Your question' });
  await expect(box).toBeFocused();
  await page.keyboard.type('How long is a registered deal protected?');
  await page.keyboard.press('Enter');

  const status = page.locator('liaison-chat .unseen[role=status]');
  await expect(status).toHaveText('Answering…');
  await expect(status).toContainText('protected for 90 days from the day of approval. It can be extended');
  await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden();

  const citation = page.getByRole('button', { name: 'Citation 1, Rules of engagement 2025, Deal registration › Protection' }).first();
  for (let tabs = 0; tabs < 15 && !(await citation.evaluate((one) => one.matches(':focus'))); tabs++) {
    await page.keyboard.press('Shift+Tab');
  }
  await expect(citation).toBeFocused();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: 'Rules of engagement 2025' });
  await expect(sheet.getByText('Deal registration › Protection')).toBeVisible();
  await expect(sheet.locator('mark').first()).toHaveText(/protects the deal for/);
  expect(await sheet.locator('mark').allTextContents().then((all) => all.join(''))).toBe(
    'protects the deal for 90 days from the day of approval',
  );
  await expect(sheet.getByRole('button', { name: 'Close' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(citation).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(launcher).toBeFocused();
});

test('a quote from a table is marked in its cells', async ({ page }) => {
  await askOnPortal(page, 'How long?');
  await page.getByRole('button', { name: /^Citation 2/ }).click();
  const sheet = page.getByRole('dialog', { name: 'Commission rates' });
  await expect(sheet.getByText('Rates, rows 2–9')).toBeVisible();
  await expect(sheet.locator('td mark')).toHaveText(['Gold', '15']);
});

test('records are folded under the time they were read', async ({ page }) => {
  const chat = await askOnPortal(page, 'Which of my commissions are pending?');
  await expect(chat.locator('.prose').getByText('Partner p-001 has 2 pending')).toBeVisible();
  const fold = chat.getByText(/Your records, as of .*2026/);
  await expect(chat.getByRole('columnheader', { name: 'Due' })).toHaveCount(0);
  await fold.click();
  await expect(chat.getByRole('columnheader', { name: 'Due' })).toHaveCount(1);
  // Five columns in a narrow panel: a record a block, amounts whole, and still a table for who cannot see it.
  const amount = chat.locator('.fold td[data-label="Amount"]').first();
  expect(await amount.evaluate((cell) => getComputedStyle(cell, '::before').content)).toBe('"Amount"');
  expect(await chat.locator('.fold .table').evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
  await chat.getByText('Sources (1)').click();
  expect(await chat.locator('.log').evaluate((log) => log.scrollWidth - log.clientWidth)).toBe(0);
  await chat.getByRole('button', { name: /Commission plan Page 3/ }).click();
  await expect(page.getByRole('dialog', { name: 'Commission plan' }).locator('mark')).toHaveText(/paid within 30 days/);
});

test.describe('statements', () => {
  test.use({ expected: [/404/] });

  test('the statement of a period is a file to keep', async ({ page }) => {
    const chat = await askOnPortal(page, 'Which of my commissions are pending?');
    const coming = page.waitForEvent('download');
    await chat.getByRole('button', { name: 'Statement 2026-q4.csv' }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toBe('2026-q4.csv');
    expect(await readFile(await file.path(), 'utf8')).toBe('id,deal\r\n');
    await chat.getByRole('button', { name: 'Statement 2026-q4.pdf' }).click();
    await expect(chat.getByText('That did not go through. Please try again.')).toBeVisible();
  });
});

test('two quotes of one passage each open at their own words', async ({ page }) => {
  const chat = await askOnPortal(page, 'What about tiers?');
  const sheet = page.getByRole('dialog', { name: 'Rules of engagement 2025' });
  await chat.getByRole('button', { name: /^Citation 2/ }).click();
  await expect(sheet.locator('mark').first()).toHaveText('extended once, by 60 days');
  await page.keyboard.press('Escape');
  await chat.getByRole('button', { name: /^Citation 1/ }).click();
  await expect(sheet.locator('mark').first()).toHaveText('reviewed within two working days');
  await page.keyboard.press('Escape');
  await expect(chat.getByText('Sources (2)')).toBeVisible();
});

test('a long answer is read from its question on', async ({ page }) => {
  await page.setViewportSize({ width: 1180, height: 420 });
  const chat = await askOnPortal(page, 'Which of my commissions are pending?');
  await expect(chat.getByRole('button', { name: 'Helpful', exact: true })).toBeAttached();
  await expect(chat.getByText('Which of my commissions are pending?')).toBeInViewport();
});

test('declined: the nearest material opens, the partner manager can be written to', async ({ page }) => {
  const chat = await askOnPortal(page, 'What is the weather?');
  await expect(chat.getByText('Not in the documents', { exact: true })).toBeVisible();
  await chat.getByRole('button', { name: /Rules of engagement 2025/ }).click();
  await expect(page.getByRole('dialog', { name: 'Rules of engagement 2025' }).getByText('two working days')).toBeVisible();
  await page.keyboard.press('Escape');
  const link = chat.getByRole('link', { name: 'Ask Anneke Visser by e-mail' });
  await expect(link).toHaveAttribute(
    'href',
    'mailto:anneke.visser@merrowline.example?subject=What%20is%20the%20weather%3F&body=What%20is%20the%20weather%3F',
  );
  await expect(chat.getByText('anneke.visser@merrowline.example')).toBeVisible();
});

test('feedback names the conversation and the answer, and can be explained', async ({ page }) => {
  const chat = await askOnPortal(page, 'How long?');
  const asked = page.waitForRequest('**/api/feedback');
  await chat.getByRole('button', { name: 'Not helpful' }).click();
  const vote = (await asked).postDataJSON();
  expect(vote).toMatchObject({ answer: 'answer-1', vote: -1 });
  expect(vote.conversation).toMatch(/^[0-9a-f]{32}$/);
  await expect(chat.getByRole('button', { name: 'Not helpful' })).toHaveAttribute('aria-pressed', 'true');
  await expect(chat.getByRole('textbox', { name: 'What was missing or wrong?' })).toBeFocused();
  await chat.getByRole('textbox', { name: 'What was missing or wrong?' }).fill('No date.');
  const explained = page.waitForRequest('**/api/feedback');
  await chat.locator('.explain').getByRole('button', { name: 'Send' }).click();
  expect((await explained).postDataJSON()).toMatchObject({ vote: -1, comment: 'No date.' });
  await expect(chat.getByText('Thank you.')).toBeVisible();
  await expect(chat.getByRole('button', { name: 'Not helpful' })).toBeFocused();
});

test('a suggested question is asked with one press, the next one in the same conversation', async ({ page }) => {
  await page.goto('/portal/');
  await page.getByRole('button', { name: 'Open partner assistant' }).click();
  const first = page.waitForRequest('**/api/chat');
  await page.getByRole('button', { name: 'What do I still need for the next tier?' }).last().click();
  const { id, messages } = (await first).postDataJSON();
  expect(messages).toMatchObject([{ role: 'user', parts: [{ type: 'text', text: 'What do I still need for the next tier?' }] }]);
  await expect(page.getByRole('button', { name: /^Citation 2/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  const second = page.waitForRequest('**/api/chat');
  await ask(page, 'How do I extend a registration?');
  expect((await second).postDataJSON().id).toBe(id);
});

test('stop ends the answer and closes the connection', async ({ page }) => {
  const chat = await askOnPortal(page, 'slow please');
  await expect(chat.getByText('word 3')).toBeVisible();
  const closed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/chat'));
  await chat.getByRole('button', { name: 'Stop' }).click();
  await closed;
  await expect(chat.locator('p.note', { hasText: 'Stopped.' })).toBeVisible();
  await ask(page, 'How long?');
  await expect(chat.getByRole('button', { name: /^Citation 2/ })).toBeVisible();
});

test('another partner begins anew, while an answer is still on its way', async ({ page }) => {
  const chat = await askOnPortal(page, 'slow please');
  await expect(chat.getByText('word 3')).toBeVisible();
  await page.getByRole('combobox', { name: 'Signed in as' }).selectOption('p-003');
  await expect(chat.getByText('How can I help?')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Welcome, Kestrel Works' })).toBeVisible();
  await ask(page, 'commissions');
  await expect(chat.locator('.prose').getByText('Partner p-003 has 2 pending')).toBeVisible();
  await expect(chat.getByText(/word \d/)).toBeHidden();
});

test('the page asks for the partner', async ({ page }) => {
  await page.goto('/portal/');
  await expect(page.getByRole('combobox', { name: 'Signed in as' })).toBeEnabled();
  await page.getByRole('button', { name: 'How long am I protected?' }).click();
  await expect(page.getByRole('button', { name: /^Citation 1/ }).first()).toBeVisible();
});

test('the language comes from the page when the element has none', async ({ page }) => {
  await page.goto('/test/empty');
  await page.getByRole('button', { name: 'Partner-Assistent öffnen' }).click();
  await expect(page.getByRole('textbox', { name: 'Ihre Frage' })).toBeFocused();
  await page.evaluate(() => document.querySelector('liaison-chat')?.setAttribute('lang', 'fr'));
  await expect(page.getByRole('textbox', { name: 'Votre question' })).toBeVisible();
});

test('a page can take its style', async ({ page }) => {
  await page.goto('/test/empty');
  await page.evaluate(() => document.querySelector<HTMLElement>('liaison-chat')?.style.setProperty('--liaison-accent', 'rgb(120, 0, 0)'));
  await expect(page.getByRole('button')).toHaveCSS('background-color', 'rgb(120, 0, 0)');
});
