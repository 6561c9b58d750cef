import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, createClient, type ServiceConversation } from '@parley/client';
import { createServer, type ParleyServer } from '@parley/client/server';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBot } from '../src/bot.ts';

const hookKey = 'a-secret-of-both-sides';
const asked: string[] = [];
const everybody: Client[] = [];
let bot: Server;
let callback: string;
let parley: Parley;
let server: ParleyServer;
let service: string;

beforeAll(async () => {
  bot = createHttpServer();
  await once(bot.listen(0, '127.0.0.1'), 'listening');
  callback = `http://127.0.0.1:${(bot.address() as AddressInfo).port}/`;
  const engine = { url: '', hookKey, hooks: [], legacySign: true };
  const limits = { timeoutMs: 5_000, notifyTimeoutMs: 15_000, maxInFlight: 256 };
  parley = await startParley({
    settings: { serviceMessageCallbackUrl: callback, engine: { ...engine, ...limits } },
  });
  server = createServer(parley);
  service = await server.createService('Cheese shop');
  const answer = (question: string, sender: string) => {
    asked.push(`${sender}: ${question}`);
    return /open/.test(question) ? 'From 9 to 18.' : undefined;
  };
  bot.on('request', createBot({ server, service, hookKey, answer }));
});
afterAll(async () => {
  await Promise.all(everybody.map((client) => client.close()));
  await parley.close();
  bot.close();
  bot.closeAllConnections();
});

async function subscriber(clientId: string) {
  const { url, appId, appKey } = parley;
  const client = createClient({ url, appId, appKey, clientId });
  everybody.push(client);
  const shop = (await client.conversations.get(service)) as ServiceConversation;
  await shop.subscribe();
  const read: string[] = [];
  shop.on('message', ({ message }) => read.push([message.from, message.text].join(': ')));
  return { shop, read };
}

it('[F-GEN-07][F-SYS-02][F-SYS-07] a bot answers who writes to it, nobody else, and speaks to all subscribers', async () => {
  const tom = await subscriber('Tom');
  const jerry = await subscriber('Jerry');
  await tom.shop.send('When are you open?');
  await jerry.shop.send('I like Gouda');
  await expect.poll(() => tom.read).toEqual(['bot: From 9 to 18.']);
  await expect.poll(() => asked.toSorted()).toEqual(['Jerry: I like Gouda', 'Tom: When are you open?']);
  await server.send({ service, to: 'subscribers' }, 'Fresh Gouda today!', { from: 'bot' });
  await expect.poll(() => tom.read).toEqual(['bot: From 9 to 18.', 'bot: Fresh Gouda today!']);
  await expect.poll(() => jerry.read).toEqual(['bot: Fresh Gouda today!']);
});

it('[F-SYS-07] the bot believes nobody but Parley, and answers what comes twice once', async () => {
  const mice = await subscriber('Mice');
  const record = { conv: { objectId: service }, msgId: 'm', from: 'Mice', data: 'open?', timestamp: 1 };
  const call = (key: string) =>
    fetch(callback, {
      method: 'POST',
      headers: { 'x-lc-hook-key': key },
      body: JSON.stringify([record]),
    });
  expect((await call('guessed')).status).toBe(403);
  expect((await call(hookKey)).status).toBe(204);
  expect((await call(hookKey)).status).toBe(204);
  await server.send({ service, to: 'subscribers' }, 'bye', { from: 'bot' });
  await expect.poll(() => mice.read).toEqual(['bot: From 9 to 18.', 'bot: bye']);
});
