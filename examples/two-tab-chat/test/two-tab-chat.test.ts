import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Message } from '@parley/client';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type * as chatModule from '../src/chat.ts';
import { servePage } from '../src/serve.ts';

let parley: Parley;
let page: Server;
let address: string;
let folder: string;
/** As the browser loads it. */
let startChat: typeof chatModule.startChat;
beforeAll(async () => {
  parley = await startParley();
  page = await servePage(parley);
  await once(page.listen(0, '127.0.0.1'), 'listening');
  address = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'two-tab-chat-'));
  const file = join(folder, 'chat.mjs');
  await writeFile(file, await get('/chat.js'));
  ({ startChat } = await import(pathToFileURL(file).href));
});
afterAll(async () => {
  page.close();
  page.closeAllConnections();
  await parley.close();
  await rm(folder, { recursive: true, force: true });
});

const get = async (path: string) => (await fetch(address + path)).text();

async function tab(me: string, peer: string) {
  let shown: readonly Message[] = [];
  let typing: readonly string[] = [];
  const chat = await startChat(
    { ...JSON.parse(await get('/config.json')), me, peer },
    {
      messages(messages) {
        shown = messages;
      },
      typing(names) {
        typing = names;
      },
      state() {},
    },
  );
  return { chat, texts: () => shown.map(({ text }) => text), last: () => shown.at(-1), typing: () => typing };
}

it('[F-GEN-07] two tabs talk to each other with the code that the page loads', async () => {
  const tom = await tab('Tom', 'Jerry');
  const jerry = await tab('Jerry', 'Tom');
  jerry.chat.typing();
  await expect.poll(() => tom.typing()).toEqual(['Jerry']);
  await jerry.chat.say('hello');
  await expect.poll(() => [tom.texts(), tom.typing()]).toEqual([['hello'], []]);
  await tom.chat.say('hi');
  await expect.poll(() => jerry.texts()).toEqual(['hello', 'hi']);
  jerry.chat.read();
  await expect.poll(() => tom.last()?.readAt).toBeGreaterThan(0);

  // A third tab finds what was said.
  const again = await tab('Tom', 'Jerry');
  await expect.poll(() => again.texts()).toEqual(['hello', 'hi']);
  await Promise.all([tom, jerry, again].map(({ chat }) => chat.close()));
});

it('the page gets what it needs and no key of the server', async () => {
  const html = await get('/');
  expect(html).toContain("from './chat.js'");
  const all = await Promise.all(['/', '/chat.js', '/config.json'].map(get));
  expect(all.join()).not.toContain(parley.masterKey);
  // Not fetch, which resolves dots itself.
  for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json']) {
    const asked = request(address, { path }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    expect([path, response.statusCode]).toEqual([path, 404]);
  }
});
