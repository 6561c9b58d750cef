import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createService } from '../src/domain/service-conversation/create-service.ts';
import { conv, query, startConversation, where } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

let clients = 0;
/** A logged-in client with an id of its own. */
async function login(name: string): Promise<TestClient & { readonly id: string }> {
  const id = `${name}-${++clients}`;
  return Object.assign(await TestClient.open(parley, id), { id });
}

/** Everything told about conversations so far, as `op` names with what they say. */
async function told(client: TestClient): Promise<readonly GenericCommand[]> {
  await client.settled();
  return client.inbox.splice(0).filter((command) => command.cmd === CommandType.conv);
}

describe('starting a conversation', () => {
  it('[F-CONV-30][F-CONV-34] tells every member, the creator included, exactly once each that it joined and who did', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const reply = await conv(tom, OpType.start, {
      m: [jerry.id, jerry.id],
      attr: { data: JSON.stringify({ name: 'T & J', attr: { type: 'private' } }) },
    });
    expect(reply).toMatchObject({ cmd: CommandType.conv, op: OpType.started });
    expect(reply.convMessage?.cid).toMatch(/^[0-9a-f]{24}$/);
    expect(reply.convMessage?.cdate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(reply.convMessage?.existing).toBeUndefined();
    for (const member of [tom, jerry]) {
      const [joined, membersJoined, ...rest] = await told(member);
      expect(rest).toEqual([]);
      expect(joined).toMatchObject({
        op: OpType.joined,
        peerId: member.id,
        service: 2,
        notificationType: 1,
        convMessage: { cid: reply.convMessage?.cid, initBy: tom.id },
      });
      expect(membersJoined).toMatchObject({
        op: OpType.members_joined,
        convMessage: { m: [tom.id, jerry.id] },
      });
      expect(membersJoined?.serverTs).toBe(joined?.serverTs);
      expect(joined?.i).toBeUndefined();
    }
  });

  it('[F-CONV-14][F-CONV-31] with unique returns the existing one, told to nobody again', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const first = await conv(tom, OpType.start, { m: [jerry.id], unique: true });
    await told(tom);
    await told(jerry);
    const second = await conv(jerry, OpType.start, { m: [tom.id, jerry.id], unique: true });
    expect(second.convMessage).toMatchObject({
      cid: first.convMessage?.cid,
      cdate: first.convMessage?.cdate,
      uniqueId: first.convMessage?.uniqueId,
      existing: true,
    });
    expect(second.convMessage?.uniqueId).toMatch(/^[0-9a-f]{32}$/);
    expect(await told(tom)).toEqual([]);
    expect(await told(jerry)).toEqual([]);
  });

  it('[F-CONV-33] without unique always makes a new one', async () => {
    const tom = await login('Tom');
    expect(await startConversation(tom, { m: ['x'] })).not.toBe(await startConversation(tom, { m: ['x'] }));
  });

  it('[F-CONV-20] refuses the 501st member with 4304', async () => {
    const tom = await login('Tom');
    const others = Array.from({ length: 500 }, (_, index) => `member-${index}`);
    expect((await conv(tom, OpType.start, { m: others })).errorMessage).toMatchObject({
      code: 4304,
      reason: 'CONVERSATION_FULL',
    });
    expect((await conv(tom, OpType.start, { m: others.slice(1) })).op).toBe(OpType.started);
  });

  it('[F-CONV-47] drops server-controlled columns from its attributes', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, {
      attr: { data: JSON.stringify({ c: 'Mallory', m: ['Mallory'], sys: true, topic: 'kept' }) },
    });
    const [found] = await query(tom, where({ objectId: cid }));
    expect(found).toMatchObject({ c: tom.id, m: [tom.id], sys: false, topic: 'kept' });
  });
});

