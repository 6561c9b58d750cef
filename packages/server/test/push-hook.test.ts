import { OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Pusher } from '../src/domain/ports/pusher.ts';
import type { OfflinePush } from '../src/domain/push/plan-push.ts';
import { FakeEngine, Raw } from './fake-engine.ts';
import { conv, say, startConversation } from './flow.ts';

let engine: FakeEngine;
let parley: Parley;
let pushes: OfflinePush[] = [];
const pusher: Pusher = { push: (_app, push) => void pushes.push(push) };
beforeAll(async () => {
  engine = await FakeEngine.start();
  const hooks = ['_receiversOffline', '_messageReceived'];
  parley = await startParley({
    pusher,
    settings: { ...engine.settings({ hooks, maxInFlight: 1 }), offlinePushContent: '{"alert":"standard"}' },
  });
});
afterAll(async () => {
  await parley.close();
  await engine.close();
});

let tom: TestClient;
let cid: string;
beforeEach(async () => {
  engine.functions = {};
  tom = await TestClient.open(parley, 'Tom');
  cid = await startConversation(tom, { m: ['Tom', 'Jerry', 'Spike', 'Muffin'] });
  pushes = [];
});
afterEach(() => tom.close());

const pushed = () => pushes.map(({ receivers, content }) => ({ receivers, content }));
/** What is pushed of a message, once that of the next one is: the hook is asked one by one. */
async function pushOf(fields = {}): Promise<ReturnType<typeof pushed>> {
  await say(tom, cid, 'hello', fields);
  await expect.poll(() => engine.called('_receiversOffline').length).toBeGreaterThan(0);
  const settled = engine.functions;
  engine.functions = {};
  const witness = await startConversation(tom, { m: ['Tom', 'Witness'], unique: false });
  await say(tom, witness, 'hello');
  await expect.poll(() => pushes.some(({ receivers }) => receivers.includes('Witness'))).toBe(true);
  engine.functions = settled;
  engine.calls = [];
  const found = pushed().filter(({ receivers }) => !receivers.includes('Witness'));
  pushes = [];
  return found;
}

describe('what is pushed to those who are away', () => {
  const everybody = ['Jerry', 'Spike', 'Muffin'];
  const standard = { alert: 'standard' };

  it('[F-HOOK-10] goes to all of them, with the content of the message or of the app', async () => {
    expect(await pushOf()).toEqual([{ receivers: everybody, content: standard }]);
    engine.functions._receiversOffline = () => ({});
    const jerry = await TestClient.open(parley, 'Jerry');
    expect(await pushOf()).toEqual([{ receivers: ['Spike', 'Muffin'], content: standard }]);
    await jerry.close();
  });

  it('[F-HOOK-10] is left out where the hook says so', async () => {
    for (const skip of [true, 1, 'yes', {}]) {
      engine.functions._receiversOffline = () => ({ skip });
      expect(await pushOf()).toEqual([]);
    }
    engine.functions._receiversOffline = () => ({ skip: 0 });
    expect(await pushOf()).toHaveLength(1);
  });

  it('[F-HOOK-10] goes to those the hook names, if they are away, and with its words', async () => {
    engine.functions._receiversOffline = () => ({
      offlinePeers: ['Spike', 'a stranger', 7],
      pushMessage: '{"alert":"psst","badge":"Increment","_profile":"dev"}',
    });
    const content = { alert: 'psst', badge: 'Increment', _profile: 'dev' };
    expect(await pushOf()).toEqual([{ receivers: ['Spike'], content }]);
    engine.functions._receiversOffline = () => ({ pushMessage: { alert: 'an object' } });
    expect(await pushOf()).toEqual([{ receivers: everybody, content: { alert: 'an object' } }]);
    engine.functions._receiversOffline = () => ({ pushMessage: 'just words' });
    expect(await pushOf()).toEqual([{ receivers: everybody, content: { alert: 'just words' } }]);
    engine.functions._receiversOffline = () => ({ offlinePeers: [] });
    expect(await pushOf()).toEqual([]);
  });

  it('[F-HOOK-10] spares those who silenced the conversation, unless the hook forces it', async () => {
    const jerry = await TestClient.open(parley, 'Jerry');
    await conv(jerry, OpType.mute, { cid });
    await jerry.close();
    await expect.poll(() => parley.app.core.live.isOnline(1, 'Jerry')).toBe(false);
    expect(await pushOf()).toMatchObject([{ receivers: ['Spike', 'Muffin'] }]);
    engine.functions._receiversOffline = ({ offlinePeers }) => {
      expect(offlinePeers).toEqual(everybody);
      return { force: true };
    };
    expect(await pushOf()).toMatchObject([{ receivers: everybody }]);
  });

  it('[F-HOOK-10] spares the subscribers who silenced a service', async () => {
    const rest = async (path: string, body: object) => {
      const keys = { 'x-lc-id': parley.appId, 'x-lc-key': `${parley.masterKey},master` };
      const headers = { 'content-type': 'application/json', ...keys };
      const response = await fetch(`${parley.url}/1.2/rtm/service-conversations${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return (await response.json()) as { objectId: string };
    };
    const { objectId: service } = await rest('', { name: 'desk' });
    const jerry = await TestClient.open(parley, 'Jerry');
    await conv(jerry, OpType.add, { cid: service, m: ['Jerry'] });
    await conv(jerry, OpType.mute, { cid: service });
    await jerry.close();
    await expect.poll(() => parley.app.core.live.isOnline(1, 'Jerry')).toBe(false);
    pushes = [];
    const to_clients = ['Jerry', 'Spike'];
    await rest(`/${service}/messages`, { from_client: 'desk', to_clients, message: 'hello' });
    await expect.poll(() => pushes.length).toBe(1);
    expect(pushed()).toMatchObject([{ receivers: ['Spike'] }]);
  });

  it('[F-HOOK-10] follows what the hook of the message made of it', async () => {
    engine.functions._messageReceived = () => ({ content: 'changed', toPeers: ['Muffin'] });
    engine.functions._receiversOffline = ({ content, offlinePeers }) => {
      expect([content, offlinePeers]).toEqual(['changed', ['Muffin']]);
      return {};
    };
    expect(await pushOf()).toMatchObject([{ receivers: ['Muffin'] }]);
  });

  it('[F-HOOK-10][F-HOOK-02] goes on where the hook fails, or not, as the app wants; the message is there', async () => {
    engine.functions._receiversOffline = () => new Raw(500, '');
    expect(await pushOf()).toMatchObject([{ receivers: everybody }]);
    await parley.apps.changeSettings(parley.appId, { abortOnHookFailure: true });
    expect(await pushOf()).toEqual([]);
    await parley.apps.changeSettings(parley.appId, { abortOnHookFailure: null });
  });
});
