// What each SDK depends on (`wire-protocol §8`), in its own frames. The number in front of a name is the item there.
// Items that other suites prove: 1 and 16 in packages/protocol/test, 6 in moderation.test.ts, 25–30 in session.test.ts, 37
// and 39 in conversation.test.ts, 44, 45, 47, 49 and 50 in message.test.ts, 54 in notifications.test.ts, 56–58 and 60 (such
// a sub-protocol is refused by name) in src/gateway, 59 in session.test.ts and settings.test.ts. Items 31–34 and 38 for
// temporary conversations and 43 for chat rooms are in the suites of those.
import { CommandType, encodeCommand, type GenericCommand, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, query, say, startConversation, where } from './flow.ts';

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

/** Names of the fields that were on the wire. */
const fieldsOf = (message: object | null | undefined): string[] =>
  Object.entries(message ?? {}).flatMap(([name, value]) =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0) ? [] : name,
  );

async function pushes(client: TestClient): Promise<readonly GenericCommand[]> {
  await client.settled();
  return client.inbox.splice(0);
}

describe('what must be absent or present', () => {
  it('2, 5: success has no code, for JS takes even 0 for failure', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    const opened = await client.login(parley.appId, `js-${++clients}`);
    expect(fieldsOf(opened.sessionMessage).sort()).toEqual(['st', 'stTtl']);
    expect(opened.peerId).toBeDefined();
    expect(opened.serverTs).toBeGreaterThan(0);
    const cid = await startConversation(client, { m: ['x'] });
    expect(fieldsOf((await say(client, cid, 'hello')).ackMessage).sort()).toEqual(['t', 'uid']);
    await client.close();
  });

  it('3, 8, 9: a delivery receipt says nothing of reading, an unread item nothing of receipts, an edit nothing of reasons', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    const { ackMessage } = await say(tom, cid, 'r', { r: true });
    const logs = await tom.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(fieldsOf(logs.logsMessage?.logs?.[0])).not.toContain('ackAt');
    expect(fieldsOf(logs.logsMessage?.logs?.[0])).not.toContain('readAt');
    jerry.send({ cmd: CommandType.ack, ackMessage: { cid, mid: ackMessage?.uid ?? '' } });
    const receipt = await tom.push(CommandType.rcp);
    expect(fieldsOf(receipt.rcpMessage).sort()).toEqual(['cid', 'from', 'id', 't']);
    await tom.request({
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: {
        patches: [{ cid, mid: ackMessage?.uid ?? '', timestamp: ackMessage?.t ?? 0, data: 'x' }],
      },
    });
    const patch = await jerry.push(CommandType.patch);
    const item = patch.patchMessage?.patches?.[0];
    expect(fieldsOf(item)).not.toContain('patchCode');
    expect(fieldsOf(item)).not.toContain('patchReason');
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('4: a goodbye is answered without a code', async () => {
    const client = await login('leaving');
    const closed = await client.request({ cmd: CommandType.session, op: OpType.close });
    expect(closed.op).toBe(OpType.closed);
    expect(fieldsOf(closed.sessionMessage)).not.toContain('code');
    await client.close();
  });

  it('7, 10: text has no bytes, bytes have no text, and what was never edited says so by silence', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    await say(tom, cid, 'text');
    await tom.request({ cmd: CommandType.direct, directMessage: { cid, binaryMsg: Uint8Array.of(1, 2) } });
    const [text, bytes] = [await jerry.push(CommandType.direct), await jerry.push(CommandType.direct)];
    expect(fieldsOf(text.directMessage)).not.toContain('binaryMsg');
    expect(fieldsOf(bytes.directMessage)).not.toContain('msg');
    for (const { directMessage } of [text, bytes]) {
      expect(fieldsOf(directMessage)).not.toContain('patchTimestamp');
      expect(fieldsOf(directMessage)).not.toContain('transient');
      expect(fieldsOf(directMessage)).not.toContain('offline');
    }
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('11: empty answers are there all the same', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry'], attr: { data: '{"extra":1}' } });
    const logs = await tom.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(logs.logsMessage).toBeDefined();
    expect(logs.logsMessage).not.toBeNull();
    const nothing = await conv(tom, OpType.query, where({ objectId: 'x' }));
    expect(nothing.convMessage?.results?.data).toBe('[]');
    const deleted = await conv(tom, OpType.update, { cid, attr: { data: '{"extra":{"__op":"Delete"}}' } });
    expect(deleted.convMessage?.attrModified?.data).toBe('{}');
    for (const op of [OpType.mute, OpType.unmute, OpType.count]) {
      expect((await conv(tom, op, { cid })).convMessage).not.toBeNull();
    }
    const online = await tom.request({
      cmd: CommandType.session,
      op: OpType.query,
      sessionMessage: { sessionPeerIds: ['nobody'] },
    });
    expect(online.sessionMessage).not.toBeNull();
    await tom.close();
  });
});

