import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BasicConversation, type Message, ServiceConversation } from '../src/index.ts';
import {
  type CommittedMessage,
  createServer,
  createSigner,
  type HistoryQuery,
  HookRefused,
  type IncomingCall,
  type Operation,
  type ParleyError,
  type ParleyServer,
  verifyHook,
  verifyServiceWebhook,
  verifyWebhook,
} from '../src/server/index.ts';
import { signAt } from '../src/server/signer.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { until } from './support/until.ts';

let parley: Parley;
let server: ParleyServer;
beforeAll(async () => {
  parley = await startParley({
    store: 'memory',
    settings: { signLogin: true, signConversation: true, signBlacklist: true },
  });
  server = createServer(parley);
});
afterAll(() => parley.close());
sendHomeAfterEach();

const authorize = (operation: Operation) => createSigner(parley)(operation);

describe('a signature', () => {
  const conversationId = '5789a33a1b8694ad267d8040';
  const act = (
    action: Exclude<Operation['action'], 'login' | 'create'>,
    clientId: string,
    ...members: string[]
  ) => ({
    ...{ action, clientId, conversationId, members },
  });

  it.each<[string, Operation | HistoryQuery, string]>([
    ['login', { action: 'login', clientId: 'Tom' }, '21eca6f3a7364b45d5883ef691e871dd214fe04f'],
    ['login of any name', { action: 'login', clientId: '汤姆' }, '67b9e7d1b8d414c2bc1b86c0d827bf672b54df72'],
    [
      'creation',
      { action: 'create', clientId: 'Tom', members: ['Tom', 'alice', 'Jerry', 'bob'] },
      'eaca99b3b48459074f143baac088444c842b5eb0',
    ],
    ['invitation', act('invite', 'Tom', 'Mary', 'Jerry'), '38ffcafe0d67ade5a47132c2482ce5bf4a6cc96b'],
    ['removal', act('kick', 'Tom', 'Jerry'), '67637b7fecdfa2c511f9ebf65510bb51786d4074'],
    [
      'blocking',
      act('conversation-block-clients', 'Tom', 'Jerry', 'Mary'),
      '8030f53613f782b71c2b781e1eb82eef9bde2f73',
    ],
    [
      'unblocking',
      act('conversation-unblock-clients', 'Tom', 'Jerry', 'Mary'),
      'a3c5d4e44537d2b83fc32c0a96ec77b6da7ced2c',
    ],
    [
      'history query',
      { action: 'history', clientId: 'Tom', conversationId },
      'e8163a93fec226604dec3655bb284481d0e3850d',
    ],
    [
      'list that repeats itself',
      { action: 'create', clientId: 'Tom', members: ['Tom', 'Jerry', 'Tom'] },
      'c3c3e8e7610c0344912f28ed16be6e39ee0450eb',
    ],
  ])('[F-SEC-03] of a %s is what every SDK computes', (_, operation, signature) => {
    const app = { appId: 'appid', masterKey: 'masterkey' };
    expect(signAt(operation, app, 1_700_000_000_000, 'abc123').signature).toBe(signature);
  });

  it('[F-SEC-03] is refused for an id that is empty', () => {
    const app = { appId: 'appid', masterKey: 'masterkey' };
    for (const operation of [
      { action: 'login', clientId: '' },
      { action: 'create', clientId: 'a', members: ['b', ''] },
      { action: 'history', clientId: 'a', conversationId: '' },
    ] as const) {
      expect(() => createSigner(app)(operation)).toThrow(TypeError);
    }
  });

  it('[F-SEC-04][F-SEC-07] lets a client do everything that has to be signed', async () => {
    const [tom, jerry] = await Promise.all(
      ['Tom', 'Jerry'].map((name) => person(parley, name, { authorize })),
    );
    const chat = await tom?.client.conversations.create({ members: ['Jerry'], unique: false });
    if (chat === undefined) throw new Error('There is no conversation.');
    expect(await chat.add(['Spike'])).toMatchObject({ succeeded: ['Spike'] });
    expect(await chat.remove(['Spike'])).toMatchObject({ succeeded: ['Spike'] });
    expect(await chat.block(['Spike'])).toMatchObject({ succeeded: ['Spike'] });
    expect(await chat.unblock(['Spike'])).toMatchObject({ succeeded: ['Spike'] });
    const there = (await jerry?.client.conversations.get(chat.id)) as BasicConversation;
    await there.quit();
    await there.join();
    const unsigned = await person(parley, 'Nibbles', {
      authorize: (operation) => (operation.action === 'login' ? authorize(operation) : undefined),
    });
    await expect(unsigned.client.conversations.create({ members: ['Tom'] })).rejects.toMatchObject({
      reason: 'CONVERSATION_SIGNATURE_FAILED',
    });
  });
});

