import { fileURLToPath } from 'node:url';
import { type Parley, startParley } from '@parley/testkit';
import { type Browser, launchBrowser, type Page } from '@parley/testkit/browser';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, Conversation, LiveMessages, Message } from '../src/index.ts';

/** What the page is given, and what it keeps between the steps of a test. */
interface Scope {
  readonly sdk: typeof import('../src/index.ts');
  client: Client;
  chat: Conversation;
  list: LiveMessages;
  /** Texts at every moment in which the list changed. */
  seen: string[][];
}

const INDEX = fileURLToPath(new URL('../src/index.ts', import.meta.url));
const PATIENCE = 90_000;
let parley: Parley;
let browser: Browser;
let bundle: string;

beforeAll(async () => {
  [parley, browser, bundle] = await Promise.all([startParley(), launchBrowser(), bundled()]);
}, PATIENCE);
afterAll(async () => {
  await browser.close();
  await parley.close();
});

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [INDEX],
    ...{ bundle: true, write: false, format: 'iife', globalName: 'sdk', target: 'es2022' },
  });
  return outputFiles[0]?.text ?? '';
}

/** A page with the SDK and a client. */
async function pageOf(clientId: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${parley.url}/healthz`);
  await page.addScriptTag({ content: bundle });
  const { url, appId, appKey } = parley;
  await page.evaluate(
    (options) => {
      const scope = globalThis as unknown as Scope;
      scope.client = scope.sdk.createClient(options);
      return scope.client.whenOpen();
    },
    { url, appId, appKey, clientId },
  );
  return page;
}

/** Opens the conversation with somebody and follows what is said there. */
async function follow(page: Page, other: string): Promise<void> {
  await page.evaluate(async (member) => {
    const scope = globalThis as unknown as Scope;
    scope.chat = await scope.client.conversations.create({ members: [member] });
    scope.list = scope.client.messages.live(scope.chat);
    scope.seen = [];
    scope.list.subscribe(() => scope.seen.push(scope.list.items.map(({ text }: Message) => text)));
    await scope.list.ready;
  }, other);
}

const texts = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as Scope).list.items.map(({ text }: Message) => text));

const send = (page: Page, text: string) =>
  page.evaluate(async (words) => {
    await (globalThis as unknown as Scope).chat.send(words);
  }, text);

describe('the SDK in Chromium', { timeout: 2 * PATIENCE }, () => {
  it('[F-SDK-01] connects, sends, keeps a list right through a loss of the network, and uploads', async () => {
    const tom = await pageOf('Tom');
    const jerry = await pageOf('Jerry');
    await follow(tom, 'Jerry');
    await follow(jerry, 'Tom');
    await send(tom, 'one');
    await expect.poll(() => texts(jerry), { timeout: PATIENCE }).toEqual(['one']);

    await jerry.context().setOffline(true);
    await jerry.waitForFunction(
      () => (globalThis as unknown as Scope).client.connection.state.name === 'offline',
    );
    await send(tom, 'two');
    await send(tom, 'three');
    const own = send(jerry, 'four');
    await expect.poll(() => texts(jerry), { timeout: PATIENCE }).toEqual(['one', 'four']);
    await jerry.context().setOffline(false);
    await own;
    await expect.poll(() => texts(jerry), { timeout: PATIENCE }).toEqual(['one', 'two', 'three', 'four']);
    await expect.poll(() => texts(tom), { timeout: PATIENCE }).toEqual(['one', 'two', 'three', 'four']);
    // At no moment was anything there twice.
    const seen = await jerry.evaluate(() => (globalThis as unknown as Scope).seen);
    for (const moment of seen) expect(new Set(moment).size).toBe(moment.length);

    const url = await tom.evaluate(async () => {
      const { client } = globalThis as unknown as Scope;
      const file = new File(['hello from a browser'], 'hello.txt', { type: 'text/plain' });
      let progress = 0;
      const stored = await client.files.upload(file, {
        onProgress: (now: number) => {
          progress = now;
        },
      });
      return progress === 1 ? stored.url : 'no progress was told';
    });
    expect(await (await fetch(url)).text()).toBe('hello from a browser');
  });
});