describe('what must have its type', () => {
  it('12, 13, 15, 41: conversations have no nulls, dates as each SDK reads them, and flags beside the message', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'last');
    const [found] = await query(tom, { ...where({ objectId: cid }), flag: 2 });
    expect(Object.values(found ?? {})).not.toContain(null);
    expect(found?.createdAt).toMatch(/\.\d{3}Z$/);
    expect(found?.updatedAt).toMatch(/\.\d{3}Z$/);
    expect(found?.lm).toMatchObject({ __type: 'Date', iso: expect.stringMatching(/\.\d{3}Z$/) });
    expect(found?.msg_timestamp).toBeGreaterThan(2 ** 31);
    expect(found).toMatchObject({ msg: 'last', bin: false });
    await tom.close();
  });

  it('14: is_member answers with an object, a query with a list', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const reply = await conv(tom, OpType.is_member, { cids: [cid] });
    expect(JSON.parse(reply.convMessage?.results?.data ?? 'null')).toEqual({ [cid]: true });
    expect(Array.isArray(await query(tom, where({ objectId: cid })))).toBe(true);
    await tom.close();
  });

  it('18: numbers of HTTP answers are integers as Swift reads them, without exponent or fraction', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'hello');
    const { url, appId, masterKey } = parley;
    const answer = async (path: string) =>
      (await fetch(url + path, { headers: { 'X-LC-Id': appId, 'X-LC-Key': `${masterKey},master` } })).text();
    for (const path of [
      `/v1/route?appId=${appId}`,
      `/1.2/rtm/conversations/${cid}/messages`,
      `/1.2/rtm/stats`,
    ]) {
      const numbers = (await answer(path)).replaceAll(/"[^"]*"/g, '').match(/[^\s:,{}[\]]*\d[^\s:,{}[\]]*/g);
      expect(numbers).not.toBeNull();
      for (const number of numbers ?? [])
        expect([path, number]).toEqual([path, expect.stringMatching(/^-?\d+$/)]);
    }
    await tom.close();
  });

  it('17: ids of requests may be 0 and below, as Java counts', async () => {
    const client = await login('java');
    for (const i of [0, -1, -65_530]) {
      client.send({ cmd: CommandType.conv, op: OpType.count, i, convMessage: { cid: 'x' } });
      const reply = await client.next((command) => command.i === i);
      expect(reply.errorMessage?.code).toBe(4303);
    }
    await client.close();
  });
});

