import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, history, query, say, startConversation, where } from './flow.ts';

const OTHER_APP = 'another-app-of-this-server';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ otherApps: [OTHER_APP] });
});
afterAll(() => parley.close());

let clients = 0;
async function login(name: string, appId = parley.appId): Promise<TestClient & { readonly id: string }> {
  const id = `${name}-${++clients}`;
  return Object.assign(await TestClient.open({ ...parley, appId }, id), { id });
}

describe('clients', () => {
  it('[F-SESS-04] of one name in two apps are two, and know nothing of each other', async () => {
    const here = await TestClient.open(parley, 'same-name');
    const there = await TestClient.open({ ...parley, appId: OTHER_APP }, 'same-name');
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['same-name'] });
    await say(tom, cid, 'for one of them');
    const heard = await here.push(CommandType.direct);
    expect(heard.directMessage?.msg).toBe('for one of them');
    await there.settled();
    expect(there.inbox.filter(({ cmd }) => cmd === CommandType.direct || cmd === CommandType.conv)).toEqual(
      [],
    );
    expect(await query(there, where({ objectId: cid }))).toEqual([]);
    const foreign = await say(there, cid, 'from the other app');
    expect(foreign.ackMessage?.code).toBe(4401);
    await Promise.all([here.close(), there.close(), tom.close()]);
  });

  it('[F-SESS-04] of one name in two apps take turns on one connection, and the first is offline then', async () => {
    const tom = await login('Tom');
    const room = await startConversation(tom, { transient: true });
    const shared = await login('twice');
    expect((await conv(shared, OpType.add, { cid: room, m: [shared.id] })).op).toBe(OpType.added);
    expect((await shared.login(OTHER_APP, shared.id)).op).toBe(OpType.opened);
    const state = async () => {
      const online = await tom.request({
        cmd: CommandType.session,
        op: OpType.query,
        sessionMessage: { sessionPeerIds: [shared.id] },
      });
      const { convMessage } = await conv(tom, OpType.count, { cid: room });
      return [online.sessionMessage?.onlineSessionPeerIds ?? [], convMessage?.count];
    };
    expect(await state()).toEqual([[], 1]);
    await shared.terminate();
    expect(await state()).toEqual([[], 1]);
    await tom.close();
  });

  it('[F-SESS-05][F-MSG-03][F-MSG-06] that are no persons report to others, stored or not, as each message says', async () => {
    const probe = await login('probe');
    const watcher = await login('watcher');
    const cid = await startConversation(probe, { m: [watcher.id] });
    for (let reading = 1; reading <= 3; reading++) await say(probe, cid, `${reading} °C`);
    await say(probe, cid, 'is measuring …', { transient: true });
    const heard = [];
    for (let n = 0; n < 4; n++) heard.push((await watcher.push(CommandType.direct)).directMessage);
    expect(heard.map((message) => message?.msg)).toEqual(['1 °C', '2 °C', '3 °C', 'is measuring …']);
    expect(heard[3]?.transient).toBe(true);
    expect(await history(watcher, cid)).toEqual(['1 °C', '2 °C', '3 °C']);
    await Promise.all([probe.close(), watcher.close()]);
  });

  it('[F-SESS-10] may be on many devices or on one, as the app’s tag says', async () => {
    const name = `many-${++clients}`;
    const devices = [
      await TestClient.open(parley, name, { deviceId: 'phone' }),
      await TestClient.open(parley, name, { deviceId: 'tablet' }),
    ];
    const single = `single-${++clients}`;
    const first = await TestClient.open(parley, single, { tag: 'mobile', deviceId: 'phone' });
    const second = await TestClient.open(parley, single, { tag: 'mobile', deviceId: 'tablet' });
    const closed = await first.push(CommandType.session, OpType.closed);
    expect(closed.sessionMessage?.code).toBe(4111);
    for (const device of devices) {
      await device.settled();
      expect(device.inbox.filter(({ op }) => op === OpType.closed)).toEqual([]);
    }
    await Promise.all([...devices, first, second].map((client) => client.close()));
  });
});

