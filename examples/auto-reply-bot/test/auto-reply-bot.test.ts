import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, createClient, type ServiceConversation } from '@parley/client';
import { createServer } from '@parley/client/server';
import { type ParleyProcess, startParleyProcess } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerTo, readOptions } from '../src/answers.ts';

const PLUGIN = fileURLToPath(new URL('../src/auto-reply-bot.ts', import.meta.url));
const keys = { appId: 'auto-reply-app', appKey: 'auto-reply-key', masterKey: 'auto-reply-master-key' };
const answers = { open: 'From 9 to 18.', price: 'It depends.' };

let folder: string;
let parley: ParleyProcess;
let service: string;
const everybody: Client[] = [];

const start = (environment = {}) =>
  startParleyProcess({
    PARLEY_DATA_DIR: join(folder, 'data'),
    PARLEY_APP_ID: keys.appId,
    PARLEY_APP_KEY: keys.appKey,
    PARLEY_MASTER_KEY: keys.masterKey,
    PARLEY_DRAIN_SECONDS: '0',
    ...environment,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auto-reply-bot-'));
  parley = await start();
  service = await createServer({ ...keys, url: parley.url }).createService('Cheese shop');
  await parley.stop();
  const config = join(folder, 'parley.config.json');
  await writeFile(config, JSON.stringify({ plugins: [{ path: PLUGIN, options: { service, answers } }] }));
  parley = await start({ PARLEY_CONFIG: config });
});
afterAll(async () => {
  await Promise.all(everybody.map((client) => client.close()));
  await parley.stop();
  await rm(folder, { recursive: true, force: true });
});

async function customer(clientId: string) {
  const { appId, appKey } = keys;
  const client = createClient({ url: parley.url, appId, appKey, clientId });
  everybody.push(client);
  const shop = (await client.conversations.get(service)) as ServiceConversation;
  await shop.subscribe();
  const read: string[] = [];
  shop.on('message', ({ message }) => read.push(`${message.from}: ${message.text}`));
  return { shop, read };
}

it('[F-MOD-02][F-SYS-02] answers who asks, once, and nobody else', async () => {
  const tom = await customer('Tom');
  const jerry = await customer('Jerry');
  await tom.shop.send('When are you open?');
  await expect.poll(() => tom.read).toEqual(['bot: From 9 to 18.']);
  await tom.shop.send('I like Gouda');
  await tom.shop.send('What is the price?');
  await expect.poll(() => tom.read).toEqual(['bot: From 9 to 18.', 'bot: It depends.']);
  await jerry.shop.send('Open?');
  await expect.poll(() => jerry.read).toEqual(['bot: From 9 to 18.']);
  expect(tom.read).toHaveLength(2);
});

it('[F-MOD-02] answers by the first word that fits, and says what is wrong with its options', () => {
  const options = readOptions({ service: 's', answers, otherwise: 'Soon.' });
  expect(answerTo('OPEN, and the price?', options)).toBe('From 9 to 18.');
  expect(answerTo('Gouda', options)).toBe('Soon.');
  expect(answerTo('Gouda', readOptions({ service: 's', answers }))).toBeUndefined();
  expect(() => readOptions({ answers })).toThrow('"service"');
  expect(() => readOptions({ service: 's', answers: { open: 9 } })).toThrow('"answers"');
});
