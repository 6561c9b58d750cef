import { CommandType, encodeCommand, type GenericCommand, OpType } from '@parley/protocol';
import { openMemoryStore, type Parley, startParley, TestClient } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueryTooSlow } from '../src/domain/ports/query-too-slow.ts';
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

const codeOf = (reply: GenericCommand) => reply.errorMessage?.code ?? reply.ackMessage?.code;

describe('a frame that is no command', () => {
  it.each([
    ['garbage', Uint8Array.of(0xff, 0xff, 0xff)],
    [
      'a command that was cut',
      encodeCommand({ cmd: CommandType.direct, directMessage: { cid: 'c', msg: 'm' } }).slice(0, -2),
    ],
    ['a group that never ends', new Uint8Array(5000).fill(0x0b)],
  ])('closes the connection with 4114 when it is %s, and nobody else’s', async (_what, bytes) => {
    const [bad, good] = [await login('bad'), await login('good')];
    bad.sendBytes(bytes);
    expect(await bad.closed).toMatchObject({ code: 4114 });
    await good.settled();
    await good.close();
  });

  it('closes the connection with 4114 when it is text where bytes were agreed, and the other way round', async () => {
    const bytes = await login('bytes');
    bytes.socket.send('CA4=');
    expect(await bytes.closed).toMatchObject({ code: 4114 });
    const text = await TestClient.connect(parley.wsUrl, { subprotocol: 'lc.proto2base64.3' });
    text.socket.send(Buffer.from(encodeCommand({ cmd: CommandType.echo })));
    expect(await text.closed).toMatchObject({ code: 4114 });
  });

  it('closes the connection with 4109 when it is longer than frames may be', async () => {
    const client = await login('long');
    client.sendBytes(new Uint8Array(200 * 1024));
    expect(await client.closed).toMatchObject({ code: 4109 });
  });

  it('never ends the server, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), async (frames) => {
        const client = await TestClient.connect(parley.wsUrl);
        for (const frame of frames) client.sendBytes(frame);
        await client.terminate();
      }),
      { numRuns: 100 },
    );
    await (await login('after')).close();
  });
});

describe('a command that makes no sense', () => {
  it('is answered with 4200 when nobody knows it, with its id, and the connection lives on', async () => {
    const client = await login('future');
    for (const command of [{ cmd: 99 }, { cmd: CommandType.conv, op: 999 }, { cmd: CommandType.room }, {}]) {
      const reply = await client.request(command);
      expect(reply.errorMessage).toMatchObject({ code: 4200, reason: 'INTERNAL_ERROR' });
    }
    client.send({ cmd: 99 });
    await client.settled();
    expect(client.inbox.filter(({ cmd }) => cmd === CommandType.error)).toEqual([]);
    await client.close();
  });

  it.each<[string, GenericCommand, number]>([
    ['a message without its payload', { cmd: CommandType.direct }, 4401],
    ['a message to nowhere', { cmd: CommandType.direct, directMessage: { msg: 'x' } }, 4401],
    [
      'a message to a conversation nobody made',
      { cmd: CommandType.direct, directMessage: { cid: 'f'.repeat(24), msg: 'x' } },
      4401,
    ],
    ['history without a conversation', { cmd: CommandType.logs }, 4303],
    [
      'history of a conversation nobody made',
      { cmd: CommandType.logs, logsMessage: { cid: 'f'.repeat(24) } },
      4303,
    ],
    [
      'an update of a conversation nobody made',
      { cmd: CommandType.conv, op: OpType.update, convMessage: { cid: 'x', attr: { data: '{"name":"n"}' } } },
      4303,
    ],
    [
      'members for a conversation nobody made',
      { cmd: CommandType.conv, op: OpType.add, convMessage: { cid: 'x', m: ['a'] } },
      4303,
    ],
    [
      'a conversation with a member whose id is too long',
      { cmd: CommandType.conv, op: OpType.start, convMessage: { m: ['x'.repeat(65)] } },
      4103,
    ],
    [
      'a conversation whose attributes are no JSON',
      { cmd: CommandType.conv, op: OpType.start, convMessage: { m: ['a'], attr: { data: '{' } } },
      4306,
    ],
    [
      'a conversation whose attributes are a list',
      { cmd: CommandType.conv, op: OpType.start, convMessage: { m: ['a'], attr: { data: '[]' } } },
      4306,
    ],
    [
      'a query whose condition is no JSON',
      { cmd: CommandType.conv, op: OpType.query, convMessage: { where: { data: '{' } } },
      4310,
    ],
    [
      'a query with an operator nobody knows',
      { cmd: CommandType.conv, op: OpType.query, convMessage: { where: { data: '{"a":{"$near":1}}' } } },
      4310,
    ],
    [
      'a change of a message nobody sent',
      {
        cmd: CommandType.patch,
        op: OpType.modify,
        patchMessage: { patches: [{ cid: 'x', mid: 'y', timestamp: 1, data: 'z' }] },
      },
      4303,
    ],
  ])('is refused with its code: %s', async (_what, command, code) => {
    const client = await login('odd');
    const reply = await client.request(command);
    expect(codeOf(reply)).toBe(code);
    await client.settled();
    await client.close();
  });

  it('writes nothing where it is refused', async () => {
    const [tom, stranger] = [await login('Tom'), await login('stranger')];
    const cid = await startConversation(tom, { m: ['Jerry'], attr: { data: '{"name":"before"}' } });
    const { ackMessage } = await say(tom, cid, 'mine');
    const [mid, timestamp] = [ackMessage?.uid ?? '', ackMessage?.t ?? 0];
    const [before] = await query(tom, where({ objectId: cid }));
    const refused = [
      await say(stranger, cid, 'not mine'),
      await say(tom, cid, 'x'.repeat(6000)),
      await conv(stranger, OpType.update, { cid, attr: { data: '{"name":"after"}' } }),
      await conv(stranger, OpType.add, { cid, m: ['Spike'] }),
      await conv(stranger, OpType.remove, { cid, m: ['Jerry'] }),
      await conv(stranger, OpType.mute, { cid }),
      await stranger.request({
        cmd: CommandType.patch,
        op: OpType.modify,
        patchMessage: { patches: [{ cid, mid, timestamp, data: 'changed', recall: false }] },
      }),
      await conv(tom, OpType.update, { cid, attr: { data: '{"m":["Spike"],"objectId":"x"}' } }),
    ];
    expect(refused.map(codeOf)).toEqual([4401, 4109, 4309, 4317, 4317, 4309, 4403, 4306]);
    expect(await history(tom, cid)).toEqual(['mine']);
    const [after] = await query(tom, where({ objectId: cid }));
    expect(after).toEqual(before);
    await Promise.all([tom.close(), stranger.close()]);
  });

  it('[F-CONV-50] is refused with 4310 when looking at everything would take too long', async () => {
    const store = await openMemoryStore();
    const slow: typeof store.conversations = {
      ...store.conversations,
      query: (wanted) => store.conversations.query({ ...wanted, budget: -1 }),
    };
    const own = await startParley({ store: { ...store, conversations: slow } });
    const tom = await TestClient.open(own, 'Tom');
    await startConversation(tom, { m: ['Jerry'] });
    const reply = await conv(tom, OpType.query, where({ name: { $regex: 'x' } }));
    expect(reply.errorMessage).toMatchObject({ code: 4310, reason: 'CONVERSATION_QUERY_FAILED' });
    await tom.close();
    await own.close();
  });
});

