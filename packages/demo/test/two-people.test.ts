import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beginConversation, conversation, message, openConversation, say } from './support/chat-page.ts';
import { PATIENCE, Stage } from './support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
}, PATIENCE);
afterEach(() => stage.leave());
afterAll(() => stage.close());

describe('the chat page', { timeout: 2 * PATIENCE }, () => {
  it('[F-GEN-10] lets people in by a name, and the sample people greet and answer them', async () => {
    const page = await stage.visit();
    await page.goto(stage.url);
    await page.getByLabel('Your name').fill('Mei');
    await page.getByRole('button', { name: 'Start chatting' }).click();
    await page.getByText('Mei is one of the two people who live here').waitFor();
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Start chatting' }).click();
    await page.getByRole('heading', { level: 1, name: 'Mei' }).waitFor();
    await message(page, 'I have added you to our hike group').waitFor();
    await say(page, 'hello');
    await message(page, /Hello!|Hi there!/).waitFor();
    await conversation(page, 'Weekend hike').waitFor();
    await page.reload();
    await message(page, 'hello').first().waitFor();
  });

  it('[F-GEN-10] carries a conversation between two tabs: unread, read, typing, edits and recalls', async () => {
    const tom = await stage.enter('Tom');
    const jerry = await stage.enter('Jerry');
    await beginConversation(tom, 'Jerry');
    await say(tom, 'Is anybody there?');
    await say(tom, 'It is Tom');
    await conversation(jerry, 'Tom').getByText('2 unread messages').waitFor({ state: 'attached' });
    expect(await message(tom, 'It is Tom').getByTestId('mark').getAttribute('data-mark')).not.toBe('read');

    await openConversation(jerry, 'Tom');
    await message(jerry, 'It is Tom').waitFor();
    await message(tom, 'It is Tom').locator('[data-mark=read]').waitFor();
    await jerry.getByRole('combobox', { name: 'Message' }).pressSequentially('Yes');
    await tom.getByRole('status').getByText('Jerry is typing').waitFor();
    await jerry.keyboard.press('Enter');
    await message(tom, 'Yes').waitFor();
    await conversation(jerry, 'Tom').getByText('unread message').waitFor({ state: 'detached' });

    await tom.getByRole('combobox', { name: 'Message' }).press('ArrowUp');
    await say(tom, 'It is still Tom');
    await message(jerry, 'It is still Tom').getByTestId('edited').waitFor();
    await message(tom, 'Is anybody there?').hover();
    await message(tom, 'Is anybody there?').getByRole('button', { name: 'Take back' }).click();
    await jerry.getByText('Tom took a message back').waitFor();
    expect(await message(jerry, 'Is anybody there?').count()).toBe(0);
  });

  it('[F-GEN-10] makes groups, tells who is mentioned, and who may not speak can try again later', async () => {
    const ada = await stage.enter('Ada');
    const bob = await stage.enter('Bob');
    await beginConversation(ada, 'Bob', 'Cleo');
    await ada.getByRole('heading', { level: 1, name: 'Ada, Bob, Cleo' }).waitFor();
    await ada.getByRole('combobox', { name: 'Message' }).pressSequentially('@B');
    await ada.getByRole('option', { name: 'Bob' }).waitFor();
    await ada.keyboard.press('Enter');
    await ada.keyboard.type('look here');
    await ada.keyboard.press('Enter');
    await conversation(bob, 'Ada, Bob, Cleo').getByTitle('You are mentioned').waitFor();
    await openConversation(bob, 'Ada, Bob, Cleo');
    await message(bob, '@Bob look here').waitFor();

    await ada.getByRole('button', { name: 'Details' }).click();
    await ada.getByLabel('What to do with Bob').click();
    await ada.getByRole('button', { name: 'Silence' }).click();
    await ada.getByText('silenced').waitFor();
    await say(bob, 'Can you hear me?');
    await message(bob, 'Can you hear me?').getByText('Not sent').waitFor();
    await ada.getByRole('button', { name: 'Let speak again' }).click();
    await ada.getByText('silenced').waitFor({ state: 'detached' });
    await message(bob, 'Can you hear me?').getByRole('button', { name: 'Try again' }).click();
    await message(ada, 'Can you hear me?').waitFor();
    await message(bob, 'Can you hear me?').getByText('Not sent').waitFor({ state: 'detached' });
    expect(await message(ada, 'Can you hear me?').count()).toBe(1);
  });
});
