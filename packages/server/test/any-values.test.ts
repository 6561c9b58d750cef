import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { history, say, startConversation } from './flow.ts';

let parley: Parley;
let tom: TestClient;
let cid: string;
let message: { readonly mid: string; readonly timestamp: number };
beforeAll(async () => {
  parley = await startParley();
  tom = await TestClient.open(parley, 'Tom');
  cid = await startConversation(tom, { m: ['Jerry'] });
  const { uid = '', t = 0 } = (await say(tom, cid, 'hello')).ackMessage ?? {};
  message = { mid: uid, timestamp: t };
});
afterAll(async () => {
  await tom.close();
  await parley.close();
});

/** Values that made somebody's server stumble before: ends of ranges, names of JavaScript, text that is no text. */
const number32 = fc.constantFrom(0, 1, -1, 2, 20, 1000, 2 ** 31 - 1, -(2 ** 31));
const number64 = fc.oneof(
  number32,
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 63 - 1024, -(2 ** 63)),
  fc.constant('a message').map(() => message.timestamp),
);
const word = fc.constantFrom(
  '',
  'x',
  'x'.repeat(64),
  'x'.repeat(65),
  '__proto__',
  'constructor',
  '\u0000',
  '汤姆😀',
  "'; --",
);
const someCid = fc.oneof(
  fc.constant('the conversation').map(() => cid),
  word,
  fc.constantFrom('f'.repeat(24), '_tmp:', `_tmp:${'f'.repeat(24)}`),
);
const someMid = fc.oneof(
  fc.constant('the message').map(() => message.mid),
  word,
  fc.constant('_'.repeat(22)),
);
const json = fc.record({
  data: fc.oneof(
    word,
    fc.constantFrom(
      '{}',
      '[]',
      'null',
      '1',
      '"x"',
      '{"attr":null}',
      '{"a":{"__op":"Delete"}}',
      '{"a.b.c":1,"a":2}',
    ),
    fc.constantFrom(
      '{"a":{"__op":"Increment","amount":"x"}}',
      '{"m":1}',
      '{"__proto__":{"x":1}}',
      '{"name":null}',
    ),
    fc.constantFrom('{"$or":[]}', '{"m":{"$size":-1}}', '{"a":{"$regex":"("}}', '{"$and":[{"a":{"$in":1}}]}'),
    fc.constantFrom(
      '{"constructor":{"$gt":{"__type":"Date","iso":"2026-01-01T00:00:00.000Z"}}}',
      '{"toString":{"$ne":true},"valueOf":true}',
      '{"hasOwnProperty":{"$in":["x"]}}',
    ),
    fc.json(),
    fc.constant('[').map((open) => open.repeat(5000)),
    fc.constant('{"a":').map((open) => `${open.repeat(200)}1${'}'.repeat(200)}`),
  ),
});
const words = fc.array(word, { maxLength: 4 });
const some = <Fields extends object>(model: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(model, { requiredKeys: [] });

const conv = some({
  m: words,
  transient: fc.boolean(),
  unique: fc.boolean(),
  cid: someCid,
  sort: fc.oneof(word, fc.constantFrom('-lm', 'm', '-toString,lm', '-a.b,,c', ','.repeat(100))),
  limit: number32,
  skip: number32,
  flag: number32,
  queryAllMembers: fc.boolean(),
  cids: fc.array(someCid, { maxLength: 3 }),
  tempConv: fc.boolean(),
  tempConvTTL: number32,
  tempConvIds: fc.array(someCid, { maxLength: 3 }),
  next: word,
  where: json,
  attr: json,
  info: some({ pid: word, role: word, infoId: word }),
  targetClientId: word,
});

const operations = Object.values(OpType);
const commands: fc.Arbitrary<GenericCommand> = fc.oneof(
  {
    weight: 6,
    arbitrary: some({ op: fc.constantFrom(...operations), convMessage: conv }).map((c) => ({
      ...c,
      cmd: CommandType.conv,
    })),
  },
  {
    weight: 3,
    arbitrary: some({
      priority: number32,
      directMessage: some({
        cid: someCid,
        msg: word,
        binaryMsg: fc.uint8Array(),
        dt: word,
        r: fc.boolean(),
        transient: fc.boolean(),
        will: fc.boolean(),
        pushData: word,
        mentionPids: words,
        mentionAll: fc.boolean(),
      }),
    }).map((c) => ({ ...c, cmd: CommandType.direct })),
  },
  {
    weight: 4,
    arbitrary: some({
      logsMessage: some({
        cid: someCid,
        l: number32,
        limit: number32,
        t: number64,
        tt: number64,
        mid: someMid,
        tmid: someMid,
        direction: number32,
        tIncluded: fc.boolean(),
        ttIncluded: fc.boolean(),
        lctype: number32,
      }),
    }).map((c) => ({ ...c, cmd: CommandType.logs })),
  },
  {
    weight: 2,
    arbitrary: some({
      patchMessage: some({
        patches: fc.array(
          some({
            cid: someCid,
            mid: someMid,
            timestamp: number64,
            recall: fc.boolean(),
            data: word,
            mentionPids: words,
          }),
          { maxLength: 3 },
        ),
        lastPatchTime: number64,
      }),
    }).map((c) => ({ ...c, cmd: CommandType.patch, op: OpType.modify })),
  },
  some({
    op: fc.constantFrom(OpType.query, OpType.refresh, OpType.opened, OpType.add),
    sessionMessage: some({
      sessionPeerIds: words,
      st: word,
      lastPatchTime: number64,
      configBitmap: number64,
    }),
  }).map((c) => ({ ...c, cmd: CommandType.session, op: c.op ?? OpType.query })),
  some({
    op: fc.constantFrom(...operations),
    blacklistMessage: some({ srcCid: someCid, toPids: words, next: word, limit: number32 }),
  }).map((c) => ({ ...c, cmd: CommandType.blacklist })),
  some({ reportMessage: some({ type: word, data: word, initiative: fc.boolean() }) }).map((c) => ({
    ...c,
    cmd: CommandType.report,
    op: OpType.upload,
  })),
);

const silent: fc.Arbitrary<GenericCommand> = fc.oneof(
  some({
    readMessage: some({
      cid: someCid,
      cids: fc.array(someCid, { maxLength: 2 }),
      convs: fc.array(some({ cid: someCid, mid: someMid, timestamp: number64 }), { maxLength: 3 }),
    }),
  }).map((c) => ({ ...c, cmd: CommandType.read })),
  some({
    ackMessage: some({ cid: someCid, mid: someMid, fromts: number64, tots: number64, ids: words }),
  }).map((c) => ({ ...c, cmd: CommandType.ack })),
);

const isFault = ({ errorMessage, ackMessage }: GenericCommand) =>
  errorMessage?.detail?.startsWith('The server failed') === true || ackMessage?.code === 4200;

describe('a command with any values', () => {
  it('[F-SESS-17] is answered, once, and never by a fault of the server', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (command) => {
        const reply = await tom.request(command);
        expect(isFault(reply), JSON.stringify(reply)).toBe(false);
        await tom.settled();
        expect(tom.inbox.splice(0).filter(({ i }) => i !== undefined)).toEqual([]);
      }),
      { numRuns: 2500 },
    );
    expect(await history(tom, cid)).not.toEqual([]);
  });

  it('[F-MSG-45] that is never answered disturbs nobody', async () => {
    await fc.assert(
      fc.asyncProperty(silent, async (command) => {
        tom.send(command);
        await tom.settled();
        const answers = tom.inbox.splice(0).filter(({ cmd }) => cmd === CommandType.error);
        expect(answers).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('[F-SESS-29] logs in or is refused, whatever a login says about itself', async () => {
    const session = some({
      r: fc.boolean(),
      tag: word,
      deviceId: word,
      st: word,
      t: number64,
      s: word,
      n: word,
      lastUnreadNotifTime: number64,
      lastPatchTime: number64,
      configBitmap: number64,
    });
    await fc.assert(
      fc.asyncProperty(fc.option(word, { nil: undefined }), session, async (peerId, sessionMessage) => {
        const client = await TestClient.connect(parley.wsUrl);
        const reply = await client.login(parley.appId, peerId, sessionMessage);
        expect([OpType.opened, undefined]).toContain(reply.op);
        expect(isFault(reply)).toBe(false);
        if (reply.errorMessage?.code === 4103) {
          expect(await client.closed).toMatchObject({ code: 4103 });
          return;
        }
        await client.settled();
        await parley.store.ping();
        await client.settled();
        expect(client.inbox.filter(({ i }) => i !== undefined)).toEqual([]);
        await client.close();
      }),
      { numRuns: 150 },
    );
  });
});
