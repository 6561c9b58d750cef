import { type AckCommand, CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { FakeClock, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, history, query, say, startConversation, where } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

let clients = 0;
async function login(name: string): Promise<TestClient & { readonly id: string }> {
  const id = `${name}-${++clients}`;
  return Object.assign(await TestClient.open(parley, id), { id });
}

async function pair() {
  const [tom, jerry] = [await login('Tom'), await login('Jerry')];
  const cid = await startConversation(tom, { m: [jerry.id] });
  await Promise.all([tom.settled(), jerry.settled()]);
  tom.inbox.length = 0;
  jerry.inbox.length = 0;
  return { tom, jerry, cid };
}

const commands = async (client: TestClient, cmd: number): Promise<readonly GenericCommand[]> => {
  await client.settled();
  return client.inbox.splice(0).filter((command) => command.cmd === cmd);
};

describe('sending', () => {
  it('[F-MSG-04] is acknowledged with id and time, and reaches the other member with the same', async () => {
    const { tom, jerry, cid } = await pair();
    const reply = await say(tom, cid, 'hello', { r: false, dt: 'token-1' });
    expect(reply).toMatchObject({ cmd: CommandType.ack, peerId: tom.id });
    expect(reply.ackMessage?.uid).toMatch(/^[-\w]{22}$/);
    expect(reply.ackMessage?.code).toBeUndefined();
    const direct = await jerry.push(CommandType.direct);
    expect(direct).toMatchObject({ peerId: jerry.id, service: 2 });
    expect(direct.directMessage).toEqual(
      expect.objectContaining({
        cid,
        id: reply.ackMessage?.uid,
        fromPeerId: tom.id,
        timestamp: reply.ackMessage?.t,
        msg: 'hello',
        convType: 1,
      }),
    );
    for (const absent of ['binaryMsg', 'transient', 'patchTimestamp', 'offline', 'dt', 'r'] as const) {
      expect(direct.directMessage?.[absent], absent).toBeUndefined();
    }
  });

  it('[F-MSG-01][F-MSG-02] counts metadata: 5 KB pass, one byte more is 4109 with an id and a time', async () => {
    const { tom, cid } = await pair();
    expect(
      (await say(tom, cid, 'x'.repeat(5000), { pushData: 'y'.repeat(120) })).ackMessage?.code,
    ).toBeUndefined();
    const refused = await say(tom, cid, 'x'.repeat(5000), { pushData: 'y'.repeat(121) });
    expect(refused.ackMessage).toMatchObject({ code: 4109, reason: 'FRAME_TOO_LONG' });
    expect(refused.ackMessage?.uid).toBeTruthy();
    expect(refused.ackMessage?.t).toBeGreaterThan(0);
    expect(await history(tom, cid)).toHaveLength(1);
  });

  it('[F-CONV-61] to a conversation one is not in, or that is unknown, is 4401', async () => {
    const { cid } = await pair();
    const stranger = await login('Stranger');
    for (const target of [cid, 'f'.repeat(24), '']) {
      const reply = await say(stranger, target, 'let me in');
      expect(reply.ackMessage, target).toMatchObject({ code: 4401, reason: 'INVALID_MESSAGING_TARGET' });
    }
    const expired = await say(stranger, '_tmp:000000000000000000000000', 'hello?');
    expect(expired.ackMessage).toMatchObject({ code: 4303, reason: 'CONVERSATION_NOT_FOUND' });
  });

  it('[F-MSG-67] again with the same token returns the first id and time and is told to nobody', async () => {
    const { tom, jerry, cid } = await pair();
    // Also of those that are kept nowhere.
    const [now, twice] = [
      await say(tom, cid, 'now', { dt: 'one', transient: true }),
      await say(tom, cid, 'now', { dt: 'one', transient: true }),
    ];
    expect(twice.ackMessage).toMatchObject({ uid: now.ackMessage?.uid, t: now.ackMessage?.t });
    await jerry.settled();
    expect(jerry.inbox.splice(0).map(({ directMessage }) => directMessage?.msg)).toEqual(['now']);
    const first = await say(tom, cid, 'once', { dt: 'the same' });
    const again = await say(tom, cid, 'once', { dt: 'the same' });
    expect(again.ackMessage).toMatchObject({ uid: first.ackMessage?.uid, t: first.ackMessage?.t });
    await jerry.push(CommandType.direct);
    expect(await commands(jerry, CommandType.direct)).toEqual([]);
    expect(await history(tom, cid)).toEqual(['once']);
  });

  it('[F-MSG-67] takes long tokens that begin alike for different ones', async () => {
    const { tom, cid } = await pair();
    const long = 'x'.repeat(200);
    await say(tom, cid, 'one', { dt: `${long}1` });
    await say(tom, cid, 'two', { dt: `${long}2` });
    await say(tom, cid, 'two again', { dt: `${long}2` });
    expect(await history(tom, cid)).toEqual(['one', 'two']);
  });

  it('[F-MSG-30] keeps the order of one sender, and every receiver sees the order of history', async () => {
    const { tom, jerry, cid } = await pair();
    const texts = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    const acks = await Promise.all(texts.map((text) => say(tom, cid, text)));
    const times = acks.map((ack) => ack.ackMessage?.t ?? 0);
    expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
    const received = (await commands(jerry, CommandType.direct)).map((command) => command.directMessage?.msg);
    expect(received).toEqual(texts);
    expect(await history(tom, cid)).toEqual(texts);
  });

  it('[F-MSG-30] keeps one order for all when many send at once', async () => {
    const members = await Promise.all(['a', 'b', 'c', 'd'].map(login));
    const [first] = members;
    if (first === undefined) throw new Error('Nobody logged in.');
    const cid = await startConversation(first, { m: members.map(({ id }) => id) });
    await Promise.all(members.map((member) => commands(member, CommandType.conv)));
    await Promise.all(
      members.flatMap((member) =>
        Array.from({ length: 50 }, (_, n) => say(member, cid, `${member.id} ${n}`)),
      ),
    );
    const order = await history(first, cid);
    expect(order).toHaveLength(200);
    for (const member of members) {
      const seen = (await commands(member, CommandType.direct)).map((command) => command.directMessage?.msg);
      expect(seen).toEqual(order.filter((text) => !text.startsWith(`${member.id} `)));
    }
  });

  it('[F-MSG-05][F-MSG-68] transiently is acknowledged, reaches who is online, and leaves no trace', async () => {
    const { tom, jerry, cid } = await pair();
    const reply = await say(tom, cid, 'typing…', { transient: true });
    expect(reply.ackMessage?.uid).toBeTruthy();
    expect((await jerry.push(CommandType.direct)).directMessage).toMatchObject({
      msg: 'typing…',
      transient: true,
    });
    expect(await history(tom, cid)).toEqual([]);
    expect((await query(tom, where({ objectId: cid })))[0]).not.toHaveProperty('lm');
  });

  it('[F-MSG-21] carries mentions', async () => {
    const { tom, jerry, cid } = await pair();
    await say(tom, cid, '@Jerry', { mentionPids: [jerry.id], mentionAll: false });
    const direct = (await jerry.push(CommandType.direct)).directMessage;
    expect(direct?.mentionPids).toEqual([jerry.id]);
    expect(direct?.mentionAll).toBeUndefined();
    await say(tom, cid, '@all', { mentionAll: true });
    expect((await jerry.push(CommandType.direct)).directMessage?.mentionAll).toBe(true);
  });

  it('[F-GEN-05] of bytes arrives as bytes, and as base64 in history', async () => {
    const { tom, jerry, cid } = await pair();
    await tom.request({
      cmd: CommandType.direct,
      directMessage: { cid, binaryMsg: new Uint8Array([0, 200, 255]) },
    });
    const direct = (await jerry.push(CommandType.direct)).directMessage;
    expect(direct?.msg).toBeUndefined();
    expect([...(direct?.binaryMsg ?? [])]).toEqual([0, 200, 255]);
    const reply = await jerry.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(reply.logsMessage?.logs).toMatchObject([{ bin: true, data: 'AMj/' }]);
  });

  it('works in text frames for clients that cannot do binary', async () => {
    const { tom, jerry, cid } = await pair();
    const text = await TestClient.open(parley, jerry.id, {}, { subprotocol: 'lc.proto2base64.3' });
    await say(tom, cid, 'to both devices');
    expect((await text.push(CommandType.direct)).directMessage?.msg).toBe('to both devices');
    expect((await say(text, cid, 'from text')).ackMessage?.uid).toBeTruthy();
  });
});

describe('history', () => {
  it('[F-MSG-52][F-MSG-53][F-MSG-54] is ascending in both directions and exact at its ends', async () => {
    const { tom, cid } = await pair();
    const sent: AckCommand[] = [];
    for (const text of ['1', '2', '3']) sent.push((await say(tom, cid, text)).ackMessage ?? {});
    const at = (n: number) => ({ t: sent[n - 1]?.t ?? 0, mid: sent[n - 1]?.uid ?? '' });
    const end = (n: number) => ({ tt: sent[n - 1]?.t ?? 0, tmid: sent[n - 1]?.uid ?? '' });
    const page = async (fields: object) => {
      const reply = await tom.request({ cmd: CommandType.logs, logsMessage: { cid, ...fields } });
      return (reply.logsMessage?.logs ?? []).map((item) => item.data).join(' ');
    };
    expect(await page({ ...at(3), ...end(1) })).toBe('2');
    expect(await page({ ...at(3), ...end(1), tIncluded: true })).toBe('2 3');
    expect(await page({ ...at(3), ...end(1), ttIncluded: true })).toBe('1 2');
    expect(await page({ ...at(1), ...end(3), direction: 2 })).toBe('2');
    expect(await page({ ...at(1), ...end(3), direction: 2, tIncluded: true })).toBe('1 2');
    expect(await page({ ...at(1), ...end(3), direction: 2, ttIncluded: true })).toBe('2 3');
    expect(await page({ l: 2 })).toBe('2 3');
    expect(await page({ limit: 2, direction: 2 })).toBe('1 2');
    expect(await page({ l: 0 })).toBe('');
    expect(await page({ t: 64_092_211_200_000, mid: '' })).toBe('1 2 3');
    expect(await page({ t: 0 })).toBe('1 2 3');
  });

  it('[F-MSG-57] has 20 messages a page by default', async () => {
    const { tom, cid } = await pair();
    await Promise.all(Array.from({ length: 25 }, (_, index) => say(tom, cid, `${index}`)));
    const reply = await tom.request({ cmd: CommandType.logs, op: OpType.open, logsMessage: { cid } });
    expect(reply.logsMessage?.logs).toHaveLength(20);
  });

  it('[F-MSG-56] can be filtered by the type of typed messages', async () => {
    const { tom, cid } = await pair();
    await say(tom, cid, 'plain');
    await say(tom, cid, '{"_lctype":-1,"_lctext":"typed"}');
    await say(tom, cid, '{"_lctype":-2}');
    const reply = await tom.request({ cmd: CommandType.logs, logsMessage: { cid, lctype: -1 } });
    expect(reply.logsMessage?.logs?.map((item) => item.data)).toEqual(['{"_lctype":-1,"_lctext":"typed"}']);
  });

  it('[F-CONV-60][F-CONV-62] is refused to strangers with 4312 and whole again for who rejoins', async () => {
    const { tom, jerry, cid } = await pair();
    const stranger = await login('Stranger');
    const refused = await stranger.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(refused.errorMessage).toMatchObject({ code: 4312, reason: 'CONVERSATION_LOG_REJECTED' });
    await conv(jerry, OpType.remove, { cid, m: [jerry.id] });
    await say(tom, cid, 'while you were out');
    await conv(jerry, OpType.add, { cid, m: [jerry.id] });
    expect(await history(jerry, cid)).toEqual(['while you were out']);
  });
});

describe('receipts', () => {
  it('[F-MSG-23][F-MSG-40][F-MSG-41][F-MSG-42] tell the sender of delivery and reading, once each', async () => {
    const { tom, jerry, cid } = await pair();
    const sent = (await say(tom, cid, 'got it?', { r: true })).ackMessage ?? {};
    jerry.send({ cmd: CommandType.ack, ackMessage: { cid, mid: sent.uid } });
    const delivered = await tom.push(CommandType.rcp);
    expect(delivered).toMatchObject({
      peerId: tom.id,
      service: 2,
      rcpMessage: { id: sent.uid, cid, from: jerry.id },
    });
    expect(delivered.rcpMessage?.read).toBeUndefined();
    expect(delivered.rcpMessage?.t).toBeGreaterThanOrEqual(sent.t ?? 0);
    expect(delivered.serverTs).toBeGreaterThan(0);
    jerry.send({ cmd: CommandType.ack, ackMessage: { cid, mid: sent.uid } });
    jerry.send({
      cmd: CommandType.read,
      readMessage: { convs: [{ cid, mid: sent.uid, timestamp: sent.t }] },
    });
    const unread = await jerry.push(CommandType.unread);
    expect(unread.unreadMessage?.convs).toMatchObject([
      { cid, unread: 0, mentioned: false, mid: sent.uid, convType: 1 },
    ]);
    const read = await tom.push(CommandType.rcp);
    expect(read.rcpMessage).toMatchObject({ id: sent.uid, cid, from: jerry.id, read: true });
    const max = await conv(tom, OpType.max_read, { cid });
    expect(max.convMessage?.maxReadTimestamp).toBeGreaterThanOrEqual(sent.t ?? 0);
    const all = await conv(tom, OpType.max_read, { cid, queryAllMembers: true });
    expect(all.convMessage?.maxReadTuples).toMatchObject([{ pid: jerry.id }]);
    const logs = await tom.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(logs.logsMessage?.logs?.[0]?.ackAt).toBeGreaterThan(0);
    expect(logs.logsMessage?.logs?.[0]?.readAt).toBeGreaterThan(0);
    await jerry.settled();
    expect(await commands(tom, CommandType.rcp)).toEqual([]);
  });

  it('[F-MSG-40] are given only when asked for and only between two', async () => {
    const { tom, jerry, cid } = await pair();
    const plain = (await say(tom, cid, 'no receipt')).ackMessage ?? {};
    jerry.send({ cmd: CommandType.ack, ackMessage: { cid, fromts: plain.t, tots: plain.t } });
    await jerry.settled();
    await conv(tom, OpType.add, { cid, m: ['a third'] });
    const asked = (await say(tom, cid, 'in a group', { r: true })).ackMessage ?? {};
    jerry.send({ cmd: CommandType.ack, ackMessage: { cid, mid: asked.uid } });
    jerry.send({
      cmd: CommandType.read,
      readMessage: { convs: [{ cid, mid: asked.uid, timestamp: asked.t }] },
    });
    await jerry.push(CommandType.unread);
    expect(await commands(tom, CommandType.rcp)).toEqual([]);
  });

  it('cover a range of times, as JS acknowledges', async () => {
    const { tom, jerry, cid } = await pair();
    const first = (await say(tom, cid, 'a', { r: true })).ackMessage ?? {};
    await say(tom, cid, 'b', { r: true });
    const last = (await say(tom, cid, 'c', { r: true })).ackMessage ?? {};
    jerry.send({ cmd: CommandType.ack, ackMessage: { cid, fromts: first.t, tots: last.t } });
    const ids = [
      await tom.push(CommandType.rcp),
      await tom.push(CommandType.rcp),
      await tom.push(CommandType.rcp),
    ];
    expect(ids[0]?.rcpMessage?.id).toBe(first.uid);
    expect(ids[2]?.rcpMessage?.id).toBe(last.uid);
  });

  it('max_read is an error for strangers', async () => {
    const { cid } = await pair();
    const stranger = await login('Stranger');
    expect((await conv(stranger, OpType.max_read, { cid })).errorMessage?.code).toBe(4317);
  });
});

describe('editing and recalling', () => {
  it('[F-MSG-22][F-MSG-35][F-MSG-38] replace the content everywhere and keep id, sender and time', async () => {
    const { tom, jerry, cid } = await pair();
    const sent = (await say(tom, cid, 'tpyo')).ackMessage ?? {};
    await jerry.push(CommandType.direct);
    const item = { cid, mid: sent.uid, timestamp: sent.t, data: 'typo', mentionPids: [jerry.id] };
    const reply = await tom.request({
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: { patches: [item] },
    });
    expect(reply).toMatchObject({ cmd: CommandType.patch, op: OpType.modified });
    const patchedAt = reply.patchMessage?.lastPatchTime ?? 0;
    expect(patchedAt).toBeGreaterThanOrEqual(sent.t ?? 0);
    const push = await jerry.push(CommandType.patch);
    expect(push.op).toBe(OpType.modify);
    expect(push.patchMessage?.patches).toEqual([
      expect.objectContaining({
        cid,
        mid: sent.uid,
        timestamp: sent.t,
        from: tom.id,
        data: 'typo',
        patchTimestamp: patchedAt,
        mentionPids: [jerry.id],
      }),
    ]);
    expect(push.patchMessage?.patches?.[0]?.recall).toBeUndefined();
    expect(push.patchMessage?.patches?.[0]?.patchCode).toBeUndefined();
    const logs = await tom.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(logs.logsMessage?.logs).toMatchObject([
      { data: 'typo', timestamp: sent.t, msgId: sent.uid, patchTimestamp: patchedAt },
    ]);
    await tom.settled();
    expect(tom.inbox.filter((command) => command.cmd === CommandType.patch)).toEqual([]);
  });

  it('[F-MSG-36][F-MSG-37] a recalled message has the recalled body for everybody', async () => {
    const { tom, jerry, cid } = await pair();
    const sent = (await say(tom, cid, 'oops')).ackMessage ?? {};
    const item = { cid, mid: sent.uid, timestamp: sent.t, recall: true };
    await tom.request({ cmd: CommandType.patch, op: OpType.modify, patchMessage: { patches: [item] } });
    const push = await jerry.push(CommandType.patch);
    expect(push.patchMessage?.patches).toMatchObject([
      { recall: true, data: '{"_lctype":-127}', from: tom.id },
    ]);
    expect(await history(jerry, cid)).toEqual(['{"_lctype":-127}']);
    expect((await query(tom, { ...where({ objectId: cid }), flag: 2 }))[0]).toMatchObject({
      msg: '{"_lctype":-127}',
    });
  });

  it('[F-MSG-36][F-MSG-37] a recalled message stays recalled, also when it is being edited at that moment', async () => {
    const { tom, jerry, cid } = await pair();
    const device = await TestClient.open(parley, tom.id);
    const sent = (await say(tom, cid, 'oops')).ackMessage ?? {};
    const patch = (client: TestClient, change: { recall: true } | { data: string }) =>
      client.request({
        cmd: CommandType.patch,
        op: OpType.modify,
        patchMessage: { patches: [{ cid, mid: sent.uid, timestamp: sent.t, ...change }] },
      });
    await Promise.all([patch(tom, { recall: true }), patch(device, { data: 'once more' })]);
    const late = await patch(device, { data: 'once more' });
    expect(late.errorMessage).toMatchObject({ code: 4404, detail: expect.stringContaining('was recalled') });
    expect((await patch(device, { recall: true })).errorMessage).toBeUndefined();
    expect(await history(jerry, cid)).toEqual(['{"_lctype":-127}']);
    await device.close();
  });

  it("[F-MSG-32] somebody else's message is 4403, an unknown one 4404", async () => {
    const { tom, jerry, cid } = await pair();
    const sent = (await say(tom, cid, 'mine')).ackMessage ?? {};
    const patch = (client: TestClient, mid: string | undefined) =>
      client.request({
        cmd: CommandType.patch,
        op: OpType.modify,
        patchMessage: { patches: [{ cid, mid, timestamp: sent.t, data: 'yours' }] },
      });
    expect((await patch(jerry, sent.uid)).errorMessage).toMatchObject({ code: 4403 });
    expect((await patch(tom, 'unknown-message-id-000')).errorMessage).toMatchObject({ code: 4404 });
    const item = { cid, mid: sent.uid, timestamp: sent.t, data: 'twice' };
    const several = { cmd: CommandType.patch, op: OpType.modify, patchMessage: { patches: [item, item] } };
    expect((await tom.request(several)).errorMessage?.detail).toContain('send several');
    expect(await history(tom, cid)).toEqual(['mine']);
  });

  it('[F-SESS-35] made while a client was away reach it at its next login', async () => {
    const { tom, jerry, cid } = await pair();
    const sent = (await say(tom, cid, 'before')).ackMessage ?? {};
    await jerry.close();
    const item = { cid, mid: sent.uid, timestamp: sent.t, data: 'after' };
    await tom.request({ cmd: CommandType.patch, op: OpType.modify, patchMessage: { patches: [item] } });
    const back = await TestClient.open(parley, jerry.id, { lastPatchTime: sent.t });
    expect((await back.push(CommandType.patch)).patchMessage?.patches).toMatchObject([
      { mid: sent.uid, data: 'after' },
    ]);
  });

  it('[F-SESS-35] made while a client was away reach it all, however many', async () => {
    const clock = new FakeClock();
    const own = await startParley({ clock, store: 'memory' });
    const tom = await TestClient.open(own, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const [chat] = await own.store.conversations.load(1, [cid], clock.now());
    const content = { conversation: chat?.key ?? 0, mentions: [], mentionAll: false, membersOnly: false };
    const since = clock.now();
    // Three changes in a millisecond, so that no number of them ends with one.
    for (let n = 0; n < 2_500; n++) {
      if (n % 3 === 0) clock.skip(1);
      const now = clock.now();
      const sent = await own.store.messages.append({
        ...content,
        sender: 'Tom',
        body: '',
        receipt: false,
        now,
      });
      const id = 'id' in sent ? sent.id : '';
      await own.store.messages.patch({ ...content, id, body: `change ${n}`, recalled: false, now });
    }
    const jerry = await TestClient.open(own, 'Jerry', { lastPatchTime: since });
    const told = (await commands(jerry, CommandType.patch)).map(({ patchMessage }) => patchMessage?.patches);
    expect(told).toEqual(
      Array.from({ length: 2_500 }, (_, n) => [expect.objectContaining({ data: `change ${n}` })]),
    );
    await own.close();
  });
});

describe('last wills', () => {
  it('[F-MSG-49][F-MSG-51] are delivered when the author is lost, with the id of their ack, and never stored', async () => {
    const { tom, jerry, cid } = await pair();
    const will = await say(tom, cid, 'I am gone', { will: true });
    await jerry.settled();
    expect(jerry.inbox.filter((command) => command.cmd === CommandType.direct)).toEqual([]);
    await tom.terminate();
    expect((await jerry.push(CommandType.direct)).directMessage).toMatchObject({
      id: will.ackMessage?.uid,
      msg: 'I am gone',
      fromPeerId: tom.id,
    });
    expect(await history(jerry, cid)).toEqual([]);
  });

  it('[F-MSG-49][F-SESS-26] are not delivered after a logout', async () => {
    const own = await startParley();
    const [tom, jerry] = [await TestClient.open(own, 'Tom'), await TestClient.open(own, 'Jerry')];
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'] });
    await jerry.push(CommandType.conv, OpType.joined);
    await say(tom, cid, 'I am gone', { will: true });
    await tom.request({ cmd: CommandType.session, op: OpType.close });
    await tom.terminate();
    await expect.poll(() => own.app.gateway.stats().connections).toBe(1);
    expect(await commands(jerry, CommandType.direct)).toEqual([]);
    await own.close();
  });

  it('[F-MSG-50] replace each other: only the last one counts', async () => {
    const { tom, jerry, cid } = await pair();
    await say(tom, cid, 'first will', { will: true });
    await say(tom, cid, 'last will', { will: true });
    await tom.terminate();
    expect((await jerry.push(CommandType.direct)).directMessage?.msg).toBe('last will');
    expect(await commands(jerry, CommandType.direct)).toEqual([]);
  });
});
