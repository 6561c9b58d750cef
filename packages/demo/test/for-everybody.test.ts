import type { Locator, Page } from '@parley/testkit/browser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beginConversation, conversation, message, say } from './support/chat-page.ts';
import { PATIENCE, Stage } from './support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
}, PATIENCE);
afterEach(() => stage.leave());
afterAll(() => stage.close());

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** What is wider than its window makes people scroll sideways. */
const widest = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);

const isFocused = (locator: Locator) => locator.evaluate((element) => element === document.activeElement);

describe('the chat page for everybody', { timeout: 2 * PATIENCE }, () => {
  it('[F-GEN-10] speaks the language of the browser, and another on request', async () => {
    const page = await stage.visit({ locale: 'zh-CN' });
    await page.goto(stage.url);
    await page.getByRole('button', { name: '开始聊天' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
    await page.getByLabel('你的名字').fill('小雅');
    await page.keyboard.press('Enter');
    await message(page, '你好，欢迎').waitFor();
    await conversation(page, '周末徒步').waitFor();
    await conversation(page, '城市广场').waitFor();

    await page.getByRole('button', { name: '设置' }).click();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await page.reload();
    await page.getByRole('combobox', { name: 'Message' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  });

  it('[F-GEN-10] is light or dark as the device is, and as somebody wants it', async () => {
    const page = await stage.visit({ colorScheme: 'dark' });
    await page.goto(stage.url);
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    await page.getByRole('button', { name: 'Ada' }).click();
    await message(page, 'Hi, and welcome').waitFor();
    expect(await theme()).toBe('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(theme, { timeout: PATIENCE }).toBe('light');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Dark', exact: true }).click();
    await expect.poll(theme, { timeout: PATIENCE }).toBe('dark');
  });

  it('[F-GEN-10] fits a phone: from the list to a chat and back', async () => {
    const page = await stage.enter('Phoebe', phone);
    const field = page.getByRole('combobox', { name: 'Message' });
    expect(await widest(page)).toBe(390);
    await field.waitFor({ state: 'hidden' });
    await conversation(page, 'Mei').first().tap();
    await message(page, 'Hi, and welcome').waitFor();
    await page.getByRole('navigation').waitFor({ state: 'hidden' });
    await say(page, `a long word: ${'w'.repeat(200)}`);
    await message(page, 'a long word').locator('[data-mark=read]').waitFor();
    expect(await widest(page)).toBe(390);
    await page.goBack();
    await page.getByRole('navigation').waitFor();
    await conversation(page, 'Leo').first().tap();
    await message(page, 'Leo here').waitFor();
    await page.getByRole('button', { name: 'Details' }).tap();
    await page.getByRole('complementary', { name: 'Details' }).waitFor();
    await page.getByRole('button', { name: 'Close details' }).tap();
    await page.getByRole('button', { name: 'Back to all chats' }).tap();
    await page.getByRole('navigation').waitFor();
  });

  it('[F-GEN-10] needs no mouse', async () => {
    const page = await stage.enter('Kim');
    await message(page, 'I have added you to our hike group').waitFor();
    const field = page.getByRole('combobox', { name: 'Message' });
    await expect.poll(() => isFocused(field), { timeout: PATIENCE }).toBe(true);
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('on two lines');
    await page.keyboard.press('Enter');
    await message(page, 'on two lines').locator('[data-mark=read]').waitFor();

    // Into the messages, to the newest of mine, and to what can be done with it.
    await page.getByRole('region', { name: 'Messages' }).focus();
    const isMine = () => page.evaluate(() => document.activeElement?.getAttribute('data-own') === 'true');
    do await page.keyboard.press('ArrowUp');
    while (!(await isMine()));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Editing your message').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.type(', edited');
    await page.keyboard.press('Enter');
    await message(page, 'on two lines, edited').getByTestId('edited').waitFor();

    await page.keyboard.press('Control+k');
    await page.keyboard.type('leo');
    await conversation(page, 'Weekend hike').waitFor({ state: 'detached' });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Leo' }).waitFor();
    await page.getByRole('searchbox').fill('');
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByRole('heading', { level: 1, name: 'Mei' }).waitFor();

    await page.getByRole('button', { name: 'New chat' }).press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('Lou');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Max');
    await page.getByRole('button', { name: 'Start group of 3' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Kim, Lou, Max' }).waitFor();
    await expect.poll(() => isFocused(field), { timeout: PATIENCE }).toBe(true);
  });

  it('[F-GEN-10] leads the focus back to what opened a dialog or a panel, by key and by button', async () => {
    const page = await stage.enter('Nan');
    await message(page, 'I have added you to our hike group').waitFor();
    const openers = [
      { opener: 'Settings', opened: page.getByRole('dialog'), closer: 'Close' },
      { opener: 'New chat', opened: page.getByRole('dialog'), closer: 'Cancel' },
      {
        opener: 'Details',
        opened: page.getByRole('complementary', { name: 'Details' }),
        closer: 'Close details',
      },
    ];
    for (const { opener, opened, closer } of openers) {
      const button = page.getByRole('button', { name: opener, exact: true });
      await button.press('Enter');
      await opened.waitFor();
      await page.keyboard.press('Escape');
      await opened.waitFor({ state: 'detached' });
      await expect.poll(() => isFocused(button), { timeout: PATIENCE }).toBe(true);
      await button.press('Enter');
      await opened.getByRole('button', { name: closer, exact: true }).press('Enter');
      await opened.waitFor({ state: 'detached' });
      await expect.poll(() => isFocused(button), { timeout: PATIENCE }).toBe(true);
    }
    // A dialog closes before what is behind it.
    await page.getByRole('button', { name: 'Details', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Settings' }).press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.getByRole('complementary', { name: 'Details' }).count()).toBe(1);
  });

  it('[F-GEN-10] shows what others send as text, whatever it looks like', async () => {
    const page = await stage.enter('Eve');
    await beginConversation(page, 'Bob');
    const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
    await say(page, markup);
    await message(page, markup).waitFor();
    await say(page, 'see https://example.com/a?b=1 (or javascript:alert(1))');
    const link = message(page, 'see https').getByRole('link');
    await link.waitFor();
    expect(await link.count()).toBe(1);
    expect(await link.getAttribute('href')).toBe('https://example.com/a?b=1');
    expect(await link.getAttribute('rel')).toContain('noopener');
  });
});
