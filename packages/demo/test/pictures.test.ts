import type { Locator, Page } from '@parley/testkit/browser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beginConversation, messages, openConversation } from './support/chat-page.ts';
import { png } from './support/png.ts';
import { PATIENCE, Stage } from './support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
}, PATIENCE);
afterEach(() => stage.leave());
afterAll(() => stage.close());

async function attach(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  await page.getByTestId('pictures').setInputFiles({ name, mimeType, buffer });
}

/** How wide the picture of the newest message is, once it is loaded. */
async function widthOfNewest(page: Page): Promise<number> {
  const picture = messages(page).last().getByRole('img', { includeHidden: true }).first();
  await picture.waitFor();
  return picture.evaluate(async (element) => {
    const image = element as HTMLImageElement;
    await image.decode();
    return image.naturalWidth;
  });
}

const widthOf = (locator: Locator) => locator.evaluate((element) => element.getBoundingClientRect().width);
const colourOf = (locator: Locator) => locator.evaluate((element) => getComputedStyle(element).color);

describe('pictures on the chat page', { timeout: 2 * PATIENCE }, () => {
  it('[F-GEN-10] are sent, seen by the other, made small enough, and shown in large', async () => {
    const tom = await stage.enter('Tom');
    const jerry = await stage.enter('Jerry');
    await beginConversation(tom, 'Jerry');
    await openConversation(jerry, 'Tom');

    await attach(tom, 'square.png', 'image/png', png(120, 90));
    await messages(jerry).first().waitFor();
    expect(await widthOfNewest(jerry)).toBe(120);
    await attach(tom, 'wall.png', 'image/png', png(4000, 1000));
    await messages(jerry).nth(1).waitFor();
    expect(await widthOfNewest(jerry)).toBe(1600);

    for (const page of [tom, jerry]) {
      const thumbnail = messages(page).last().getByRole('button', { name: 'Show the picture' });
      // Around it there is a margin, and no more.
      expect(await widthOf(thumbnail.locator('..'))).toBeLessThan((await widthOf(thumbnail)) + 20);
      await thumbnail.click();
      const dialog = page.getByRole('dialog', { name: 'wall.png' });
      await dialog.waitFor();
      // Whatever colours the bubble has: white on white is no title.
      expect(await colourOf(dialog.getByRole('heading'))).toBe(await colourOf(page.locator('body')));
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
  });

  it('[F-GEN-10] are refused with a sentence where they are none or too large', async () => {
    const ada = await stage.enter('Ada');
    await beginConversation(ada, 'Bob');
    await attach(ada, 'notes.txt', 'text/plain', Buffer.from('no picture'));
    await ada.getByText('notes.txt is not a picture.').waitFor();
    await attach(ada, 'broken.png', 'image/png', Buffer.from('no picture either'));
    await ada.getByText('broken.png could not be uploaded.').waitFor();
    // An animation is sent as it is, or not at all.
    await attach(ada, 'long.gif', 'image/gif', Buffer.alloc(3 * 1024 * 1024));
    await ada.getByText('long.gif is larger than 2 MB.').waitFor();
    expect(await messages(ada).count()).toBe(0);
  });
});
