import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CommandType, OpType } from '@parley/protocol';
import {
  FakeClock,
  openMemoryStore,
  type Parley,
  type Store,
  startParley,
  startParleyProcess,
  TestClient,
} from '@parley/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runParley } from '../src/app/testing/run-parley.ts';
import { conv, say, startConversation } from './flow.ts';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;

const PATIENT = { timeout: 20_000 };

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let receiver: Server;
let url = '';
let received: Received[] = [];
/** What the receiver answers next, and then again and again. */
let status = 200;
beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const body = await text(request);
    received.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterAll(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});
beforeEach(() => {
  received = [];
  status = 200;
});

interface Batch {
  readonly type: string;
  readonly app: string;
  readonly data: readonly {
    readonly data: string;
    readonly to: string;
    readonly kind: string;
    readonly 'msg-id': string;
  }[];
}
const batches = () => received.map(({ body }) => JSON.parse(body) as Batch);
const texts = () => batches().flatMap(({ data }) => data.map((record) => record.data));

let parley: Parley;
let clock: FakeClock;
async function start(settings: object, store?: Store): Promise<void> {
  clock = new FakeClock();
  parley = await startParley({
    clock,
    ...(store !== undefined && { store }),
    settings,
    limits: { readTimeoutMs: 2 ** 40, loginTimeoutMs: 2 ** 40 },
  });
}
afterEach(() => parley?.close());

/** Time goes on until it was tried once more. The wait begins only once the server has read the answer before. */
async function triedAgain(wait: number): Promise<void> {
  const before = received.length;
  await expect
    .poll(() => {
      if (received.length === before) clock.advance(wait);
      return received.length;
    })
    .toBeGreaterThan(before);
}

const webhook = (changes = {}) => ({
  webhook: { url: `${url}/hook`, secret: SECRET, retries: 11, ...changes },
});

