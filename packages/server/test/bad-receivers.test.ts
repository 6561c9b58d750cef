import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { FakeClock, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { say, startConversation } from './flow.ts';

// What a webhook posts to may do anything. Whatever it is, nothing is lost and nothing comes out of order.

let receiver: Server;
let taken: string[] = [];
let attempts = 0;
let answer: RequestListener;
const take: RequestListener = (_request, response) => void response.end();
beforeEach(async () => {
  taken = [];
  attempts = 0;
  answer = take;
  receiver = createServer(async (request, response) => {
    const { data } = JSON.parse(await text(request)) as { data: { data: string }[] };
    attempts++;
    if (answer === take) taken.push(...data.map((record) => record.data));
    answer(request, response);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const url = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;

async function start(options: Parameters<typeof startParley>[0] = {}): Promise<{
  readonly parley: Parley;
  readonly clock: FakeClock;
  readonly speak: (words: string) => Promise<unknown>;
}> {
  const clock = new FakeClock();
  const parley = await startParley({
    clock,
    limits: { readTimeoutMs: 2 ** 40, loginTimeoutMs: 2 ** 40 },
    settings: { webhook: { url: url(), secret: 'c2VjcmV0'.repeat(4), retries: 11 } },
    ...options,
  });
  const tom = await TestClient.open(parley, 'Tom');
  onTestFinished(async () => {
    await tom.close();
    await parley.close();
  });
  const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
  return { parley, clock, speak: (words) => say(tom, cid, words) };
}

/** Time goes on until something is true: each wait begins once the answer before it has come. */
async function eventually(clock: FakeClock, isTrue: () => boolean): Promise<void> {
  await expect
    .poll(
      () => {
        clock.advance(1000);
        return isTrue();
      },
      { timeout: 20_000 },
    )
    .toBe(true);
}

describe('a receiver of webhooks', () => {
  const retried: Readonly<Record<string, RequestListener>> = {
    'fails (500)': (_request, response) => void response.writeHead(500).end('oops'),
    'is busy (429)': (_request, response) => void response.writeHead(429).end(),
    'hangs up': (request) => void request.socket.destroy(),
    'answers what is no HTTP': (request) => void request.socket.end('nonsense\r\n\r\n'),
    'answers half of it': (_request, response) => {
      response.writeHead(500, { 'content-length': 100 }).write('half');
      response.socket?.destroySoon();
    },
  };

  it.each(Object.keys(retried))(
    '[F-HOOK-07] that %s gets it again, in order, until it takes it',
    async (how) => {
      const { clock, speak } = await start();
      answer = retried[how] as RequestListener;
      await speak('one');
      await expect.poll(() => attempts).toBe(1);
      await speak('two');
      await eventually(clock, () => attempts >= 3);
      answer = take;
      await eventually(clock, () => taken.includes('two'));
      expect(taken).toEqual(['one', 'two']);
    },
  );

  const final: Readonly<Record<string, RequestListener>> = {
    'refuses (400)': (_request, response) => void response.writeHead(400).end(),
    'sends it elsewhere': (_request, response) =>
      void response.writeHead(307, { location: 'http://169.254.169.254/latest' }).end(),
    'sends it back to itself': (request, response) =>
      void response.writeHead(308, { location: `http://${request.headers.host}/again` }).end(),
  };

  it.each(Object.keys(final))('[F-HOOK-07] that %s is asked once, and it is set aside', async (how) => {
    const { parley, speak } = await start();
    answer = final[how] as RequestListener;
    await speak('one');
    const letters = () => parley.store.webhooks.deadLetters(1, 0, 10);
    await expect.poll(async () => (await letters()).length).toBe(1);
    expect(attempts).toBe(1);
    answer = take;
    await speak('two');
    await expect.poll(() => taken).toEqual(['two']);
    const app = parley.apps.find(parley.appId);
    const [letter] = await letters();
    if (app === undefined || letter === undefined) throw new Error('There is nothing to replay.');
    await parley.app.core.webhooks.replay(app, letter);
    expect(taken).toEqual(['two', 'one']);
    expect(await letters()).toEqual([]);
  });

  it('[F-HOOK-07] may answer a hundred megabytes: nobody reads them', async () => {
    const { speak } = await start();
    const piece = Buffer.alloc(100_000);
    let given = 0;
    answer = (_request, response) => {
      const pieces = function* () {
        for (; given < 1000; given++) yield piece;
      };
      // That nobody wants it is an error here.
      pipeline(pieces, response).catch(() => {});
    };
    await speak('one');
    await expect.poll(() => attempts).toBe(1);
    answer = take;
    await speak('two');
    await expect.poll(() => taken).toEqual(['two']);
    // What fits into the buffers of the two sockets has left.
    expect(given).toBeLessThan(300);
  });

  it('[F-HOOK-08] at a private address hears nothing where that is not allowed, and it is set aside', async () => {
    const { parley, speak } = await start({ privateTargets: ['10.0.0.0/8'] });
    await parley.apps.changeSettings(parley.appId, {
      webhook: { url: url(), secret: 'c2VjcmV0'.repeat(4), retries: 0 },
    });
    await speak('one');
    const letters = () => parley.store.webhooks.deadLetters(1, 0, 10);
    await expect.poll(async () => (await letters())[0]?.error).toContain('PARLEY_PRIVATE_TARGETS');
    expect(attempts).toBe(0);
  });

  it('[F-HOOK-07] is asked again at once when its settings are put right', async () => {
    const { parley, speak } = await start();
    answer = retried['fails (500)'] as RequestListener;
    await speak('one');
    await expect.poll(() => attempts).toBe(1);
    answer = take;
    await parley.apps.changeSettings(parley.appId, {
      webhook: { url: `${url()}right`, secret: 'c2VjcmV0'.repeat(4), retries: 11 },
    });
    await expect.poll(() => taken).toEqual(['one']);
  });
});