describe('members', () => {
  it('[F-CONV-35][F-CONV-36] who are added learn it, and everybody learns who', async () => {
    const [tom, jerry, spike] = [await login('Tom'), await login('Jerry'), await login('Spike')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    await Promise.all([tom, jerry].map(told));
    const reply = await conv(tom, OpType.add, { cid, m: [spike.id, jerry.id] });
    expect(reply.op).toBe(OpType.added);
    expect([...(reply.convMessage?.allowedPids ?? [])].sort()).toEqual([jerry.id, spike.id].sort());
    expect(reply.convMessage?.failedPids).toBeUndefined();
    const udate = reply.convMessage?.udate;
    const told3 = await Promise.all([tom, jerry, spike].map(told));
    const seen = told3.map((commands) => commands.map(({ op }) => op));
    expect(seen).toEqual([
      [OpType.members_joined],
      [OpType.members_joined],
      [OpType.joined, OpType.members_joined],
    ]);
    for (const command of told3.flat()) expect(command.convMessage).toMatchObject({ initBy: tom.id, udate });
    expect(told3[0]?.[0]?.convMessage?.m).toEqual([spike.id]);
    const [found] = await query(tom, where({ objectId: cid }));
    expect(found?.updatedAt).toBe(udate);
  });

  it('[F-CONV-37] who are removed learn only that they left, the others who did', async () => {
    const [tom, jerry, spike] = [await login('Tom'), await login('Jerry'), await login('Spike')];
    const cid = await startConversation(tom, { m: [jerry.id, spike.id] });
    await Promise.all([tom, jerry, spike].map(told));
    const reply = await conv(tom, OpType.remove, { cid, m: [spike.id] });
    expect(reply).toMatchObject({ op: OpType.removed, convMessage: { allowedPids: [spike.id] } });
    const seen = (await Promise.all([tom, jerry, spike].map(told))).map((commands) =>
      commands.map(({ op }) => op),
    );
    expect(seen).toEqual([[OpType.members_left], [OpType.members_left], [OpType.left]]);
  });

  it('[F-CONV-38] who quit hear of it once and of nothing later', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    await Promise.all([tom, jerry].map(told));
    await conv(jerry, OpType.remove, { cid, m: [jerry.id] });
    const [left] = await told(jerry);
    expect(left).toMatchObject({ op: OpType.left, convMessage: { cid, initBy: jerry.id } });
    await conv(tom, OpType.update, { cid, attr: { data: '{"name":"later"}' } });
    expect(await told(jerry)).toEqual([]);
    expect(await told(tom)).toMatchObject([{ op: OpType.members_left, convMessage: { m: [jerry.id] } }]);
  });

  it('[F-CONV-36] who join twice change nothing and tell nobody', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, {});
    await conv(jerry, OpType.add, { cid, m: [jerry.id] });
    await Promise.all([tom, jerry].map(told));
    const again = await conv(jerry, OpType.add, { cid, m: [jerry.id] });
    expect(again.convMessage?.allowedPids).toEqual([jerry.id]);
    expect(await told(tom)).toEqual([]);
  });

  it('[F-CONV-39][F-GRP-10] can be removed in part: the owner stays, the others go', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    const reply = await conv(tom, OpType.remove, { cid, m: [tom.id, jerry.id] });
    expect(reply).toMatchObject({
      op: OpType.removed,
      convMessage: {
        allowedPids: [jerry.id],
        failedPids: [{ code: 4324, reason: 'CONVERSATION_NEED_OWNER', pids: [tom.id] }],
      },
    });
    const quit = await conv(tom, OpType.remove, { cid, m: [tom.id] });
    expect(quit.errorMessage).toMatchObject({ code: 4324, reason: 'CONVERSATION_NEED_OWNER' });
  });

  it('[F-CONV-40] beyond the limit are refused one by one, and as a whole if none fits', async () => {
    const tom = await login('Tom');
    const others = Array.from({ length: 498 }, (_, index) => `member-${index}`);
    const cid = await startConversation(tom, { m: others });
    const partly = await conv(tom, OpType.add, { cid, m: ['fits', 'does not fit'] });
    expect(partly.convMessage).toMatchObject({
      allowedPids: ['fits'],
      failedPids: [{ code: 4304, reason: 'CONVERSATION_FULL', pids: ['does not fit'] }],
    });
    expect((await conv(tom, OpType.add, { cid, m: ['another'] })).errorMessage?.code).toBe(4304);
  });

  it('can only be brought in by members, and put out by those above them', async () => {
    const [tom, jerry, stranger] = [await login('Tom'), await login('Jerry'), await login('Stranger')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    expect((await conv(stranger, OpType.add, { cid, m: ['x'] })).errorMessage?.code).toBe(4317);
    expect((await conv(stranger, OpType.remove, { cid, m: [jerry.id] })).errorMessage?.code).toBe(4317);
    expect((await conv(jerry, OpType.remove, { cid, m: [tom.id] })).errorMessage?.code).toBe(4320);
  });

  it('are counted for anybody, and asked for one by one', async () => {
    const [tom, stranger] = [await login('Tom'), await login('Stranger')];
    const cid = await startConversation(tom, { m: ['a', 'b'] });
    expect(await conv(stranger, OpType.count, { cid })).toMatchObject({
      op: OpType.result,
      convMessage: { count: 3 },
    });
    const reply = await conv(tom, OpType.is_member, { cids: [cid, 'f'.repeat(24)] });
    expect(JSON.parse(reply.convMessage?.results?.data ?? '')).toEqual({
      [cid]: true,
      ['f'.repeat(24)]: false,
    });
  });
});

