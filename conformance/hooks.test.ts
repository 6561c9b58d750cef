import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type OfflinePush, type Parley, startParley } from '@parley/testkit';
import type * as Realtime from 'leancloud-realtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

// Needs a server whose engine can be set, so these run on a Parley of this repository whatever PARLEY_TARGET_URL says.

type Parameters = Record<string, unknown>;
type Handler = (request: { readonly params: Parameters }) => unknown;

/** What the published engine SDK is used for here. */
interface Engine {
  init(options: {
    appId: string;
    appKey: string;
    masterKey: string;
    hookKey: string;
    serverURL: string;
  }): void;
  express(): (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  readonly Cloud: Record<
    | 'onIMMessageReceived'
    | 'onIMMessageSent'
    | 'onIMMessageUpdate'
    | 'onIMReceiversOffline'
    | 'onIMConversationStarted'
    | 'onIMConversationAdded'
    | 'onIMConversationRemove'
    | 'onIMConversationRemoved'
    | 'onIMConversationStart'
    | 'onIMConversationAdd'
    | 'onIMConversationUpdate'
    | 'onIMClientOnline'
    | 'onIMClientOffline'
    | 'onIMClientSign',
    (handler: Handler) => void
  >;
}

const require = createRequire(import.meta.url);
const AV = require('leanengine') as Engine;
const im = require('leancloud-realtime') as typeof Realtime;

const HOOK_KEY = 'conformance-hook-key';

/** Handlers as apps wrote them for LeanEngine; which does what is decided by what comes in. */
AV.Cloud.onIMMessageReceived(({ params }) => {
  const content = String(params.content);
  if (content.includes('forbidden')) return { drop: true, code: 123, detail: 'not allowed here' };
  if (content.includes('damn')) return { content: content.replace('damn', '****') };
  if (content.includes('secret')) return { toPeers: ['Spike'] };
  if (content.includes('crash')) throw new Error('the handler crashed');
  return {};
});
AV.Cloud.onIMMessageUpdate(({ params }) =>
  String(params.content).includes('forbidden') ? { drop: true, code: 124, detail: 'nor here' } : {},
);
AV.Cloud.onIMReceiversOffline(({ params }) => {
  if (String(params.content).includes('hush')) return { skip: true };
  const alert = `${params.fromPeer} wrote`;
  return { pushMessage: JSON.stringify({ badge: 'Increment', alert }), offlinePeers: ['Butch'] };
});
AV.Cloud.onIMConversationRemove(({ params }) =>
  (params.members as string[]).includes('Untouchable') ? { reject: true, code: 223, detail: 'stays' } : {},
);
AV.Cloud.onIMConversationStart(({ params }) =>
  (params.members as string[]).includes('Banned') ? { reject: true, code: 222, detail: 'banned' } : {},
);
AV.Cloud.onIMConversationAdd(({ params }) =>
  (params.members as string[]).includes('Banned') ? { reject: true, code: 222, detail: 'banned' } : {},
);
AV.Cloud.onIMConversationUpdate(({ params }) =>
  params.attr === undefined ? {} : { attr: { ...(params.attr as object), checked: true } },
);
AV.Cloud.onIMClientSign(({ params }) =>
  params.username === 'banned' ? { result: false, error: 'not you' } : { result: true },
);
const seen: { readonly hook: string; readonly params: Parameters }[] = [];
const remember =
  (hook: string): Handler =>
  ({ params }) => {
    seen.push({ hook, params });
  };
AV.Cloud.onIMMessageSent(remember('sent'));
AV.Cloud.onIMConversationStarted(remember('started'));
AV.Cloud.onIMConversationAdded(remember('added'));
AV.Cloud.onIMConversationRemoved(remember('removed'));
AV.Cloud.onIMClientOnline(remember('online'));
AV.Cloud.onIMClientOffline(remember('offline'));

/** As the app is set up for the engine. */
function engineSettings(hookKey: string) {
  const { port } = engine.address() as AddressInfo;
  return {
    engine: {
      url: `http://127.0.0.1:${port}`,
      hookKey,
      hooks: [],
      legacySign: true,
      timeoutMs: 5000,
      notifyTimeoutMs: 5000,
      maxInFlight: 64,
    },
  };
}

let engine: Server;
const pushes: OfflinePush[] = [];
let parley: Parley;
beforeAll(async () => {
  const serve = AV.express();
  engine = createServer((request, response) => {
    serve(request, response, () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
  parley = await startParley({ pusher: { push: (_app, push) => void pushes.push(push) } });
  const { appId, appKey, masterKey, url, apps } = parley;
  AV.init({ appId, appKey, masterKey, hookKey: HOOK_KEY, serverURL: url });
  await apps.changeSettings(appId, engineSettings(HOOK_KEY));
});
afterAll(async () => {
  await parley?.close();
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
});

const opened: Realtime.IMClient[] = [];
async function login(id: string): Promise<Realtime.IMClient> {
  const realtime = new im.Realtime({
    // The SDK allows one Realtime per app and process. Each of these says its app afterwards.
    appId: `${parley.appId}-${randomUUID()}`,
    appKey: parley.appKey,
    ssl: false,
    server: parley.url,
  });
  (realtime as unknown as { _options: { appId: string } })._options.appId = parley.appId;
  const client = await realtime.createIMClient(id);
  opened.push(client);
  return client;
}
afterEach(async () => {
  await Promise.allSettled(opened.splice(0).map((client) => client.close()));
});

describe('handlers written for LeanEngine', () => {
  it('[F-HOOK-03][F-MOD-02] refuse, change and narrow messages of the published SDK', async () => {
    const [tom, jerry, spike] = await Promise.all(['Tom', 'Jerry', 'Spike'].map(login));
    if (tom === undefined || jerry === undefined || spike === undefined) throw new Error('Nobody came.');
    const heard = { Jerry: [] as string[], Spike: [] as string[] };
    const text = (message: Realtime.Message) => (message as Realtime.TextMessage).getText();
    jerry.on(im.Event.MESSAGE, (message: Realtime.Message) => heard.Jerry.push(text(message)));
    spike.on(im.Event.MESSAGE, (message: Realtime.Message) => heard.Spike.push(text(message)));
    const conversation = await tom.createConversation({ members: ['Jerry', 'Spike'], name: 'hooks' });
    const send = (words: string) => conversation.send(new im.TextMessage(words));

    await expect(send('forbidden words')).rejects.toMatchObject({ code: 4402, appCode: 123 });
    const changed = new Promise<Realtime.Message>((resolve) => {
      conversation.on(im.Event.MESSAGE_UPDATE, resolve);
    });
    await send('damn cat');
    expect(text(await changed)).toBe('**** cat');
    await send('secret');
    await send('crash');
    await send('hello');
    await expect.poll(() => heard.Spike).toEqual(['**** cat', 'secret', 'crash', 'hello']);
    await expect.poll(() => heard.Jerry).toEqual(['**** cat', 'crash', 'hello']);
    const history = await conversation.queryMessages({ limit: 10 });
    expect(history.map(text)).toEqual(['**** cat', 'secret', 'crash', 'hello']);
    await expect
      .poll(() => seen.filter(({ hook }) => hook === 'sent').map(({ params }) => params.onlinePeers))
      .toEqual([['Jerry', 'Spike'], ['Spike'], ['Jerry', 'Spike'], ['Jerry', 'Spike']]);
  });

  it('[F-HOOK-03] refuse an edit', async () => {
    const tom = await login('Tom');
    const conversation = await tom.createConversation({ members: ['Jerry'], name: 'edits' });
    const message = (await conversation.send(new im.TextMessage('mild'))) as Realtime.TextMessage;
    const edit = (words: string) => conversation.update(message, new im.TextMessage(words));
    await expect(edit('forbidden words')).rejects.toMatchObject({ code: 4405, appCode: 124 });
    await edit('milder');
    const [kept] = await conversation.queryMessages({ limit: 1 });
    expect((kept as Realtime.TextMessage).getText()).toBe('milder');
  });

  it('[F-HOOK-10] word, narrow and skip what is pushed to those who are away', async () => {
    const tom = await login('Tom');
    const conversation = await tom.createConversation({ members: ['Butch', 'Tyke'], name: 'pushes' });
    await conversation.send(new im.TextMessage('hush'));
    await conversation.send(new im.TextMessage('are you there?'));
    await expect
      .poll(() => pushes.filter((push) => push.conversation.id === conversation.id))
      .toMatchObject([{ receivers: ['Butch'], content: { badge: 'Increment', alert: 'Tom wrote' } }]);
  });

  it('[F-HOOK-04] refuse and change what happens to conversations', async () => {
    const tom = await login('Tom');
    await expect(tom.createConversation({ members: ['Banned'] })).rejects.toMatchObject({
      code: 4305,
      appCode: 222,
    });
    const conversation = await tom.createConversation({ members: ['Jerry'], name: 'before' });
    await expect(conversation.add(['Banned'])).rejects.toMatchObject({ code: 4305 });
    await conversation.add(['Untouchable', 'Spike']);
    await expect(conversation.remove(['Untouchable'])).rejects.toMatchObject({ code: 4305, appCode: 223 });
    await conversation.remove(['Spike']);
    const of = (hook: string) =>
      seen.filter((one) => one.hook === hook && one.params.convId === conversation.id);
    await expect
      .poll(() => ['started', 'added', 'removed'].map((hook) => of(hook).map(({ params }) => params.members)))
      .toEqual([[undefined], [['Untouchable', 'Spike']], [['Spike']]]);
    conversation.name = 'after';
    await conversation.save();
    const fresh = await tom.getConversation(conversation.id, true);
    expect([fresh.name, fresh.get('checked')]).toEqual(['after', true]);
  });

  it('[F-HOOK-06][F-SESS-41] are told who comes and who goes', async () => {
    const name = `Visitor-${Date.now()}`;
    const visitor = await login(name);
    await visitor.close();
    const of = (hook: string) => seen.filter((one) => one.hook === hook && one.params.peerId === name);
    await expect.poll(() => [of('online').length, of('offline').length]).toEqual([1, 1]);
    expect(of('offline')[0]?.params.closeCode).toBe(1);
  });

  it('[F-HOOK-09][F-SESS-39] refuse to sign the login of a user', async () => {
    const post = async (path: string, body: object) => {
      const headers = {
        'content-type': 'application/json',
        'x-lc-id': parley.appId,
        'x-lc-key': parley.appKey,
      };
      const response = await fetch(parley.url + path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const sign = async (username: string) => {
      const { body } = await post('/1.1/users', { username, password: 'a password' });
      return post('/1.1/rtm/sign', { session_token: body.sessionToken });
    };
    expect(await sign('banned')).toMatchObject({ status: 403, body: { code: 4102, detail: 'not you' } });
    expect(await sign('welcome')).toMatchObject({ status: 200, body: { signature: expect.any(String) } });
  });

  it('[F-HOOK-02] are not called with another hook key, and what they would refuse goes through', async () => {
    const tom = await login('Tom');
    const conversation = await tom.createConversation({ members: ['Jerry'], name: 'keys' });
    const refused = { code: 4402 };
    await expect(conversation.send(new im.TextMessage('forbidden'))).rejects.toMatchObject(refused);
    await parley.apps.changeSettings(parley.appId, engineSettings('not the key of the engine'));
    await conversation.send(new im.TextMessage('forbidden'));
    await parley.apps.changeSettings(parley.appId, engineSettings(HOOK_KEY));
    await expect(conversation.send(new im.TextMessage('forbidden'))).rejects.toMatchObject(refused);
  });
});