async function rest(method: string, path: string, body: object = {}) {
  const response = await fetch(`${parley.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      'x-lc-id': parley.appId,
      'x-lc-key': `${parley.masterKey},master`,
    },
    ...(method !== 'GET' && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the webhook of every message', () => {
  it('[F-HOOK-07][F-SYS-08] delivers committed messages of every kind of conversation, signed, in their order', async () => {
    await start(webhook());
    const tom = await TestClient.open(parley, 'Tom');
    const pair = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    const room = await startConversation(tom, { transient: true });
    const temporary = await startConversation(tom, { m: ['Tom', 'Jerry'], tempConv: true });
    const created = await rest('POST', '/1.2/rtm/service-conversations', { name: 'desk' });
    const service = String(created.body.objectId);
    const first = await say(tom, pair, 'one');
    await say(tom, pair, 'typing', { transient: true });
    await say(tom, room, 'two');
    await say(tom, temporary, 'three');
    await say(tom, service, 'four');
    await rest('POST', `/1.2/rtm/conversations/${pair}/messages`, { from_client: 'bot', message: 'five' });
    await expect.poll(texts).toEqual(['one', 'two', 'three', 'four', 'five']);
    const records = batches().flatMap(({ data }) => data);
    expect(records.map(({ kind, to }) => [kind, to])).toEqual([
      ['basic', pair],
      ['chat-room', room],
      ['temporary', temporary],
      ['service', service],
      ['basic', pair],
    ]);
    expect(records[0]).toMatchObject({
      'msg-id': first.ackMessage?.uid,
      timestamp: first.ackMessage?.t,
      from: 'Tom',
      bin: false,
      'from-ip': '127.0.0.1',
    });
    for (const { headers, body, path } of received) {
      expect(path).toBe('/hook');
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers;
      const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
      const expected = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
      expect(signature).toBe(`v1,${expected}`);
      expect(Number(at)).toBe(Math.floor(clock.now() / 1000));
    }
  });

  it('[F-HOOK-07] begins with what is said after it is switched on, and ends when it is off', async () => {
    await start({});
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    await say(tom, cid, 'before');
    await parley.apps.changeSettings(parley.appId, webhook());
    await say(tom, cid, 'after');
    await expect.poll(texts).toEqual(['after']);
    await parley.apps.changeSettings(parley.appId, { webhook: null });
    await say(tom, cid, 'off');
    await parley.apps.changeSettings(parley.appId, webhook());
    await say(tom, cid, 'on again');
    // What was said while it was off is in the log behind the place it had come to.
    await expect.poll(texts).toEqual(['after', 'off', 'on again']);
  });

  it('[F-HOOK-07] tries again until it is taken, and nothing overtakes', async () => {
    await start(webhook());
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    status = 500;
    await say(tom, cid, 'one');
    await expect.poll(() => received.length).toBe(1);
    await say(tom, cid, 'two');
    await triedAgain(1000);
    status = 204;
    await triedAgain(2000);
    await expect.poll(() => texts().at(-1)).toBe('two');
    expect(texts()).toEqual(['one', 'one', 'one', 'two']);
    // What is sent again has the same id, by which receivers know what they have.
    const ids = received.map(({ headers }) => headers['webhook-id']);
    expect(ids.slice(0, 3)).toEqual([ids[0], ids[0], ids[0]]);
    expect(new Set(ids).size).toBe(2);
    expect((await rest('GET', '/1.2/rtm/webhooks/dead-letters')).body).toEqual({ results: [] });
  });

  it('[F-HOOK-07] goes on by itself when the store is back', async () => {
    const store = await openMemoryStore();
    let isBroken = false;
    let failures = 0;
    const setPosition: typeof store.webhooks.setPosition = async (...position) => {
      if (!isBroken) return store.webhooks.setPosition(...position);
      failures++;
      throw new Error('database or disk is full');
    };
    await start(webhook(), { ...store, webhooks: { ...store.webhooks, setPosition } });
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    isBroken = true;
    await say(tom, cid, 'one');
    await expect.poll(() => failures).toBe(1);
    await say(tom, cid, 'two');
    isBroken = false;
    await triedAgain(5000);
    await expect.poll(() => texts().at(-1)).toBe('two');
  });

  it('[F-HOOK-07] sets aside what is never taken, goes on, and repeats it when it is asked to', async () => {
    await start(webhook({ retries: 1 }));
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    status = 503;
    await say(tom, cid, 'lost');
    await expect.poll(() => received.length).toBe(1);
    await triedAgain(1000);
    const letters = async () =>
      (await rest('GET', '/1.2/rtm/webhooks/dead-letters')).body.results as object[];
    await expect.poll(async () => (await letters()).length).toBe(1);
    const [letter] = (await letters()) as { id: number }[];
    expect(letter).toMatchObject({
      webhook: 'messages',
      messages: 1,
      error: 'The receiver answered 503.',
    });
    const replay = () => rest('POST', `/1.2/rtm/webhooks/dead-letters/${letter?.id}/replay`);
    expect(await replay()).toMatchObject({ status: 502 });
    status = 200;
    received = [];
    await say(tom, cid, 'next');
    await expect.poll(texts).toEqual(['next']);
    expect((await replay()).status).toBe(200);
    expect(texts()).toEqual(['next', 'lost']);
    expect(await letters()).toEqual([]);
    expect((await replay()).status).toBe(404);
  });

  it('[F-HOOK-07] does not repeat what the receiver understood and refused', async () => {
    await start(webhook());
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    status = 401;
    await say(tom, cid, 'refused');
    const count = async () =>
      ((await rest('GET', '/1.2/rtm/webhooks/dead-letters')).body.results as object[]).length;
    await expect.poll(count).toBe(1);
    expect(received).toHaveLength(1);
  });

  it('[F-HOOK-07] loses nothing that was acknowledged when the process is killed in the middle', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-webhook-'));
    const boot = () =>
      startParleyProcess({
        PARLEY_DATA_DIR: folder,
        PARLEY_APP_ID: 'webhook-app',
        PARLEY_CLIENT_RATE_LIMITS: 'off',
      });
    let server = await boot();
    const target = () => ({ wsUrl: server.wsUrl, appId: 'webhook-app' });
    const setting = `webhook=${JSON.stringify(webhook().webhook)}`;
    const done = await runParley({ PARLEY_DATA_DIR: folder }, 'app', 'settings', setting).exited;
    expect(done).toBe(0);
    let tom = await TestClient.open(target(), 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      status = round === 1 ? 500 : 200;
      for (let n = 0; n < 50; n++) {
        const body = `${round}-${n}`;
        const ack = await say(tom, cid, body);
        expect(ack.ackMessage?.code).toBeUndefined();
        acknowledged.push(body);
      }
      await server.killNine();
      server = await boot();
      tom = await TestClient.open(target(), 'Tom');
    }
    status = 200;
    await say(tom, cid, 'last');
    await expect.poll(() => texts().includes('last'), { timeout: 20_000 }).toBe(true);
    const taken = new Set(texts());
    expect(acknowledged.filter((body) => !taken.has(body))).toEqual([]);
    await server.killNine();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  it('[F-HOOK-07] leaves delivering to a server: a command on the data of one that is stopped only looks', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-webhook-'));
    const server = await startParleyProcess({ PARLEY_DATA_DIR: folder, PARLEY_APP_ID: 'webhook-app' });
    const command = (...args: string[]) => runParley({ PARLEY_DATA_DIR: folder }, ...args).exited;
    const setting = `webhook=${JSON.stringify(webhook().webhook)}`;
    expect(await command('app', 'settings', setting)).toBe(0);
    const tom = await TestClient.open({ wsUrl: server.wsUrl, appId: 'webhook-app' }, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    status = 500;
    await say(tom, cid, 'not taken');
    await expect.poll(() => received.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await server.killNine();
    received = [];
    // Trying again it would not end for an hour.
    expect(await command('app', 'show')).toBe(0);
    expect(await command('app', 'settings', 'allowEdit=off')).toBe(0);
    expect(received).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  }, 120_000);
});

describe('the webhook of events', () => {
  interface Event {
    readonly type: string;
    readonly at: string;
  }
  const events = () =>
    received
      .map(({ body }) => JSON.parse(body) as { type: string; data: Event[] })
      .flatMap(({ type, data }) => (type === 'events' ? data : []));
  const withEvents = (names: readonly string[], changes = {}) => webhook({ events: names, ...changes });
  const EVERYTHING = [
    'message-changed',
    'conversation-created',
    'conversation-updated',
    'members-added',
    'members-removed',
    'client-online',
    'client-offline',
  ];

  it('[F-HOOK-12] tells of everything that was asked for, signed, in the order in which it happened', async () => {
    await start(withEvents(EVERYTHING));
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'], attr: { data: '{"name":"pair"}' } });
    const said = await say(tom, cid, 'original');
    const patch = (fields: object) =>
      tom.request({
        cmd: CommandType.patch,
        op: OpType.modify,
        patchMessage: {
          patches: [{ cid, mid: said.ackMessage?.uid ?? '', timestamp: said.ackMessage?.t ?? 0, ...fields }],
        },
      });
    await patch({ data: 'better' });
    await patch({ recall: true });
    await conv(tom, OpType.update, { cid, attr: { data: '{"name":"new"}' } });
    await conv(tom, OpType.add, { cid, m: ['Mary'] });
    await rest('DELETE', `/1.2/rtm/conversations/${cid}/members`, { client_ids: ['Mary'] });
    const room = await startConversation(tom, { transient: true });
    await conv(tom, OpType.remove, { cid: room, m: ['Tom'] });
    await tom.request({ cmd: CommandType.session, op: OpType.close });
    await expect.poll(() => events().length).toBe(10);
    const at = expect.stringMatching(/Z$/);
    const of = (type: string, fields: object) => ({ type, at, 'conv-id': cid, kind: 'basic', ...fields });
    const message = {
      'msg-id': said.ackMessage?.uid,
      timestamp: said.ackMessage?.t,
      from: 'Tom',
      bin: false,
      'patch-timestamp': expect.any(Number),
    };
    expect(events()).toEqual([
      { type: 'client-online', at, client: 'Tom', ip: '127.0.0.1', reconnect: false },
      of('conversation-created', {
        by: 'Tom',
        members: ['Tom', 'Jerry'],
        attributes: { name: 'pair' },
      }),
      of('message-changed', { ...message, data: 'better', recalled: false }),
      of('message-changed', { ...message, data: '{"_lctype":-127}', recalled: true }),
      of('conversation-updated', { by: 'Tom', attributes: { name: 'new' } }),
      of('members-added', { by: 'Tom', clients: ['Mary'] }),
      of('members-removed', { clients: ['Mary'] }),
      of('conversation-created', {
        'conv-id': room,
        kind: 'chat-room',
        by: 'Tom',
        members: [],
        attributes: {},
      }),
      of('members-removed', { 'conv-id': room, kind: 'chat-room', by: 'Tom', clients: ['Tom'] }),
      { type: 'client-offline', at, client: 'Tom', how: 'logout', ip: '127.0.0.1' },
    ]);
    for (const { headers } of received) expect(headers['webhook-signature']).toMatch(/^v1,/);
    // What is delivered is kept no longer.
    await expect.poll(() => parley.store.webhooks.eventsAfter(1, 0, 10), PATIENT).toEqual([]);
  });

  it('[F-HOOK-12] tells of changes of what was said to everybody, though no device is told', async () => {
    await start(withEvents(['message-changed']));
    const created = await rest('POST', '/1.2/rtm/service-conversations', { name: 'desk' });
    const service = String(created.body.objectId);
    const from_client = 'desk';
    const said = await rest('POST', '/1.2/rtm/broadcasts', {
      from_client,
      conv_id: service,
      message: 'frist',
    });
    const { 'msg-id': id, timestamp } = said.body;
    const path = `/1.2/rtm/service-conversations/${service}/messages/${id}`;
    expect((await rest('PUT', path, { from_client, timestamp, message: 'first' })).status).toBe(200);
    expect((await rest('PUT', `${path}/recall`, { from_client, timestamp })).status).toBe(200);
    await expect.poll(() => events().length).toBe(2);
    expect(events()).toMatchObject([{ data: 'first', recalled: false }, { recalled: true }]);
  });

  it('[F-HOOK-12] has begun when the server listens, so that the first of all is not left out', async () => {
    await start(withEvents(EVERYTHING));
    expect(await parley.store.webhooks.position(1, 'events')).toBe(0);
  });

  it('[F-HOOK-12] keeps what was set aside for as long as a message', async () => {
    await start({ ...withEvents(['members-added'], { retries: 0 }), messageRetentionDays: 30 });
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom'] });
    status = 400;
    await conv(tom, OpType.add, { cid, m: ['Jerry'] });
    const { webhooks } = parley.store;
    const left = async () => [
      (await webhooks.deadLetters(1, 0, 10)).length,
      (await webhooks.eventsAfter(1, 0, 10)).length,
    ];
    await expect.poll(left, PATIENT).toEqual([1, 1]);
    clock.skip(31 * 24 * 3600 * 1000);
    await expect
      .poll(() => {
        clock.advance(60_000);
        return left();
      }, PATIENT)
      .toEqual([0, 0]);
  });

  it('[F-HOOK-12] tells of nothing else, and repeats what was set aside', async () => {
    await start(withEvents(['members-added'], { retries: 0 }));
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Tom'] });
    status = 400;
    await conv(tom, OpType.add, { cid, m: ['Jerry'] });
    const letters = async () =>
      (await rest('GET', '/1.2/rtm/webhooks/dead-letters')).body.results as { id: number; webhook: string }[];
    await expect.poll(letters, PATIENT).toMatchObject([{ webhook: 'events' }]);
    status = 200;
    received = [];
    await conv(tom, OpType.add, { cid, m: ['Spike'] });
    await expect.poll(events, PATIENT).toMatchObject([{ type: 'members-added', clients: ['Spike'] }]);
    const [letter] = await letters();
    expect((await rest('POST', `/1.2/rtm/webhooks/dead-letters/${letter?.id}/replay`)).status).toBe(200);
    expect(events()).toMatchObject([{ clients: ['Spike'] }, { clients: ['Jerry'] }]);
    expect(await letters()).toEqual([]);
    await expect.poll(() => parley.store.webhooks.eventsAfter(1, 0, 10)).toEqual([]);
  });
});

describe('the callback of services', () => {
  const settings = () => ({ serviceMessageCallbackUrl: `${url}/desk` });
  const open = async () => {
    const created = await rest('POST', '/1.2/rtm/service-conversations', { name: 'desk' });
    return String(created.body.objectId);
  };

  it('[F-SYS-07][F-SYS-09] gets what users say to services as a JSON array, and nothing else', async () => {
    await start(settings());
    const tom = await TestClient.open(parley, 'Tom');
    const service = await open();
    const pair = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    await conv(tom, OpType.add, { cid: service, m: ['Tom'] });
    await say(tom, pair, 'private');
    const ack = await say(tom, service, 'help');
    await rest('POST', `/1.2/rtm/service-conversations/${service}/messages`, {
      from_client: 'desk',
      to_clients: ['Tom'],
      message: 'coming',
    });
    // Said in the name of a client, but not by it.
    for (const transient of [false, true]) {
      await rest('POST', `/1.2/rtm/service-conversations/${service}/messages`, {
        from_client: 'Tom',
        to_clients: ['Tom'],
        message: 'not by Tom',
        transient,
      });
    }
    await expect.poll(() => received.length).toBe(1);
    const at = { __type: 'Date', iso: new Date(ack.ackMessage?.t ?? 0).toISOString() };
    expect(JSON.parse(received[0]?.body ?? '')).toEqual([
      {
        fromIp: '127.0.0.1',
        conv: { __type: 'Pointer', className: '_Conversation', objectId: service },
        msgId: ack.ackMessage?.uid,
        from: 'Tom',
        bin: false,
        data: 'help',
        timestamp: ack.ackMessage?.t,
        createdAt: at,
        updatedAt: at,
      },
    ]);
    await say(tom, service, 'typing', { transient: true });
    await expect.poll(() => received.length).toBe(2);
    expect(JSON.parse(received[1]?.body ?? '')).toMatchObject([{ data: 'typing', noPersist: true }]);
  });

  it('[F-SYS-09] is tried again three times and then set aside', async () => {
    await start(settings());
    const tom = await TestClient.open(parley, 'Tom');
    status = 500;
    await say(tom, await open(), 'help');
    await expect.poll(() => received.length).toBe(1);
    for (const wait of [1000, 5000, 30_000]) await triedAgain(wait);
    const letters = async () =>
      ((await rest('GET', '/1.2/rtm/webhooks/dead-letters')).body.results as object[]).length;
    await expect.poll(letters).toBe(1);
    expect(received).toHaveLength(4);
  });
});
