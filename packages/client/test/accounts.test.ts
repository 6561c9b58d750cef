import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer, createSigner, type ParleyServer } from '../src/server/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { until } from './support/until.ts';

let parley: Parley;
let server: ParleyServer;
beforeAll(async () => {
  parley = await startParley({ store: 'memory', settings: { signLogin: true } });
  server = createServer(parley);
});
afterAll(() => parley.close());
sendHomeAfterEach();

const accounts = async () => (await server.request('GET', '/1.1/users')).results as readonly object[];

/** A day in the life of three people: two talk in a group, one is sent away. */
async function live() {
  const authorize = createSigner(parley);
  const [tom, jerry, spike] = await Promise.all(
    ['Tom', 'Jerry', 'Spike'].map(async (name) => (await person(parley, name, { authorize })).client),
  );
  if (tom === undefined || jerry === undefined || spike === undefined) throw new Error('Nobody came.');
  const chat = await tom.conversations.create({ members: ['Jerry', 'Spike'], unique: false });
  await chat.send('hello', { mention: ['Jerry'] });
  await until(() => jerry.conversations.known(chat.id)?.unreadCount === 1);
  await chat.setRole('Jerry', 'Manager');
  await chat.silence(['Spike']);
  await chat.block(['Spike']);
  await server.kick('Spike');
  await until(() => spike.state.name === 'closed');
}

describe('the accounts of the app', () => {
  it('[F-GEN-01][F-GEN-02] are not needed, and none are made', async () => {
    expect(await accounts()).toEqual([]);
    await live();
    expect(await accounts()).toEqual([]);
  });

  it('[F-GEN-02] are not touched where the app keeps some here under the same names', async () => {
    for (const username of ['Tom', 'Spike']) {
      await server.request('POST', '/1.1/users', { body: { username, password: 'secret', nickname: 'x' } });
    }
    const before = await accounts();
    expect(before).toHaveLength(2);
    await live();
    expect(await accounts()).toEqual(before);
  });
});