describe('updating', () => {
  it('[F-CONV-42][F-CONV-44][F-CONV-45] by dotted path changes that key only and tells all but the session that asked', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const laptop = await TestClient.open(parley, tom.id);
    const cid = await startConversation(tom, {
      m: [jerry.id],
      attr: { data: JSON.stringify({ attr: { old: 5, keep: 7 } }) },
    });
    await Promise.all([tom, laptop, jerry].map(told));
    const update = { name: 'n', 'attr.set': 1, 'attr.old': { __op: 'Delete' } };
    const reply = await conv(tom, OpType.update, { cid, attr: { data: JSON.stringify(update) } });
    const resulting = { name: 'n', attr: { keep: 7, set: 1 } };
    expect(reply.op).toBe(OpType.updated);
    expect(JSON.parse(reply.convMessage?.attrModified?.data ?? '')).toEqual(resulting);
    expect(await told(tom)).toEqual([]);
    for (const other of [laptop, jerry]) {
      const [updated] = await told(other);
      expect(updated).toMatchObject({
        op: OpType.updated,
        convMessage: { cid, initBy: tom.id, udate: reply.convMessage?.udate },
      });
      expect(JSON.parse(updated?.convMessage?.attr?.data ?? '')).toEqual(update);
      expect(JSON.parse(updated?.convMessage?.attrModified?.data ?? '')).toEqual(resulting);
    }
  });

  it('[F-CONV-43] is refused to strangers with 4309 and for unknown conversations with 4303', async () => {
    const [tom, stranger] = [await login('Tom'), await login('Stranger')];
    const cid = await startConversation(tom, {});
    const attr = { data: '{"name":"x"}' };
    expect((await conv(stranger, OpType.update, { cid, attr })).errorMessage?.code).toBe(4309);
    expect((await conv(tom, OpType.update, { cid: 'f'.repeat(24), attr })).errorMessage).toMatchObject({
      code: 4303,
      reason: 'CONVERSATION_NOT_FOUND',
    });
  });

  it('[F-CONV-44] of attr as a whole and by path at once is refused, and nothing is written', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { attr: { data: '{"attr":{"a":1}}' } });
    const reply = await conv(tom, OpType.update, { cid, attr: { data: '{"attr":{"b":2},"attr.c":3}' } });
    expect(reply.errorMessage?.code).toBe(4306);
    expect((await conv(tom, OpType.update, { cid, attr: { data: 'no json' } })).errorMessage?.code).toBe(
      4306,
    );
    expect((await query(tom, where({ objectId: cid })))[0]?.attr).toEqual({ a: 1 });
  });

  it('[F-CONV-42] loses and refuses none of many concurrent increments by many members', async () => {
    const members = await Promise.all(Array.from({ length: 40 }, () => login('Tom')));
    const [tom] = members;
    if (tom === undefined) throw new Error('Nobody logged in.');
    const cid = await startConversation(tom, {
      m: members.map(({ id }) => id),
      attr: { data: '{"attr":{"n":0}}' },
    });
    const attr = { data: '{"attr.n":{"__op":"Increment","amount":1}}' };
    const replies = await Promise.all(members.map((member) => conv(member, OpType.update, { cid, attr })));
    expect(replies.map((reply) => reply.errorMessage?.code)).toEqual(members.map(() => undefined));
    expect((await query(tom, where({ objectId: cid })))[0]?.attr).toEqual({ n: 40 });
    await Promise.all(members.map((member) => member.close()));
  });

  it('loses none of many concurrent increments', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id], attr: { data: '{"attr":{"n":0}}' } });
    const attr = { data: '{"attr.n":{"__op":"Increment","amount":1}}' };
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        conv(index % 2 === 0 ? tom : jerry, OpType.update, { cid, attr }),
      ),
    );
    expect(replies.every((reply) => reply.op === OpType.updated)).toBe(true);
    expect((await query(tom, where({ objectId: cid })))[0]?.attr).toEqual({ n: 40 });
  });

  it('[F-CONV-10] of the mute mark answers updated with a newer time and shows in mu', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    await Promise.all([tom, jerry].map(told));
    const muted = await conv(tom, OpType.mute, { cid });
    expect(muted.op).toBe(OpType.updated);
    expect((await query(tom, where({ objectId: cid })))[0]).toMatchObject({ mu: [tom.id], muted: true });
    const unmuted = await conv(tom, OpType.unmute, { cid });
    expect(Date.parse(unmuted.convMessage?.udate ?? '')).toBeGreaterThan(
      Date.parse(muted.convMessage?.udate ?? ''),
    );
    expect(await told(jerry)).toEqual([]);
  });
});