describe('conversations', () => {
  it('[F-CONV-01][F-CONV-03] carry every message: a stranger neither sends nor reads, and a client’s name is no address', async () => {
    const [tom, jerry, stranger] = [await login('Tom'), await login('Jerry'), await login('stranger')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    await say(tom, cid, 'between us');
    expect((await say(stranger, cid, 'me too')).ackMessage?.code).toBe(4401);
    expect((await say(tom, jerry.id, 'straight to you')).ackMessage?.code).toBe(4401);
    const read = await stranger.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(read.errorMessage?.code).toBe(4312);
    await stranger.settled();
    expect(stranger.inbox.filter(({ cmd }) => cmd === CommandType.direct)).toEqual([]);
    expect(await history(jerry, cid)).toEqual(['between us']);
    await Promise.all([tom.close(), jerry.close(), stranger.close()]);
  });

  it('[F-CONV-02] let who created them and who joined them bring in others', async () => {
    const [tom, jerry, spike] = [await login('Tom'), await login('Jerry'), await login('Spike')];
    const cid = await startConversation(tom, { m: [] });
    expect((await conv(tom, OpType.add, { cid, m: [jerry.id] })).op).toBe(OpType.added);
    expect((await conv(jerry, OpType.add, { cid, m: [spike.id] })).op).toBe(OpType.added);
    await say(spike, cid, 'thanks');
    expect((await tom.push(CommandType.direct)).directMessage?.fromPeerId).toBe(spike.id);
    await Promise.all([tom.close(), jerry.close(), spike.close()]);
  });

  it('[F-CONV-08][F-CONV-09] name their creator, which nobody can change, and their members', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry', 'Spike'] });
    const refused = await conv(tom, OpType.update, { cid, attr: { data: JSON.stringify({ c: 'Jerry' }) } });
    expect(refused.errorMessage?.code).toBe(4306);
    const [found] = await query(tom, where({ objectId: cid }));
    expect(found).toMatchObject({ c: tom.id, m: [tom.id, 'Jerry', 'Spike'] });
    await tom.close();
  });

  it('[F-CONV-23] let a member see which of the others are online', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id, 'nobody-is-this'] });
    const [found] = await query(tom, where({ objectId: cid }));
    const reply = await tom.request({
      cmd: CommandType.session,
      op: OpType.query,
      sessionMessage: { sessionPeerIds: found?.m as string[] },
    });
    expect(reply.sessionMessage?.onlineSessionPeerIds?.toSorted()).toEqual([tom.id, jerry.id].toSorted());
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('[F-CONV-15] that are temporary are found by id only, never by a condition', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry'], tempConv: true, tempConvTTL: 60 });
    expect(cid).toMatch(/^_tmp:/);
    expect(await query(tom, where({ m: tom.id }))).toEqual([]);
    const byId = await query(tom, { tempConvIds: [cid] });
    expect(byId.map(({ objectId }) => objectId)).toEqual([cid]);
    await tom.close();
  });
});

describe('messages', () => {
  it('[F-MSG-12][F-MSG-14][F-MSG-15][F-MSG-19] keep every typed content byte for byte, whatever its type, key order and links', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    const contents = [
      ...[-1, -2, -3, -4, -5, -6, 0, 1, 4711].map((type) => `{"z":1, "_lctype":${type},"a":"ü"}`),
      '{"_lctype":-2,"_lcfile":{"url":"http:\\/\\/old-domain.example.com/a.png"}}',
    ];
    for (const content of contents) await say(tom, cid, content);
    for (const content of contents) {
      expect((await jerry.push(CommandType.direct)).directMessage?.msg).toBe(content);
    }
    expect(await history(jerry, cid)).toEqual(contents);
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('[F-MSG-29] can be left as a will in a basic conversation', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    const ack = await say(tom, cid, 'I am gone', { will: true });
    await tom.terminate();
    const heard = await jerry.push(CommandType.direct);
    expect(heard.directMessage).toMatchObject({ msg: 'I am gone', id: ack.ackMessage?.uid });
    await jerry.close();
  });
});
