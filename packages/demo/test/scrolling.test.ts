import { createClient } from '@parley/client';
import type { Page } from '@parley/testkit/browser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { message, messages, openConversation, say, textsBeginningWith } from './support/chat-page.ts';
import { Crowd } from './support/crowd.ts';
import { PATIENCE, Stage } from './support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
}, PATIENCE);
afterEach(() => stage.leave());
afterAll(() => stage.close());

const scroller = (page: Page) => page.getByRole('region', { name: 'Messages' });

/** The row at the top of the view, and how far from the top it is. */
function rowInView(page: Page) {
  return scroller(page).evaluate((view) => {
    const { top } = view.getBoundingClientRect();
    const rows = [...view.querySelectorAll<HTMLElement>('[data-key]')];
    const row = rows.find((each) => each.getBoundingClientRect().bottom > top);
    return {
      key: row?.dataset.key ?? '',
      offset: (row?.getBoundingClientRect().top ?? 0) - top,
      rows: rows.length,
    };
  });
}

function offsetOf(page: Page, key: string): Promise<number> {
  return scroller(page).evaluate((view, wanted) => {
    const row = [...view.querySelectorAll<HTMLElement>('[data-key]')].find(
      (each) => each.dataset.key === wanted,
    );
    return (row?.getBoundingClientRect().top ?? Number.NaN) - view.getBoundingClientRect().top;
  }, key);
}

const isAtEnd = (page: Page) =>
  scroller(page).evaluate((view) => view.scrollHeight - view.scrollTop - view.clientHeight < 2);

describe('the messages on the screen', { timeout: 4 * PATIENCE }, () => {
  it('[F-GEN-10] stay where they are while older ones come before them, to the very first', async () => {
    const bob = createClient({ url: stage.url, ...(await stage.keys()), clientId: 'Bob' });
    const chat = await bob.conversations.create({ members: ['Ada'] });
    for (let said = 1; said <= 100; said++)
      await chat.send(`line ${said}${' of more words'.repeat(said % 7)}`);
    const ada = await stage.enter('Ada');
    await openConversation(ada, 'Bob');
    await message(ada, 'line 100').waitFor();
    expect(await isAtEnd(ada)).toBe(true);

    for (let pages = 0; (await ada.getByText('This is where it began').count()) === 0; pages++) {
      expect(pages).toBeLessThan(10);
      const before = (await rowInView(ada)).rows;
      await scroller(ada).evaluate((view) => {
        view.scrollTop = 200;
      });
      const seen = await rowInView(ada);
      await expect
        .poll(async () => (await rowInView(ada)).rows, { timeout: PATIENCE })
        .toBeGreaterThan(before);
      expect(Math.abs((await offsetOf(ada, seen.key)) - seen.offset)).toBeLessThanOrEqual(1);
    }
    const lines = await textsBeginningWith(ada, 'line');
    expect(lines.map((line) => Number(line.split(' ')[1]))).toEqual(
      Array.from({ length: 100 }, (_, at) => at + 1),
    );
    // New ones do not move who reads old ones, and the way back is one press.
    const seen = await rowInView(ada);
    await chat.send('line 101');
    await message(ada, 'line 101').waitFor({ state: 'attached' });
    expect(await offsetOf(ada, seen.key)).toBe(seen.offset);
    await ada.getByRole('button', { name: 'To the latest message' }).click();
    expect(await isAtEnd(ada)).toBe(true);
    await bob.close();
  });

  it.each([-1, 1])(
    '[F-GEN-10] are read aloud when they are new, on a device whose clock is wrong by %i hour',
    async (hours) => {
      const bob = createClient({ url: stage.url, ...(await stage.keys()), clientId: 'Bob' });
      const chat = await bob.conversations.create({ members: [`Ada${hours}`] });
      await chat.send('before');
      const ada = await stage.visit();
      await ada.addInitScript((wrong) => {
        const now = Date.now;
        Date.now = () => now() + wrong;
      }, hours * 3_600_000);
      await ada.goto(`${stage.url}/?name=Ada${hours}`);
      await openConversation(ada, 'Bob');
      await message(ada, 'before').waitFor();
      const aloud = ada.getByRole('status').filter({ hasText: 'Bob: ' });
      expect(await aloud.count()).toBe(0);
      await chat.send('after');
      await message(ada, 'after').waitFor();
      await aloud.filter({ hasText: 'after' }).waitFor({ state: 'attached' });
      await bob.close();
    },
  );

  it('[F-GEN-10] scroll on in a chat room of fifty who all talk, while somebody reads and writes there', async () => {
    const ada = await stage.enter('Ada');
    await openConversation(ada, 'Town square');
    const crowd = await Crowd.enter(stage, 50);
    await ada.getByText('52 people here now').waitFor();
    crowd.talk();

    // At the end, the view follows.
    await message(ada, 'guest 50 says 2').waitFor();
    expect(await isAtEnd(ada)).toBe(true);
    // Whoever writes is not held up, however long the others go on: they do not stop before this is through.
    await ada.getByRole('combobox', { name: 'Message' }).pressSequentially('may I say something');
    await ada.keyboard.press('Enter');
    await message(ada, 'may I say something').locator('[data-mark=sent]').waitFor({ state: 'attached' });
    // Whoever reads keeps the line they are at.
    await scroller(ada).hover();
    await ada.mouse.wheel(0, -600);
    await ada.getByRole('button', { name: 'To the latest message' }).waitFor();
    const seen = await rowInView(ada);
    const newest = await messages(ada).last().getAttribute('data-key');
    await expect
      .poll(() => messages(ada).last().getAttribute('data-key'), { timeout: PATIENCE })
      .not.toBe(newest);
    expect(Math.abs((await offsetOf(ada, seen.key)) - seen.offset)).toBeLessThanOrEqual(1);

    await crowd.hush();
    await say(ada, 'the end');
    await message(ada, 'the end').locator('[data-mark=sent]').waitFor({ state: 'attached' });
    await expect.poll(() => isAtEnd(ada), { timeout: PATIENCE }).toBe(true);
    // Of each guest, in the order they spoke, each once; and no more rows than somebody can look at.
    const said = new Map<string, number[]>();
    for (const line of await textsBeginningWith(ada, 'guest')) {
      const [guest = '', number = ''] = line.split(' says ');
      if (number !== '') said.set(guest, [...(said.get(guest) ?? []), Number(number)]);
    }
    for (const numbers of said.values()) {
      expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
    }
    expect(await messages(ada).count()).toBeLessThanOrEqual(200);
    await crowd.leave();
    await ada.getByText('2 people here now').waitFor();
  });
});
