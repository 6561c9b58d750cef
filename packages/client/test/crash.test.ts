import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type ParleyProcess, startParleyProcess } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BasicConversation, type Client, createClient, type Message } from '../src/index.ts';
import { until as untilWithin } from './support/until.ts';

const ROUNDS = 3;
const IN_FLIGHT = 3;
/** A process takes its time to start, and clients to come back. */
const until = (condition: () => boolean) => untilWithin(condition, 60_000);
const APP_ID = 'sdk-crash-test-app';
const APP_KEY = 'sdk-crash-test-key';

let folder: string;
let port: number;
let server: ParleyProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-sdk-crash-'));
  port = await freePort();
});
afterAll(async () => {
  await server?.killNine();
  await rm(folder, { recursive: true, force: true });
});

function start(): Promise<ParleyProcess> {
  return startParleyProcess({
    PORT: `${port}`,
    PARLEY_DATA_DIR: folder,
    PARLEY_APP_ID: APP_ID,
    PARLEY_APP_KEY: APP_KEY,
    PARLEY_CLIENT_RATE_LIMITS: 'off',
  });
}

/** Somebody who talks without a pause, with a list of what was said in view. */
function talker(client: Client, chat: BasicConversation) {
  const list = client.messages.live(chat, { pageSize: 1000 });
  const acknowledged: Message[] = [];
  const heard: Message[] = [];
  const doubled: string[] = [];
  let isTalking = true;
  let said = 0;
  client.on('message', ({ message }) => heard.push(message));
  list.subscribe(() => {
    const texts = list.items.map(({ text }) => text);
    doubled.push(...texts.filter((text, at) => texts.indexOf(text) !== at));
  });
  const talk = async () => {
    while (isTalking) acknowledged.push(await chat.send(`${client.id} ${said++}`));
  };
  const talking = Promise.all(Array.from({ length: IN_FLIGHT }, talk));
  return {
    ...{ client, chat, list, acknowledged, heard, doubled },
    stop() {
      isTalking = false;
      return talking;
    },
  };
}

describe('two clients whose server is killed while they talk', () => {
  it('[F-SDK-01][F-MSG-04][F-MSG-67] lose nothing that was acknowledged, and see nothing twice at any moment', async () => {
    server = await start();
    const { url } = server;
    const connect = (clientId: string) => createClient({ url, appId: APP_ID, appKey: APP_KEY, clientId });
    const [tom, jerry] = [connect('Tom'), connect('Jerry')];
    await jerry.whenOpen();
    const chat = await tom.conversations.create({ members: ['Jerry'] });
    const there = (await jerry.conversations.get(chat.id)) as BasicConversation;
    const both = [talker(tom, chat), talker(jerry, there)] as const;
    const count = () => both.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
    for (let round = 0; round < ROUNDS; round++) {
      // The moment of the crash is a number of acknowledgements, so that every round really had some.
      const enough = count() + 10 + Math.floor(Math.random() * 50);
      await until(() => count() >= enough);
      await server.killNine();
      server = await start();
      for (const client of [tom, jerry]) client.connection.retry();
    }
    await Promise.all(both.map(({ stop }) => stop()));

    const history: Message[] = [];
    for await (const message of chat.history({ direction: 'newer', pageSize: 1000 })) history.push(message);
    const ids = history.map(({ id }) => id);
    for (const { client, list, acknowledged, heard, doubled } of both) {
      const texts = history.filter(({ from }) => from === client.id).map(({ text }) => text);
      // Each once, in the order in which they were written.
      expect(texts).toEqual(texts.map((_, at) => `${client.id} ${at}`));
      expect(ids).toEqual(expect.arrayContaining(acknowledged.map(({ id }) => id)));
      expect(new Set(heard.map(({ id }) => id)).size).toBe(heard.length);
      expect(heard.filter(({ from }) => from === client.id)).toEqual([]);
      expect(doubled).toEqual([]);
      await until(() => list.items.length === history.length);
      expect(list.items.map(({ id, status }) => [id, status])).toEqual(ids.map((id) => [id, 'sent']));
    }
    const [, { list }] = both;
    await until(() => there.unreadCount === list.items.filter(({ from }) => from !== jerry.id).length);
    there.markRead();
    await chat.send('one more');
    // Whoever logs in for the first time has only the word of the server. A mark has no answer, so it may take a moment.
    await expect.poll(() => unreadAtLogin(connect('Jerry'), chat.id), { timeout: 60_000 }).toBe(1);
    await Promise.all([tom.close(), jerry.close()]);
    await server.stop();
  }, 240_000);
});

/** How much is unread in a conversation where something is. */
async function unreadAtLogin(client: Client, conversationId: string): Promise<number> {
  const count = () => client.conversations.known(conversationId)?.unreadCount ?? 0;
  await until(() => count() > 0);
  const counted = count();
  await client.close();
  return counted;
}
