import type { Page } from '@parley/testkit/browser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beginConversation, message, openConversation, say } from './support/chat-page.ts';
import { PATIENCE, Stage } from './support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
}, PATIENCE);
afterEach(() => stage.leave());
afterAll(() => stage.close());

const field = (page: Page) => page.getByRole('combobox', { name: 'Message' });

/** Somebody in a group of three, where names are offered. */
async function enterGroup(name: string): Promise<Page> {
  const page = await stage.enter(name);
  await beginConversation(page, 'Bob', 'Cleo');
  await page.getByRole('heading', { level: 1, name: `${name}, Bob, Cleo` }).waitFor();
  return page;
}

describe('writing on the chat page', { timeout: 2 * PATIENCE }, () => {
  it('[F-GEN-10] puts a chosen name where it was asked for, and what is typed next behind it, however late the next frame is', async () => {
    const ada = await enterGroup('Ada');
    await ada.evaluate(() => {
      window.requestAnimationFrame = (act) => window.setTimeout(act, 300);
    });
    await field(ada).fill('!');
    await field(ada).press('Home');
    await ada.keyboard.type('@B');
    await ada.keyboard.press('Enter');
    await ada.keyboard.type('look here');
    await ada.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => done(true))));
    await ada.keyboard.type(', now');
    expect(await field(ada).inputValue()).toBe('@Bob look here, now!');
  });

  it('[F-GEN-10] takes the name that fits what was typed, also where keys overlap', async () => {
    const ada = await enterGroup('Ada');
    await field(ada).focus();
    await ada.keyboard.type('@');
    await ada.keyboard.down('c');
    await ada.keyboard.press('Enter');
    await ada.keyboard.up('c');
    expect(await field(ada).inputValue()).toBe('@Cleo ');
  });

  it('[F-GEN-10] offers names again after the list was closed', async () => {
    const ada = await enterGroup('Ada');
    await field(ada).pressSequentially('@');
    await ada.getByRole('option', { name: 'Bob' }).waitFor();
    await ada.keyboard.press('Escape');
    await ada.getByRole('option', { name: 'Bob' }).waitFor({ state: 'detached' });
    await ada.keyboard.type('B');
    expect(await ada.getByRole('option').count()).toBe(0);
    await field(ada).fill('');
    await field(ada).pressSequentially('@');
    await ada.getByRole('option', { name: 'Bob' }).waitFor();
  });

  it('[F-GEN-10] puts emoji where the caret is, and leaves the field to who types on', async () => {
    const ada = await stage.enter('Ada');
    const dan = await stage.enter('Dan');
    await beginConversation(ada, 'Dan');
    await openConversation(dan, 'Ada');
    await field(ada).fill('ab');
    await field(ada).press('ArrowLeft');
    await ada.getByRole('button', { name: 'Emoji' }).click();
    await ada.getByRole('button', { name: '🎉' }).click();
    await ada.keyboard.type('1');
    expect(await field(ada).inputValue()).toBe('a🎉1b');
    // The panel is still there, and whatever makes the page anew is no reason to go there.
    await say(dan, 'hello');
    await message(ada, 'hello').waitFor();
    await ada.keyboard.type('2');
    expect(await field(ada).inputValue()).toBe('a🎉12b');
    await ada.getByRole('button', { name: '🎁' }).press('Escape');
    await ada.getByRole('button', { name: '🎁' }).waitFor({ state: 'detached' });
    await ada.keyboard.type('3');
    expect(await field(ada).inputValue()).toBe('a🎉123b');
  });

  it('[F-GEN-10] keeps what was begun in a chat for who began it', async () => {
    const ada = await stage.enter('Ada');
    await openConversation(ada, 'Weekend hike');
    await field(ada).fill('begun');
    await openConversation(ada, 'Town square');
    expect(await field(ada).inputValue()).toBe('');
    await openConversation(ada, 'Weekend hike');
    expect(await field(ada).inputValue()).toBe('begun');
    await ada.getByRole('button', { name: 'Settings' }).click();
    await ada.getByRole('button', { name: 'Use another name' }).click();
    await ada.getByLabel('Your name').fill('Zed');
    await ada.keyboard.press('Enter');
    await openConversation(ada, 'Weekend hike');
    expect(await field(ada).inputValue()).toBe('');
  });

  it('[F-GEN-10] keeps what was begun while an older message is edited', async () => {
    const ada = await stage.enter('Ada');
    await beginConversation(ada, 'Bob');
    await say(ada, 'one');
    await say(ada, 'two');
    const edit = async (text: string) => {
      await message(ada, text).hover();
      await message(ada, text).getByRole('button', { name: 'Edit' }).click();
    };
    await field(ada).fill('begun');
    await edit('one');
    await ada.keyboard.type(' more');
    expect(await field(ada).inputValue()).toBe('one more');
    await ada.keyboard.press('Enter');
    await message(ada, 'one more').getByTestId('edited').waitFor();
    expect(await field(ada).inputValue()).toBe('begun');
    await edit('two');
    await ada.keyboard.press('Escape');
    await ada.getByText('Editing your message').waitFor({ state: 'detached' });
    expect(await field(ada).inputValue()).toBe('begun');
    await ada.keyboard.type(', ended');
    await ada.keyboard.press('Enter');
    await message(ada, 'begun, ended').waitFor();
    // With nothing begun, the arrow takes the newest, and the very next key belongs to it.
    await ada.keyboard.press('ArrowUp');
    await ada.keyboard.type('!');
    expect(await field(ada).inputValue()).toBe('begun, ended!');
  });
});
