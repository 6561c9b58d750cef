import { type Client, createClient } from '@parley/client';
import { FakeClock, type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askForHelp, Desk, takeNext } from '../src/desk.ts';

const clock = new FakeClock(Date.now());
let parley: Parley;
const everybody: Client[] = [];
beforeAll(async () => {
  parley = await startParley({ clock });
});
afterAll(async () => {
  await Promise.all(everybody.map((client) => client.close()));
  await parley.close();
});

function person(clientId: string): Client {
  const { url, appId, appKey } = parley;
  const client = createClient({ url, appId, appKey, clientId });
  everybody.push(client);
  return client;
}

it('[F-GEN-07][F-TMP-06][F-TMP-08] customers wait in a queue, an agent takes them in order, and the talk ends by itself', async () => {
  const desk = person('desk');
  new Desk(desk, { agents: ['anna'], talkSeconds: 1_800 });
  const [anna, carl, dora] = [person('anna'), person('carl'), person('dora')];
  await Promise.all(everybody.map((client) => client.whenOpen()));

  const first = askForHelp(carl, 'Where is my parcel?');
  const { message: place } = await carl.once('message');
  expect(place.text).toBe('You are number 1.');
  const second = askForHelp(dora, 'How much is it?');
  expect((await dora.once('message')).message.text).toBe('You are number 2.');

  const toldAnna: string[] = [];
  anna.on('message', ({ message }) => toldAnna.push(message.text));
  const talk = await takeNext(anna);
  expect(talk.id).toBe((await first).id);
  expect([...talk.members].sort()).toEqual(['anna', 'carl', 'desk']);
  expect(talk.lastMessage?.text).toBe('anna is here for carl, who asked: Where is my parcel?');
  const heard = carl.once('message');
  await talk.send('It comes tomorrow.');
  expect((await heard).message.text).toBe('It comes tomorrow.');
  expect((await takeNext(anna)).id).toBe((await second).id);
  await expect.poll(() => toldAnna).toContain('0 more are waiting.');

  clock.advance(1_801_000);
  await expect((await first).send('One more question')).rejects.toMatchObject({ code: 4303 });
});

it('[F-GEN-07] who is no agent takes nobody, and waits like everybody', async () => {
  // Another desk: the hours that passed at the first one ended its connection, and it may not be back yet.
  const desk = person('evening-desk');
  new Desk(desk, { agents: ['anna'], talkSeconds: 1_800 });
  const spike = person('spike');
  await Promise.all([desk, spike].map((client) => client.whenOpen()));
  const toDesk = await spike.conversations.create({ members: [desk.id] });
  const answer = spike.once('message');
  await toDesk.send('next');
  expect((await answer).message.text).toBe('You are number 1.');
});
