import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { FakeEngine, HOOKS, Raw } from './fake-engine.ts';
import { conv, history, say, startConversation } from './flow.ts';

let engine: FakeEngine;
beforeEach(async () => {
  engine = await FakeEngine.start();
});
afterEach(() => engine.close());

async function start(changes: Parameters<FakeEngine['settings']>[0] = {}, more = {}): Promise<Parley> {
  const parley = await startParley({ settings: { ...engine.settings(changes), ...more } });
  onTestFinished(() => parley.close());
  return parley;
}
const pair = async (parley: Parley) => {
  const tom = await TestClient.open(parley, 'Tom');
  onTestFinished(async () => void (await tom.close()));
  return { tom, cid: await startConversation(tom, { m: ['Tom', 'Jerry'] }) };
};

describe('an engine that says itself what it has', () => {
  it('[F-HOOK-09] is asked with every spelling of the master key, and for nothing it does not list', async () => {
    engine.functions.metadatas = () => ['_messageReceived', 'sendWelcome'];
    const parley = await start({ hooks: [] });
    expect(engine.called('metadatas')).toHaveLength(1);
    expect(engine.called('metadatas')[0]?.headers).toMatchObject({
      'x-lc-id': parley.appId,
      'x-avoscloud-application-id': parley.appId,
      'x-lc-key': `${parley.masterKey},master`,
      'x-avoscloud-master-key': parley.masterKey,
    });
    engine.functions._messageReceived = () => ({ content: 'changed' });
    const { tom, cid } = await pair(parley);
    await say(tom, cid, 'hello');
    expect(await history(tom, cid)).toEqual(['changed']);
    await tom.close();
    expect(new Set(engine.calls.map(({ name }) => name))).toEqual(new Set(['metadatas', '_messageReceived']));
  });

  it('[F-HOOK-09] is asked before anybody can connect, and once it is set up', async () => {
    const order: string[] = [];
    engine.functions.metadatas = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      order.push('it said what it has');
      return ['_messageReceived'];
    };
    const parley = await start({ hooks: [] });
    order.push('the server listens');
    await parley.apps.changeSettings(parley.appId, engine.settings({ hooks: [], hookKey: 'another' }));
    order.push('the settings are changed');
    expect(order).toEqual([
      'it said what it has',
      'the server listens',
      'it said what it has',
      'the settings are changed',
    ]);
  });

  it.each([
    { strict: true, message: 4402, start: 4305, sign: [403, 4102] },
    { strict: false, message: undefined, start: undefined, sign: [200, undefined] },
  ])('[F-HOOK-02] fails for as long as it is down, strictly: $strict', async (expected) => {
    engine.functions.metadatas = () => new Raw(503, 'starting');
    const lenient = { abortOnHookFailure: false, signWhenHookFails: true };
    const parley = await start({ hooks: [] }, expected.strict ? { abortOnHookFailure: true } : lenient);
    const tom = await TestClient.open(parley, 'Tom');
    onTestFinished(async () => void (await tom.close()));
    const started = await conv(tom, OpType.start, { m: ['Tom', 'Jerry'] });
    expect(started.errorMessage?.code).toBe(expected.start);
    const headers = {
      'content-type': 'application/json',
      'x-lc-id': parley.appId,
      'x-lc-key': `${parley.masterKey},master`,
    };
    const post = async (path: string, body: object) => {
      const response = await fetch(`${parley.url}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    // The class is written without hooks.
    const made = await post('/1.1/classes/_Conversation', { m: ['Tom', 'Jerry'] });
    const said = await say(tom, String(made.body.objectId), 'hello');
    expect(said.ackMessage?.code).toBe(expected.message);
    const user = await post('/1.1/users', { username: 'tom', password: 'secret' });
    const signed = await post('/1.1/rtm/sign', { session_token: user.body.sessionToken });
    expect([signed.status, signed.body.code]).toEqual(expected.sign);
  });

  it('[F-HOOK-09] is called by the name that the Go SDK gives to a hook, where it has only that', async () => {
    const parley = await start({ hooks: ['_receiverOffline'] });
    const { tom, cid } = await pair(parley);
    await say(tom, cid, 'hello');
    expect(await engine.told('_receiverOffline')).toMatchObject([
      { fromPeer: 'Tom', offlinePeers: ['Jerry'] },
    ]);
    await parley.apps.changeSettings(
      parley.appId,
      engine.settings({ hooks: ['_receiverOffline', '_receiversOffline'] }),
    );
    await say(tom, cid, 'hello');
    await engine.told('_receiversOffline');
    expect(engine.called('_receiverOffline')).toHaveLength(1);
  });

  it('[F-HOOK-02] refuses calls with the wrong key, and what was asked about goes through', async () => {
    const parley = await start({ hookKey: 'wrong' });
    for (const name of HOOKS) engine.functions[name] = () => new Raw(401, '{"code":401}');
    const { tom, cid } = await pair(parley);
    expect((await say(tom, cid, 'hello')).ackMessage?.code).toBeUndefined();
    expect(engine.called('_messageReceived')[0]?.headers['x-lc-hook-key']).toBe('wrong');
    expect(await history(tom, cid)).toEqual(['hello']);
  });

  it('[F-HOOK-09] learns the address of the client', async () => {
    const parley = await start({ hooks: ['_messageReceived', '_clientOnline'] });
    const tom = await TestClient.open(parley, 'Tom', {}, { localAddress: '127.0.0.7' });
    await say(tom, await startConversation(tom, { m: ['Tom'] }), 'hello');
    await engine.told('_clientOnline');
    for (const { headers } of engine.calls) {
      expect(headers).toMatchObject({ 'x-real-ip': '127.0.0.7', 'x-forwarded-for': '127.0.0.7' });
    }
    await tom.close();
  });
});

describe('who is in a chat room', () => {
  it('[F-HOOK-09] is named to hooks up to 500 clients, and can be chosen among', async () => {
    const parley = await start({ hooks: ['_messageReceived', '_messageSent'] });
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { transient: true });
    const guests = await TestClient.connect(parley.wsUrl);
    onTestFinished(async () => void (await Promise.all([guests.close(), tom.close()])));
    const enter = async (from: number, to: number) => {
      for (let n = from; n < to; n++) {
        const peerId = `guest-${n}`;
        await guests.login(parley.appId, peerId);
        await guests.request({
          cmd: CommandType.conv,
          op: OpType.add,
          peerId,
          convMessage: { cid, m: [peerId] },
        });
      }
    };
    await enter(0, 499);
    await say(tom, cid, 'a full house');
    const [full] = await engine.told('_messageSent');
    expect(engine.called('_messageReceived')[0]?.parameters.toPeers).toHaveLength(499);
    expect(full?.onlinePeers).toHaveLength(499);
    await enter(499, 500);
    engine.calls = [];
    engine.functions._messageReceived = () => ({ toPeers: ['guest-1'] });
    await guests.settled();
    guests.inbox.length = 0;
    await say(tom, cid, 'more than that');
    expect(await engine.told('_messageSent')).toMatchObject([{ onlinePeers: [], offlinePeers: [] }]);
    expect(engine.called('_messageReceived')[0]?.parameters.toPeers).toEqual([]);
    await guests.settled();
    expect(guests.inbox.filter(({ cmd }) => cmd === CommandType.direct)).toHaveLength(500);
  }, 60_000);
});

describe('a last will', () => {
  it('[F-HOOK-03] reaches those the hook chose when it was set', async () => {
    const parley = await start({ hooks: ['_messageReceived', '_messageSent'] });
    const { tom, cid } = await pair(parley);
    const [jerry, spike] = [await TestClient.open(parley, 'Jerry'), await TestClient.open(parley, 'Spike')];
    await conv(tom, OpType.add, { cid, m: ['Spike'] });
    engine.functions._messageReceived = () => ({ toPeers: ['Spike'], content: 'of the app' });
    await say(tom, cid, 'goodbye', { will: true });
    tom.socket.terminate();
    expect(await engine.told('_messageSent')).toMatchObject([
      { onlinePeers: ['Spike'], content: 'of the app' },
    ]);
    await Promise.all([jerry.settled(), spike.settled()]);
    const heard = (client: TestClient) => client.inbox.filter(({ cmd }) => cmd === CommandType.direct).length;
    expect([heard(jerry), heard(spike)]).toEqual([0, 1]);
    await Promise.all([jerry.close(), spike.close()]);
  });
});

describe('the hook of a sign-in that fails', () => {
  it('[F-SESS-39] refuses, or signs where the app wants that; a hook that asks is not asked', async () => {
    const parley = await start({}, { signWhenHookFails: true });
    const post = async (path: string, body: object, headers = {}) => {
      const all = { 'x-lc-id': parley.appId, 'x-lc-key': parley.appKey, ...headers };
      const response = await fetch(parley.url + path, {
        method: 'POST',
        headers: all,
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as { sessionToken?: string } };
    };
    const user = await post('/1.1/users', { username: 'tom', password: 'a long password' });
    const sign = (headers = {}) => post('/1.1/rtm/sign', { session_token: user.body.sessionToken }, headers);
    engine.functions._rtmClientSign = () => new Raw(500, '');
    expect((await sign()).status).toBe(200);
    await parley.apps.changeSettings(parley.appId, { signWhenHookFails: null });
    expect((await sign()).status).toBe(403);
    // That the servers of the app are exempt means nothing here: it is a client that asks.
    await parley.apps.changeSettings(parley.appId, { hooksForRest: false });
    expect((await sign()).status).toBe(403);
    expect(engine.called('_rtmClientSign')).toHaveLength(3);
    expect((await sign({ 'x-lc-hook-key': 'hook-key' })).status).toBe(200);
    expect(engine.called('_rtmClientSign')).toHaveLength(3);
  });
});

describe('an engine in trouble', () => {
  it('[F-HOOK-11] is called over connections that stay open, and no more of them than allowed', async () => {
    const parley = await start({ hooks: ['_messageReceived'], maxInFlight: 4 });
    let under = 0;
    let most = 0;
    engine.functions._messageReceived = async () => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setTimeout(resolve, 1));
      under--;
    };
    const { tom } = await pair(parley);
    const rooms = await Promise.all(
      Array.from({ length: 30 }, () => startConversation(tom, { m: ['Tom', 'Jerry'], unique: false })),
    );
    for (let round = 0; round < 3; round++) await Promise.all(rooms.map((cid) => say(tom, cid, 'hello')));
    expect(engine.called('_messageReceived')).toHaveLength(90);
    expect([most, engine.connections]).toEqual([4, 4]);
  });

  it('[F-HOOK-11] answers what it is asked, however many of its other hooks hang', async () => {
    const parley = await start({
      hooks: ['_messageReceived', '_messageSent'],
      maxInFlight: 2,
      timeoutMs: 20_000,
      notifyTimeoutMs: 60_000,
    });
    const { tom, cid } = await pair(parley);
    engine.functions._messageSent = () => new Promise(() => {});
    for (let n = 0; n < 3; n++) await say(tom, cid, 'hello');
    await expect.poll(() => engine.called('_messageSent').length, { timeout: 20_000 }).toBe(2);
    engine.functions._messageReceived = () => ({ content: 'changed' });
    await say(tom, cid, 'hello');
    expect((await history(tom, cid)).at(-1)).toBe('changed');
  });

  it('[F-HOOK-11] holds up what waits for it, and nothing else', async () => {
    const parley = await start({ hooks: ['_messageReceived'], timeoutMs: 10_000 });
    const { tom, cid } = await pair(parley);
    const jerry = await TestClient.open(parley, 'Jerry');
    const other = await startConversation(jerry, { m: ['Tom', 'Jerry'], unique: false });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    engine.functions._messageReceived = ({ content }) => (content === 'slow' ? held : undefined);
    let isDone = false;
    const slow = say(tom, cid, 'slow').then(() => {
      isDone = true;
    });
    await expect.poll(() => engine.calls.length).toBe(1);
    await say(jerry, other, 'quick');
    await say(jerry, cid, 'quick too');
    expect(isDone).toBe(false);
    release();
    await slow;
    expect(await history(jerry, cid)).toEqual(['quick too', 'slow']);
    await jerry.close();
  });

  it('[F-HOOK-11] is left alone after ten failures in a row, and what is asked then follows the app’s wish', async () => {
    const parley = await start({ hooks: ['_messageReceived', '_conversationAdd'] });
    const { tom, cid } = await pair(parley);
    engine.functions._messageReceived = () => new Raw(503, '');
    for (let n = 0; n < 15; n++) await say(tom, cid, String(n));
    expect(engine.called('_messageReceived')).toHaveLength(10);
    expect(await history(tom, cid)).toHaveLength(15);
    // Another function of the same engine is another matter.
    await conv(tom, OpType.add, { cid, m: ['Mary'] });
    expect(engine.called('_conversationAdd')).toHaveLength(1);
    await parley.apps.changeSettings(parley.appId, { abortOnHookFailure: true });
    expect((await say(tom, cid, 'now')).ackMessage).toMatchObject({ code: 4402, appMsg: 'HOOK_CALL_FAILED' });
    expect(engine.called('_messageReceived')).toHaveLength(10);
  });

  it('[F-HOOK-02] may be gone altogether', async () => {
    const parley = await start();
    const { tom, cid } = await pair(parley);
    await engine.close();
    expect((await say(tom, cid, 'hello')).ackMessage?.code).toBeUndefined();
    expect(await history(tom, cid)).toEqual(['hello']);
    engine = await FakeEngine.start();
  });
});
