import { type Client, createClient } from '@parley/client';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GiftMessage, goLive, type Shown, Stream } from '../src/stream.ts';

let parley: Parley;
const everybody: Client[] = [];
beforeAll(async () => {
  parley = await startParley();
});
afterAll(async () => {
  await Promise.all(everybody.map((client) => client.close()));
  await parley.close();
});

function person(clientId: string): Client {
  const { url, appId, appKey } = parley;
  const client = createClient({ url, appId, appKey, clientId, messageTypes: [GiftMessage] });
  everybody.push(client);
  return client;
}

function screen() {
  const seen: string[] = [];
  const shown: Shown = {
    comment: (sender, text) => seen.push(`${sender}: ${text}`),
    gift: (sender, gift, total) => seen.push(`${sender} gave ${gift}, ${total}`),
  };
  return { seen, shown };
}

it('[F-GEN-07][F-ROOM-13][F-ROOM-18] viewers comment and give, everybody sees it, and the count is right', async () => {
  const [hostScreen, tomScreen, moniScreen] = [screen(), screen(), screen()];
  const host = await goLive(person('host'), 'Cooking with cheese', ['mona'], hostScreen.shown);
  const mona = await Stream.watch(person('mona'), host.room.id, moniScreen.shown);
  const tom = await Stream.watch(person('tom'), host.room.id, tomScreen.shown);
  expect(await host.viewers()).toBe(3);

  await tom.comment('That looks good!');
  await tom.give('a rose', 10);
  await mona.give('a crown', 500);
  await expect
    .poll(() => hostScreen.seen)
    .toEqual(['tom: That looks good!', 'tom gave a rose, 10', 'mona gave a crown, 510']);
  await expect.poll(() => tomScreen.seen).toEqual(['mona gave a crown, 510']);
  await expect.poll(() => moniScreen.seen).toEqual(['tom: That looks good!', 'tom gave a rose, 10']);
  expect([host.total, mona.total, tom.total]).toEqual([510, 510, 510]);

  await tom.leave();
  expect(await host.viewers()).toBe(2);
  await host.room.send('Thank you!');
  await expect.poll(() => moniScreen.seen.at(-1)).toBe('host: Thank you!');
  // What the server had for Tom came before this answer.
  await tom.viewers();
  expect(tomScreen.seen).toHaveLength(1);
});

it('[F-GEN-07][F-GRP-05] a moderator mutes who disturbs, and no viewer can', async () => {
  const { seen, shown } = screen();
  const host = await goLive(person('host2'), 'Quiet', ['mona2'], shown);
  const moderator = await Stream.watch(person('mona2'), host.room.id, screen().shown);
  const viewer = await Stream.watch(person('tom2'), host.room.id, screen().shown);
  const troll = await Stream.watch(person('troll'), host.room.id, screen().shown);
  await expect(viewer.mute('troll')).rejects.toMatchObject({ code: 4320 });
  await troll.comment('BUY MY COINS');
  await moderator.mute('troll');
  await expect(troll.comment('BUY MY COINS')).rejects.toMatchObject({ reason: 'SILIENCED' });
  await viewer.comment('Peace');
  await expect.poll(() => seen).toEqual(['troll: BUY MY COINS', 'tom2: Peace']);
});