describe('what must find its way', () => {
  it('19, 20, 22: every push names the client and the messaging service, and has no id', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    const { ackMessage } = await say(tom, cid, 'x', { r: true });
    await conv(tom, OpType.update, { cid, attr: { data: '{"name":"n"}' } });
    jerry.send({ cmd: CommandType.read, readMessage: { convs: [{ cid, mid: ackMessage?.uid ?? '' }] } });
    await jerry.push(CommandType.unread);
    await conv(tom, OpType.remove, { cid, m: [jerry.id] });
    for (const [client, name] of [
      [tom, tom.id],
      [jerry, jerry.id],
    ] as const) {
      const told = (await pushes(client)).filter(({ cmd }) => cmd !== CommandType.echo);
      expect(told.length).toBeGreaterThan(2);
      for (const push of told) {
        expect([push.peerId, push.service, push.i ?? 'none']).toEqual([name, 2, 'none']);
      }
    }
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('21: an echo has an id exactly if it had one, whatever name C# puts on it', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    client.send({ cmd: CommandType.echo, appId: parley.appId, peerId: parley.appId });
    const silent = await client.next(({ cmd }) => cmd === CommandType.echo);
    expect(silent.i).toBeUndefined();
    client.send({ cmd: CommandType.echo, i: 5 });
    expect((await client.next(({ cmd }) => cmd === CommandType.echo)).i).toBe(5);
    await client.close();
  });

  it('23: Java’s login to push comes first and is answered without id and without service', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    client.send({ cmd: CommandType.login, appId: parley.appId, installationId: 'installation' });
    const answer = await client.next(({ cmd }) => cmd === CommandType.loggedin);
    expect([answer.i ?? 'none', answer.service ?? 0]).toEqual(['none', 0]);
    expect((await client.login(parley.appId, `java-${++clients}`)).op).toBe(OpType.opened);
    await client.close();
  });

  it('23: a login to live queries may be the only one, and is answered in kind', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    const answer = await client.request({
      cmd: CommandType.login,
      appId: parley.appId,
      installationId: 'subscription',
      service: 1,
    });
    expect(answer).toMatchObject({ cmd: CommandType.loggedin, service: 1, installationId: 'subscription' });
    await client.close();
  });

  it('24: a request without a name is the first client’s, not the last’s', async () => {
    const shared = await TestClient.connect(parley.wsUrl);
    const [first, second] = [`first-${++clients}`, `second-${clients}`];
    await shared.login(parley.appId, first);
    await shared.login(parley.appId, second);
    const started = await conv(shared, OpType.start, { m: ['x'], unique: false });
    expect(started.peerId).toBe(first);
    expect((await conv(shared, OpType.add, { cid: 'unknown', m: ['y'] })).peerId).toBe(first);
    await shared.close();
  });
});

describe('conversations', () => {
  it('33, 34: the creator is a member unasked, and attributes at either level come back and are found', async () => {
    const tom = await login('csharp');
    const cid = await startConversation(tom, {
      m: ['Jerry'],
      attr: { data: '{"name":"n","colour":"red","attr":{"size":7}}' },
    });
    const [found] = await query(tom, where({ objectId: cid, colour: 'red', 'attr.size': 7 }));
    expect(found).toMatchObject({ colour: 'red', attr: { size: 7 } });
    expect(found?.m).toEqual(expect.arrayContaining([tom.id, 'Jerry']));
    await tom.close();
  });

  it('a column named like a field of the answer does not pass for it', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, {
      m: ['Jerry'],
      attr: {
        data: '{"msg":"forged","bin":true,"msg_from":"Jerry","joined":true,"muted":true,"msg_timestamp":1}',
      },
    });
    const [found] = await query(tom, where({ objectId: cid }));
    expect(Object.keys(found ?? {})).not.toEqual(expect.arrayContaining(['msg']));
    expect(found?.msg_from).toBeUndefined();
    expect(found?.joined).toBeUndefined();
    await tom.close();
  });

  it('35, 36: who comes hears twice, who goes once, and who changes attributes not at all', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [] });
    await pushes(tom);
    await conv(tom, OpType.add, { cid, m: [jerry.id] });
    await conv(tom, OpType.update, { cid, attr: { data: '{"name":"n"}' } });
    await conv(tom, OpType.remove, { cid, m: [jerry.id] });
    const ops = async (client: TestClient) =>
      (await pushes(client)).filter(({ cmd }) => cmd === CommandType.conv).map(({ op }) => op);
    expect(await ops(jerry)).toEqual([OpType.joined, OpType.members_joined, OpType.updated, OpType.left]);
    expect(await ops(tom)).toEqual([OpType.members_joined, OpType.members_left]);
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('40, 42: nothing is wanted where the limit is 0, and each operation has an answer of its own', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'x');
    expect(await query(tom, { ...where({ objectId: cid }), limit: 0 })).toEqual([]);
    const logs = await tom.request({ cmd: CommandType.logs, logsMessage: { cid, limit: 0 } });
    expect(logs.logsMessage?.logs ?? []).toEqual([]);
    const answers = await Promise.all(
      [OpType.mute, OpType.unmute, OpType.count].map((op) => conv(tom, op, { cid })),
    );
    expect(answers.map(({ op }) => op)).toEqual([OpType.updated, OpType.updated, OpType.result]);
    await tom.close();
  });
});

