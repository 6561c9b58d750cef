import { fileURLToPath } from 'node:url';
import { type Context, createContext, runInContext } from 'node:vm';
import { type Parley, startParley } from '@parley/testkit';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MiniProgramApi } from '../src/index.ts';
import { fetchHttp } from '../src/platform/fetch-http.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());

/** What came into the language after 2022; older phones have none of it. */
const TOO_NEW = `
  for (const name of ['toReversed', 'toSorted', 'toSpliced', 'with', 'findLast', 'findLastIndex'])
    delete Array.prototype[name];
  for (const name of ['toReversed', 'toSorted', 'with', 'findLast', 'findLastIndex'])
    delete Object.getPrototypeOf(Uint8Array.prototype)[name];
  for (const name of ['groupBy']) { delete Object[name]; delete Map[name]; }
  for (const name of ['withResolvers', 'try']) delete Promise[name];
  for (const name of ['union', 'intersection', 'difference', 'isSubsetOf']) delete Set.prototype[name];
  delete Array.fromAsync; delete ArrayBuffer.prototype.transfer; delete String.prototype.isWellFormed;
  delete Iterator.prototype.map; delete Iterator.prototype.toArray; delete Iterator.prototype.filter;
`;

/** A program, as the build of a mini-program makes it. */
const PROGRAM = `
  import { createClient, miniProgramPlatform } from ${JSON.stringify(fileURLToPath(new URL('../src/index.ts', import.meta.url)))};
  globalThis.talk = async (wx, options) => {
    const platform = miniProgramPlatform(wx);
    const [tom, jerry] = ['Tom', 'Jerry'].map((clientId) => createClient({ ...options, clientId, platform }));
    await jerry.whenOpen();
    const heard = jerry.once('message');
    const chat = await tom.conversations.create({ members: ['Jerry'], attributes: { kind: 'test' } });
    const list = tom.messages.live(chat);
    await list.ready;
    await chat.send('你好');
    const { conversation, message } = await heard;
    await conversation.send('hi', { mention: ['Tom'] });
    const texts = [];
    for await (const { text } of conversation.history()) texts.push(text);
    const found = await tom.conversations.query().where('attributes.kind', '=', 'test').find();
    const roles = await chat.roles();
    await new Promise((resolve) => { const look = () => list.items.length === 2 && resolve(); list.subscribe(look); look(); });
    await Promise.all([tom.close(), jerry.close()]);
    return [message.text, texts.join(), found.length, roles.get('Tom'), list.items.map(({ text }) => text).join()].join(' | ');
  };
`;

/** The functions of the host, on the network of this machine. Buffers have to be of the engine that gets them. */
function host(context: Context): MiniProgramApi {
  const bufferOf = runInContext('(bytes) => Uint8Array.from(bytes).buffer', context) as (
    bytes: readonly number[],
  ) => ArrayBuffer;
  return {
    connectSocket({ url, protocols }) {
      const socket = new WebSocket(url, protocols);
      socket.binaryType = 'arraybuffer';
      return {
        onOpen: (listener) => socket.addEventListener('open', () => listener()),
        onMessage: (listener) =>
          socket.addEventListener('message', ({ data }) =>
            listener({ data: bufferOf([...new Uint8Array(data)]) }),
          ),
        onClose: (listener) =>
          socket.addEventListener('close', ({ code, reason }) => listener({ code, reason })),
        onError: (listener) => socket.addEventListener('error', () => listener({})),
        send: ({ data }) => socket.send(Uint8Array.from(new Uint8Array(data))),
        close: () => socket.close(),
      };
    },
    request({ url, method, header, data, success, fail }) {
      const body = typeof data === 'string' ? { body: data } : {};
      fetch(url, { method, headers: { ...header }, ...body })
        .then(async (response) => success({ statusCode: response.status, data: await response.text() }))
        .catch(fail);
    },
  };
}

describe('the SDK on a phone', () => {
  it('[F-SDK-01] needs nothing but timers, the language of 2022, and what a mini-program offers', async () => {
    const { outputFiles } = await build({
      stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      ...{ bundle: true, write: false, format: 'iife', target: 'es2020', logLevel: 'silent' },
    });
    const context = createContext({ setTimeout, clearTimeout });
    runInContext(TOO_NEW, context);
    runInContext(outputFiles[0]?.text ?? '', context);
    const { url, appId, appKey } = parley;
    const talk = runInContext('talk', context) as (wx: MiniProgramApi, options: object) => Promise<string>;
    expect(await talk(host(context), { url, appId, appKey })).toBe('你好 | hi,你好 | 1 | Owner | 你好,hi');
  });

  it('[F-SDK-01] asks over HTTP where signals have no time-out, as in React Native', async () => {
    vi.stubGlobal('AbortSignal', undefined);
    try {
      const { status } = await fetchHttp({ method: 'GET', url: `${parley.url}/healthz`, headers: {} });
      expect(status).toBe(200);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
