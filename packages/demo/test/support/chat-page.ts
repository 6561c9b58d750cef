import type { Page } from '@parley/testkit/browser';

/** What people do on the page, in their words. */

export const conversation = (page: Page, title: string) =>
  page.getByRole('navigation').getByRole('button').filter({ hasText: title });

/** The messages that are on the screen or above and below it. */
export const messages = (page: Page) => page.getByTestId('message');

export const message = (page: Page, text: string | RegExp) => messages(page).filter({ hasText: text });

export async function openConversation(page: Page, title: string): Promise<void> {
  await conversation(page, title).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

export async function beginConversation(page: Page, ...names: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).click();
  for (const name of names) {
    await page.getByLabel('Who with?').fill(name);
    await page.getByLabel('Who with?').press('Enter');
  }
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Start/ })
    .click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Message' }).fill(text);
  await page.getByRole('combobox', { name: 'Message' }).press('Enter');
}

/** Texts of the messages that begin with this, from the oldest to the newest. */
export async function textsBeginningWith(page: Page, start: string): Promise<string[]> {
  const all = await messages(page).allInnerTexts();
  return all.flatMap((text) => text.split('\n').filter((line) => line.startsWith(start)));
}