describe('messages', () => {
  it('45: history takes its limit under both names', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    for (const text of ['1', '2', '3']) await say(tom, cid, text);
    for (const limit of [{ limit: 2 }, { l: 2 }]) {
      const reply = await tom.request({ cmd: CommandType.logs, logsMessage: { cid, ...limit } });
      expect(reply.logsMessage?.logs?.map(({ data }) => data)).toEqual(['2', '3']);
    }
    await tom.close();
  });

  it('46: bytes that Java writes into the text of an edit stay bytes', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    const { ackMessage } = await tom.request({
      cmd: CommandType.direct,
      directMessage: { cid, binaryMsg: Uint8Array.of(1, 2, 3, 4) },
    });
    const item = { cid, mid: ackMessage?.uid, timestamp: ackMessage?.t, recall: false, data: 'AAAA' };
    const frame = Buffer.from(
      encodeCommand({ cmd: CommandType.patch, op: OpType.modify, i: -7, patchMessage: { patches: [item] } }),
    );
    frame.set([0xff, 0xfe, 0x00, 0x80], frame.indexOf('AAAA'));
    tom.sendBytes(frame);
    expect((await tom.next(({ i }) => i === -7)).op).toBe(OpType.modified);
    const [patched] = (await jerry.push(CommandType.patch)).patchMessage?.patches ?? [];
    expect(patched?.data).toBeUndefined();
    expect([...(patched?.binaryMsg ?? [])]).toEqual([0xff, 0xfe, 0x00, 0x80]);
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('47, 51: a message that failed still has an id and a time', async () => {
    const tom = await login('Tom');
    const failed = await say(tom, 'f'.repeat(24), 'nowhere');
    expect(failed.ackMessage).toMatchObject({ code: 4401, uid: expect.any(String), t: expect.any(Number) });
    await tom.close();
  });

  it('48, 52: reading is told to the reader too, with mentioned written although it is false', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    await say(tom, cid, 'x');
    jerry.send({ cmd: CommandType.read, readMessage: { convs: [{ cid }] } });
    const told = await jerry.push(CommandType.unread);
    expect(told.unreadMessage?.convs?.[0]).toMatchObject({ cid, unread: 0, mentioned: false });
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('53: several changes at once reach the others one to a command', async () => {
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const cid = await startConversation(tom, { m: [jerry.id] });
    for (const data of ['1', '2']) {
      const { ackMessage } = await say(tom, cid, data);
      await tom.request({
        cmd: CommandType.patch,
        op: OpType.modify,
        patchMessage: {
          patches: [{ cid, mid: ackMessage?.uid ?? '', timestamp: ackMessage?.t ?? 0, data: `${data}!` }],
        },
      });
    }
    for (let n = 0; n < 2; n++) {
      expect((await jerry.push(CommandType.patch)).patchMessage?.patches).toHaveLength(1);
    }
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('55: messages of one millisecond still have times of their own', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const acks = await Promise.all(Array.from({ length: 100 }, (_, n) => say(tom, cid, String(n))));
    expect(new Set(acks.map(({ ackMessage }) => ackMessage?.t)).size).toBe(100);
    await tom.close();
  });
});

describe('the bits of a login', () => {
  it.each([
    ['JS', 0xbb],
    ['Java', 0xaf],
    ['Swift', 0xbb],
    ['ObjC', 0xab],
    ['C# on a reconnect, which sends none', undefined],
  ])(
    'of %s all mean that it understands edits, partial results and acks of transient messages',
    async (_sdk, configBitmap) => {
      const name = `bits-${++clients}`;
      const client = await TestClient.connect(parley.wsUrl);
      await client.request({
        cmd: CommandType.session,
        op: OpType.open,
        appId: parley.appId,
        peerId: name,
        sessionMessage: { ua: 'sdk', deviceId: 'd', ...(configBitmap !== undefined && { configBitmap }) },
      });
      const cid = await startConversation(client, { m: [] });
      const transient = await say(client, cid, 'typing', { transient: true });
      expect(transient.ackMessage?.uid).toBeDefined();
      const partly = await conv(client, OpType.remove, { cid, m: [name, 'nobody'] });
      expect(partly.op).toBe(OpType.removed);
      expect(partly.convMessage?.failedPids?.[0]?.code).toBe(4324);
      await client.close();
    },
  );
});
