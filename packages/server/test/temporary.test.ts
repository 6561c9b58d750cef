import { CommandType, OpType } from '@parley/protocol';
import { FakeClock, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, history, query, say, startConversation, where } from './flow.ts';

const SECOND = 1000;

let parley: Parley;
let clock: FakeClock;
beforeAll(async () => {
  clock = new FakeClock();
  parley = await startParley({ clock, limits: { readTimeoutMs: 2 ** 40, loginTimeoutMs: 2 ** 40 } });
});
afterAll(() => parley.close());

let clients = 0;
async function login(name: string): Promise<TestClient & { readonly id: string }> {
  const id = `${name}-${++clients}`;
  return Object.assign(await TestClient.open(parley, id), { id });
}

const start = (client: TestClient, m: readonly string[], fields = {}) =>
  conv(client, OpType.start, { m, tempConv: true, ...fields });

describe('a temporary conversation', () => {
  it('[F-TMP-01][F-TMP-07] lives a day unless told otherwise, and 30 days at most', async () => {
    const tom = await login('Tom');
    const ttl = async (fields: object) =>
      (await start(tom, ['x'], { unique: false, ...fields })).convMessage?.tempConvTTL;
    expect(await ttl({})).toBe(86_400);
    expect(await ttl({ tempConvTTL: 0 })).toBe(86_400);
    expect(await ttl({ tempConvTTL: -5 })).toBe(86_400);
    expect(await ttl({ tempConvTTL: 3600 })).toBe(3600);
    expect(await ttl({ tempConvTTL: 99_999_999 })).toBe(2_592_000);
    await tom.close();
  });

  it('[F-TMP-01][F-TMP-05] has at most ten members, the creator included, who stay the same', async () => {
    const tom = await login('Tom');
    const others = Array.from({ length: 10 }, (_, n) => `member-${n}`);
    expect((await start(tom, others)).errorMessage).toMatchObject({
      code: 4304,
      reason: 'CONVERSATION_FULL',
    });
    const cid = (await start(tom, others.slice(1))).convMessage?.cid ?? '';
    const [found] = await query(tom, { tempConvIds: [cid] });
    expect(found?.m).toHaveLength(10);
    for (const [op, m] of [
      [OpType.add, ['new']],
      [OpType.remove, ['member-1']],
      [OpType.remove, [tom.id]],
    ] as const) {
      expect((await conv(tom, op, { cid, m })).errorMessage).toMatchObject({ code: 4307 });
    }
    await tom.close();
  });

  it('[F-TMP-02][F-TMP-03] can neither be muted nor changed', async () => {
    const tom = await login('Tom');
    const cid = (await start(tom, ['x'])).convMessage?.cid ?? '';
    for (const op of [OpType.mute, OpType.unmute]) {
      expect((await conv(tom, op, { cid })).errorMessage?.code).toBe(4307);
    }
    const update = await conv(tom, OpType.update, { cid, attr: { data: '{"name":"n"}' } });
    expect(update.errorMessage?.code).toBe(4307);
    await tom.close();
  });

  it('[F-TMP-04][F-TMP-06] carries messages, receipts, edits, counts and history like any other while it lives', async () => {
    const [customer, agent] = [await login('customer'), await login('agent')];
    const cid = await startConversation(customer, { m: [agent.id], tempConv: true, tempConvTTL: 600 });
    expect(cid).toMatch(/^_tmp:[0-9a-f]{24}$/);
    const joined = await agent.push(CommandType.conv, OpType.joined);
    expect(joined.convMessage).toMatchObject({ cid, tempConv: true, tempConvTTL: 600, initBy: customer.id });
    const { ackMessage } = await say(customer, cid, 'it does not work', { r: true, mentionPids: [agent.id] });
    const heard = await agent.push(CommandType.direct);
    expect(heard.directMessage).toMatchObject({
      msg: 'it does not work',
      convType: 4,
      mentionPids: [agent.id],
    });
    agent.send({ cmd: CommandType.ack, ackMessage: { cid, mid: ackMessage?.uid ?? '' } });
    expect((await customer.push(CommandType.rcp)).rcpMessage?.id).toBe(ackMessage?.uid);
    await customer.request({
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: {
        patches: [{ cid, mid: ackMessage?.uid ?? '', timestamp: ackMessage?.t ?? 0, data: 'it works' }],
      },
    });
    expect((await agent.push(CommandType.patch)).patchMessage?.patches?.[0]?.data).toBe('it works');
    await say(customer, cid, 'typing', { transient: true });
    expect((await agent.push(CommandType.direct)).directMessage?.transient).toBe(true);
    await agent.close();
    await say(customer, cid, 'thank you', { mentionAll: true });
    const again = await TestClient.open(parley, agent.id);
    const unread = await again.push(CommandType.unread);
    expect(unread.unreadMessage?.convs?.[0]).toMatchObject({ cid, unread: 2, mentioned: true, convType: 4 });
    expect(await history(again, cid)).toEqual(['it works', 'thank you']);
    const [found] = await query(again, { tempConvIds: [cid] });
    expect(found).toMatchObject({ objectId: cid, temp: true, ttl: 600 });
    await Promise.all([customer.close(), again.close()]);
  });

  it('[F-TMP-09][F-SEC-02] shows its last message to its members only', async () => {
    const [tom, stranger] = [await login('Tom'), await login('stranger')];
    const cid = await startConversation(tom, { m: ['x'], tempConv: true });
    await say(tom, cid, 'a secret');
    const last = async (client: TestClient) => {
      const [found] = await query(client, { tempConvIds: [cid], flag: 2 });
      return [found?.objectId, found?.msg];
    };
    expect(await last(tom)).toEqual([cid, 'a secret']);
    expect(await last(stranger)).toEqual([cid, undefined]);
    await Promise.all([tom.close(), stranger.close()]);
  });

  it('[F-TMP-04] is one for the same members as long as it lives, from whichever side it is made', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const first = await start(tom, [jerry.id], { unique: true, tempConvTTL: 60 });
    const same = await start(jerry, [tom.id], { unique: true, tempConvTTL: 60 });
    expect(same.convMessage).toMatchObject({ cid: first.convMessage?.cid, existing: true });
    const basic = await conv(tom, OpType.start, { m: [jerry.id], unique: true });
    expect(basic.convMessage?.cid).not.toBe(first.convMessage?.cid);
    clock.advance(61 * SECOND);
    const next = await start(jerry, [tom.id], { unique: true, tempConvTTL: 60 });
    expect(next.convMessage?.cid).not.toBe(first.convMessage?.cid);
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('[F-TMP-08] answers everything with 4303 once its time is over, and is unread for nobody', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id], tempConv: true, tempConvTTL: 60 });
    const { ackMessage } = await say(tom, cid, 'while it lives');
    await jerry.close();
    clock.advance(60 * SECOND);
    const patch = {
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: {
        patches: [{ cid, mid: ackMessage?.uid ?? '', timestamp: ackMessage?.t ?? 0, data: 'x' }],
      },
    };
    const answers = [
      (await say(tom, cid, 'too late')).ackMessage?.code,
      (await tom.request({ cmd: CommandType.logs, logsMessage: { cid } })).errorMessage?.code,
      (await tom.request(patch)).errorMessage?.code,
      (await conv(tom, OpType.count, { cid })).errorMessage?.code,
      ...(await Promise.all(
        [
          conv(tom, OpType.add, { cid, m: ['x'] }),
          conv(tom, OpType.remove, { cid, m: [tom.id] }),
          conv(tom, OpType.update, { cid, attr: { data: '{"name":"new"}' } }),
          conv(tom, OpType.mute, { cid }),
          conv(tom, OpType.unmute, { cid }),
          conv(tom, OpType.max_read, { cid }),
          conv(tom, OpType.members, { cid }),
          conv(tom, OpType.add_shutup, { cid, m: [jerry.id] }),
          conv(tom, OpType.member_info_update, {
            cid,
            targetClientId: jerry.id,
            info: { pid: jerry.id, role: 'Manager' },
          }),
          tom.request({
            cmd: CommandType.blacklist,
            op: OpType.block,
            blacklistMessage: { srcCid: cid, toPids: [jerry.id] },
          }),
        ].map(async (answer) => (await answer).errorMessage?.code),
      )),
    ];
    expect(answers).toEqual(answers.map(() => 4303));
    expect(await query(tom, { tempConvIds: [cid] })).toEqual([]);
    const again = await TestClient.open(parley, jerry.id);
    await parley.store.memberStates.unread(1, 'nobody', 0, clock.now());
    await parley.store.ping();
    await again.settled();
    expect(again.inbox.filter(({ cmd }) => cmd === CommandType.unread)).toEqual([]);
    await Promise.all([tom.close(), again.close()]);
  });

  it('[F-TMP-09] is for its members only', async () => {
    const [tom, stranger] = [await login('Tom'), await login('stranger')];
    const cid = await startConversation(tom, { m: ['Jerry'], tempConv: true });
    expect((await say(stranger, cid, 'hello')).ackMessage?.code).toBe(4401);
    const read = await stranger.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(read.errorMessage?.code).toBe(4312);
    expect(await query(stranger, where({ m: 'Jerry' }))).toEqual([]);
    await Promise.all([tom.close(), stranger.close()]);
  });
});