describe('querying', () => {
  it('[F-CONV-49][F-CONV-59] without conditions finds only conversations the client is in', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const mine = await startConversation(tom, { m: [jerry.id] });
    const room = await startConversation(tom, { transient: true });
    await conv(tom, OpType.add, { cid: room, m: [tom.id] });
    const app = parley.apps.find(parley.appId);
    if (app === undefined) throw new Error('There is no app.');
    const service = await createService(parley.app.core.world, { app }, { name: 'desk' });
    expect((await conv(tom, OpType.add, { cid: service.id, m: [tom.id] })).op).toBe(OpType.added);
    await startConversation(jerry, {});
    const found = await query(tom, {});
    expect(found.map(({ objectId }) => objectId)).toEqual([mine]);
  });

  it('[F-CONV-57] compact leaves the members out, and limit 0 finds nothing', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['x'] });
    const [found] = await query(tom, { ...where({ objectId: cid }), flag: 1 });
    expect(found).toMatchObject({ objectId: cid });
    expect(found).not.toHaveProperty('m');
    expect(await query(tom, { ...where({ objectId: cid }), limit: 0 })).toEqual([]);
  });

  it('writes what SDKs cannot do without: id first, dates as text, flags never null', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['x'], unique: true });
    const [found] = await query(tom, where({ objectId: cid }));
    expect(Object.keys(found ?? {})[0]).toBe('objectId');
    expect(found).toMatchObject({
      c: tom.id,
      m: [tom.id, 'x'],
      mu: [],
      tr: false,
      sys: false,
      unique: true,
      conv_type: 1,
    });
    expect(found?.createdAt).toMatch(/Z$/);
    expect(found).not.toHaveProperty('lm');
    expect(found).not.toHaveProperty('msg');
    expect(Object.values(found ?? {})).not.toContain(null);
  });

  it('[F-CONV-58] returns the newest message with what tells text from binary', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['x'] });
    const sent = await tom.request({
      cmd: CommandType.direct,
      directMessage: { cid, msg: 'last', mentionPids: ['x'] },
    });
    expect((await query(tom, { ...where({ objectId: cid }), flag: 2 }))[0]).toMatchObject({
      msg: 'last',
      bin: false,
      msg_from: tom.id,
      msg_mid: sent.ackMessage?.uid,
      msg_timestamp: sent.ackMessage?.t,
      mention_pids: ['x'],
      lm: { __type: 'Date', iso: new Date(sent.ackMessage?.t ?? 0).toISOString() },
    });
    await tom.request({
      cmd: CommandType.direct,
      directMessage: { cid, binaryMsg: new Uint8Array([1, 2, 255]) },
    });
    expect((await query(tom, { ...where({ objectId: cid }), flag: 2 }))[0]).toMatchObject({
      msg: 'AQL/',
      bin: true,
    });
  });

  it('[F-CONV-47] lets no column pass for what the server says', async () => {
    const tom = await login('Tom');
    const spoofed = {
      msg: 'never sent',
      bin: true,
      msg_from: 'Jerry',
      muted: 'yes',
      joined: true,
      colour: 'red',
    };
    const cid = await startConversation(tom, { attr: { data: JSON.stringify(spoofed) } });
    const [found] = await query(tom, { ...where({ objectId: cid }), flag: 2 });
    expect(found).toMatchObject({ objectId: cid, muted: false, colour: 'red' });
    for (const name of ['msg', 'bin', 'msg_from', 'joined']) expect(found).not.toHaveProperty(name);
  });

  it('that is malformed is answered with 4310 and a sentence', async () => {
    const tom = await login('Tom');
    for (const data of ['no json', '[]', '{"a":{"$where":"1"}}', '{"a":{"$regex":"("}}']) {
      const reply = await conv(tom, OpType.query, { where: { data } });
      expect(reply.errorMessage, data).toMatchObject({ code: 4310, reason: 'CONVERSATION_QUERY_FAILED' });
      expect(reply.errorMessage?.detail).toMatch(/\w+ .*\w/);
    }
  });
});