describe('the server module', () => {
  it('[F-GEN-11] makes conversations, changes members and speaks', async () => {
    const tom = await person(parley, 'Tom', { authorize });
    const heard: Message[] = [];
    tom.client.on('message', ({ message }) => heard.push(message));
    const id = await server.createConversation({
      members: ['Tom'],
      name: 'Orders',
      attributes: { kind: 'shop' },
    });
    await server.addMembers(id, ['Jerry']);
    const sent = await server.send({ conversation: id }, 'on its way', { from: 'shop', mention: 'everyone' });
    await until(() => heard.length === 1);
    expect(heard[0]).toMatchObject({
      id: sent.messageId,
      timestamp: sent.timestamp,
      from: 'shop',
      text: 'on its way',
    });
    expect(heard[0]?.mentionsEveryone).toBe(true);
    await server.removeMembers(id, ['Jerry']);
    const chat = (await tom.client.conversations.fetch(id)) as BasicConversation;
    expect([chat.name, chat.members, chat.attributes]).toEqual(['Orders', ['Tom'], { kind: 'shop' }]);
    expect(await server.onlineClients(['Tom', 'Jerry'])).toEqual(['Tom']);
    const room = await server.createChatRoom('Kitchen');
    expect((await server.send({ chatRoom: room }, 'hello', { from: 'cook' })).messageId).not.toBe('');
    const refused = server.send({ conversation: 'nowhere' }, 'x', { from: 'shop' });
    await expect(refused).rejects.toMatchObject({ name: 'ParleyError' });
  });

  it('[F-GEN-11] tells by name that a hook refused, and in its words why', async () => {
    const hook = createHttpServer((_request, response) => {
      response.end(JSON.stringify({ result: { drop: true, detail: 'not here' } }));
    });
    await once(hook.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`;
    const engine = { url, hookKey: '', hooks: ['_messageReceived'], legacySign: true };
    const limits = { timeoutMs: 10_000, notifyTimeoutMs: 10_000, maxInFlight: 1 };
    const conversation = await server.createConversation({ members: ['Tom'] });
    await parley.apps.changeSettings(parley.appId, { engine: { ...engine, ...limits } });
    await expect(server.send({ conversation }, 'x', { from: 'shop' })).rejects.toMatchObject({
      reason: 'MESSAGE_REJECTED_BY_APP',
      code: 4402,
      detail: 'not here',
    });
    await parley.apps.changeSettings(parley.appId, { engine: null });
    await new Promise((resolve) => hook.close(resolve));
  });

  it.each<[string, number, string, Partial<ParleyError>]>([
    [
      'a budget that is used up',
      429,
      '{"code":429,"error":"Too many requests."}',
      { reason: 'MESSAGE_SENT_QUOTA_EXCEEDED', message: 'Too many requests.', code: 429, isPassing: true },
    ],
    ['a gateway', 502, '<html>Bad gateway</html>', { reason: 'HTTP_FAILED', code: 502, isPassing: true }],
    ['a failure with a name', 500, '{"code":4200,"error":"INTERNAL_ERROR"}', { reason: 'INTERNAL_ERROR' }],
    [
      'a wrong key',
      401,
      '{"code":401,"error":"Unauthorized."}',
      { reason: 'ERROR_401', message: 'Unauthorized.', isPassing: false },
    ],
    ['a page', 200, '<html>Welcome</html>', { reason: 'INVALID_ARGUMENT', isPassing: false }],
    ['something else', 200, '{"hello":"world"}', { message: expect.stringContaining('check the url') }],
  ])('[F-GEN-11] says what to do about %s', async (_, status, body, refusal) => {
    const answering = async () => new Response(body, { status });
    const stranger = createServer({ ...parley, fetch: answering });
    const calls = [
      stranger.createConversation({ members: ['Tom'] }),
      stranger.send({ conversation: 'c1' }, 'hello', { from: 'shop' }),
      stranger.onlineClients(['Tom']),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ name: 'ParleyError', ...refusal });
  });

  it('[F-GEN-11] says so where an answer breaks off', async () => {
    const half = new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) });
    const stranger = createServer({ ...parley, fetch: async () => new Response(half) });
    await expect(stranger.createService('News')).rejects.toMatchObject({ reason: 'HTTP_FAILED' });
  });

  it('[F-GEN-11] ends the sessions of a client', async () => {
    const tom = await person(parley, 'Tom', { authorize });
    await server.kick('Tom', 'enough');
    await until(() => tom.client.state.name === 'closed');
    expect(tom.client.state).toMatchObject({ error: { reason: 'KICKED_BY_APP', detail: 'enough' } });
  });

  it('[F-GEN-08] speaks as a service to those who subscribe', async () => {
    const [tom, jerry] = await Promise.all(
      ['Tom', 'Jerry'].map((name) => person(parley, name, { authorize })),
    );
    if (tom === undefined || jerry === undefined) throw new Error('Nobody came.');
    const id = await server.createService('News');
    const service = (await tom.client.conversations.get(id)) as ServiceConversation;
    expect(service).toBeInstanceOf(ServiceConversation);
    expect([service.name, service.isSubscribed]).toEqual(['News', false]);
    await service.subscribe();
    expect([service.isSubscribed, await service.fetchSubscription()]).toEqual([true, true]);
    const texts: string[] = [];
    tom.client.on('message', ({ conversation, message }) =>
      texts.push(`${conversation.id === id} ${message.text}`),
    );
    let elsewhere = 0;
    jerry.client.on('message', () => elsewhere++);
    await server.send({ service: id, to: 'subscribers' }, 'to all', { from: 'editor' });
    await server.send({ service: id, to: ['Tom'] }, 'to you', { from: 'editor' });
    await until(() => texts.length === 2);
    expect([texts, elsewhere]).toEqual([['true to all', 'true to you'], 0]);
    expect(service.unreadCount).toBe(2);
    await service.send('thank you');
    await service.unsubscribe();
    expect(await service.fetchSubscription()).toBe(false);
    await server.subscribe(id, 'Tom');
    expect(await service.fetchSubscription()).toBe(true);
    await server.unsubscribe(id, 'Tom');
    expect(await service.fetchSubscription()).toBe(false);
  });
});

describe('a call of a hook', () => {
  const secrets = { hookKey: 'hook key', masterKey: 'masterkey' };
  const headers = { 'X-LC-Hook-Key': 'hook key' };
  const sign = (name: string, at: number, key = 'masterkey') =>
    `${at},${createHmac('sha1', key).update(`${name}:${at}`).digest('hex')}`;
  const body = (at = Date.now(), key?: string) =>
    JSON.stringify({ content: 'hi', __sign: sign('_messageReceived', at, key) });

  it('[F-HOOK-01] has the documented signature', () => {
    expect(sign('_messageReceived', 1_700_000_000_000)).toBe(
      '1700000000000,b24f4cd391055e203123b0a56e4efebab5edf8a9',
    );
  });

  it('[F-HOOK-01] is taken where key, signature and time are right', () => {
    expect(verifyHook('_messageReceived', { headers, body: body() }, secrets)).toMatchObject({
      content: 'hi',
    });
    const fetched = new Headers(headers);
    expect(verifyHook('_messageReceived', { headers: fetched, body: body() }, secrets).content).toBe('hi');
    expect(verifyHook('_messageReceived', { headers, body: '{"a":1}' }, { hookKey: 'hook key' })).toEqual({
      a: 1,
    });
  });

  it.each([
    ['without the key', {}, body()],
    ['with another key', { 'x-lc-hook-key': 'hook kez' }, body()],
    ['without a signature', headers, '{}'],
    ['signed with another key', headers, body(Date.now(), 'other')],
    ['that is ten minutes old', headers, body(Date.now() - 600_000)],
    ['from the future', headers, body(Date.now() + 600_000)],
    ['for another hook', headers, JSON.stringify({ __sign: sign('_messageSent', Date.now()) })],
    ['that is no JSON', headers, 'hello'],
    ['that is no object', headers, '[]'],
  ])('[F-HOOK-01] is refused %s', (_, given, text) => {
    expect(() => verifyHook('_messageReceived', { headers: given, body: text }, secrets)).toThrow(
      HookRefused,
    );
  });

  it('[F-HOOK-01] cannot be verified with no secret at all', () => {
    expect(() => verifyHook('_messageReceived', { headers, body: body() }, {})).toThrow(TypeError);
  });

  it('[F-HOOK-01] of the service webhook brings messages', () => {
    const record = {
      conv: { __type: 'Pointer', className: '_Conversation', objectId: 'c1' },
      ...{ msgId: 'm1', from: 'Tom', bin: false, data: 'hello', noPersist: true },
      createdAt: { __type: 'Date', iso: '2026-01-01T00:00:00.000Z' },
    };
    const call = { headers, body: JSON.stringify([record]) };
    expect(verifyServiceWebhook(call, { hookKey: 'hook key' })).toEqual([
      {
        ...{ messageId: 'm1', conversationId: 'c1', from: 'Tom', data: 'hello' },
        ...{ isBinary: false, isTransient: true, timestamp: Date.UTC(2026, 0, 1) },
      },
    ]);
    expect(() => verifyServiceWebhook({ headers: {}, body: '[]' }, { hookKey: 'k' })).toThrow(HookRefused);
  });
});

describe('the webhook of every message', () => {
  const secret = `whsec_${Buffer.from('a secret of both sides').toString('base64')}`;

  it('[F-HOOK-07] is believed where the server signed it, and nowhere else', async () => {
    const calls: IncomingCall[] = [];
    const backend = createHttpServer(async (request, response) => {
      calls.push({ headers: request.headers, body: await text(request) });
      response.writeHead(204).end();
    });
    await once(backend.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/`;
    const strict = await startParley({ store: 'memory', settings: { webhook: { url, secret, retries: 0 } } });
    const { client } = await person(strict, 'Tom');
    const chat = await client.conversations.create({ members: ['Jerry'] });
    const sent = await chat.send('hello');
    await until(() => calls.length === 1);
    const [call] = calls;
    if (call === undefined) throw new Error('Nothing came.');
    const message: CommittedMessage = {
      ...{ messageId: sent.id ?? '', conversationId: chat.id, kind: 'basic', from: 'Tom' },
      ...{ data: String(sent.encode()), isBinary: false, timestamp: sent.timestamp },
    };
    expect(verifyWebhook(call, { secret })).toEqual([message]);
    expect(() => verifyWebhook({ ...call, body: call.body.replace('hello', 'hallo') }, { secret })).toThrow(
      HookRefused,
    );
    expect(() => verifyWebhook({ ...call, headers: {} }, { secret })).toThrow(HookRefused);
    expect(() => verifyWebhook(call, { secret: 'b3RoZXI=' })).toThrow(HookRefused);
    expect(() => verifyWebhook(call, { secret, maxAge: -1 })).toThrow('too old');
    expect(() => verifyWebhook(call, { secret: '' })).toThrow(TypeError);
    const signature = `v1,b2xk ${(call.headers as Record<string, string>)['webhook-signature']}`;
    const changing = { ...call, headers: { ...call.headers, 'webhook-signature': signature } };
    expect(verifyWebhook(changing, { secret })).toHaveLength(1);
    await client.close();
    await strict.close();
    backend.close();
  });
});
