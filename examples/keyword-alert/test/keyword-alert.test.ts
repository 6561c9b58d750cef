import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BasicConversation, type Client, createClient } from '@parley/client';
import { createServer } from '@parley/client/server';
import { type ParleyProcess, startParleyProcess } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readOptions } from '../src/options.ts';

const PLUGIN = fileURLToPath(new URL('../src/keyword-alert.ts', import.meta.url));
const keys = { appId: 'keyword-alert-app', appKey: 'keyword-alert-key', masterKey: 'keyword-alert-master' };

let folder: string;
let parley: ParleyProcess;
let moderators: string;
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
  folder = await mkdtemp(join(tmpdir(), 'keyword-alert-'));
  parley = await start();
  moderators = await createServer({ ...keys, url: parley.url }).createConversation({ members: ['Spike'] });
  await parley.stop();
  const options = { words: ['Refund', 'lawyer'], conversation: moderators };
  const config = join(folder, 'parley.config.json');
  await writeFile(config, JSON.stringify({ plugins: [{ path: PLUGIN, options }] }));
  parley = await start({ PARLEY_CONFIG: config });
});
afterAll(async () => {
  await Promise.all(everybody.map((client) => client.close()));
  await parley.stop();
  await rm(folder, { recursive: true, force: true });
});

function client(clientId: string): Client {
  const { appId, appKey } = keys;
  const made = createClient({ url: parley.url, appId, appKey, clientId });
  everybody.push(made);
  return made;
}

it('[F-MOD-02] moderators learn of messages and edits with the words, and nobody else of anything', async () => {
  const alerts: string[] = [];
  const room = (await client('Spike').conversations.get(moderators)) as BasicConversation;
  room.on('message', ({ message }) => alerts.push(`${message.from}: ${message.text}`));
  const chat = await client('Tom').conversations.create({ members: ['Jerry'], name: 'Support' });
  const seen: (string | undefined)[] = [];
  const jerry = client('Jerry');
  jerry.on('message', ({ message }) => seen.push(message.text));
  await jerry.whenOpen();

  await chat.send('hello');
  await chat.send('I want a REFUND, or I call my lawyer');
  const edited = await chat.send('so what');
  await chat.edit(edited, 'then a refund');
  await expect
    .poll(() => alerts)
    .toEqual([
      'keyword-alert: Tom wrote in Support (refund, lawyer): I want a REFUND, or I call my lawyer',
      'keyword-alert: Tom wrote in Support (refund): then a refund',
    ]);
  await room.send('no refund for Tom');
  await chat.send('bye, without lawyer');
  await expect
    .poll(() => alerts.slice(2))
    .toEqual(['keyword-alert: Tom wrote in Support (lawyer): bye, without lawyer']);
  await expect.poll(() => seen.at(-1)).toBe('bye, without lawyer');
  expect(seen).toEqual(['hello', 'I want a REFUND, or I call my lawyer', 'so what', 'bye, without lawyer']);
});

it('[F-MOD-02] says what is wrong with its options', () => {
  expect(() => readOptions(undefined)).toThrow('"words" must be a list of words.');
  expect(() => readOptions({ words: ['x', ''], conversation: 'c' })).toThrow('"words"');
  expect(() => readOptions({ words: ['x'] })).toThrow('"conversation"');
  expect(readOptions({ words: ['x'], conversation: 'c' })).toMatchObject({ from: 'keyword-alert' });
});