describe('a query that finds too much', () => {
  it('[F-CONV-57] is refused with 4310, and passes without members', async () => {
    const own = await startParley({ store: 'memory' });
    const app = own.apps.find(own.appId)?.key ?? 0;
    const members = Array.from({ length: 500 }, (_, n) => `${n}`.padStart(64, 'x'));
    for (let n = 0; n < 140; n++) {
      const draft = { app, kind: 'basic', columns: {}, unique: false, now: 1000 } as const;
      await own.store.conversations.create({ ...draft, members, id: `${n}`.padStart(24, '0') });
    }
    const tom = await TestClient.open(own, 'Tom');
    const all = { ...where({ m: members[0] }), limit: 1000 };
    const refused = await conv(tom, OpType.query, all);
    expect(refused.errorMessage).toMatchObject({ code: 4310, reason: 'CONVERSATION_QUERY_FAILED' });
    expect(await query(tom, { ...all, flag: 1 })).toHaveLength(140);
    await tom.close();
    await own.close();
  });
});

describe('history of one type', () => {
  it('[F-MSG-56] is refused with 4311 when looking for it would take too long, and only then', async () => {
    const store = await openMemoryStore();
    const slow: typeof store.messages = {
      ...store.messages,
      async history(range) {
        if (range.type !== undefined) throw new QueryTooSlow(`Given up after ${range.budget} ms.`);
        return store.messages.history(range);
      },
    };
    const own = await startParley({ store: { ...store, messages: slow } });
    const tom = await TestClient.open(own, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'no type');
    const reply = await tom.request({ cmd: CommandType.logs, logsMessage: { cid, lctype: 1 } });
    expect(reply.errorMessage).toMatchObject({ code: 4311, reason: 'CONVERSATION_LOG_FAILED' });
    expect(await history(tom, cid)).toEqual(['no type']);
    await tom.close();
    await own.close();
  });
});

describe('a store that fails', () => {
  it('[F-MSG-04] is answered with 4200; nothing is told to anybody, and later messages pass', async () => {
    const store = await openMemoryStore();
    let isFull = false;
    const own = await startParley({
      store: {
        ...store,
        messages: {
          ...store.messages,
          append: (draft) =>
            isFull ? Promise.reject(new Error('no space left on device')) : store.messages.append(draft),
        },
      },
    });
    const [tom, jerry] = [await TestClient.open(own, 'Tom'), await TestClient.open(own, 'Jerry')];
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'before');
    isFull = true;
    const failed = await say(tom, cid, 'lost');
    expect(failed.ackMessage).toMatchObject({ code: 4200, reason: 'INTERNAL_ERROR' });
    expect(JSON.stringify(failed)).not.toContain('space left');
    isFull = false;
    await say(tom, cid, 'after');
    await jerry.settled();
    const heard = jerry.inbox.filter(({ cmd }) => cmd === CommandType.direct);
    expect(heard.map(({ directMessage }) => directMessage?.msg)).toEqual(['before', 'after']);
    expect(await history(tom, cid)).toEqual(['before', 'after']);
    await Promise.all([tom.close(), jerry.close()]);
    await own.close();
  });
});
