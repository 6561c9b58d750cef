import { createHmac } from 'node:crypto';
import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { FakeClock, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, history, say, startConversation } from './flow.ts';

const HOUR = 3600 * 1000;

let parley: Parley;
let clock: FakeClock;
let tom: TestClient;
beforeAll(async () => {
  clock = new FakeClock();
  parley = await startParley({
    clock,
    settings: { signConversation: true, signBlacklist: true },
    limits: { readTimeoutMs: 2 ** 40, loginTimeoutMs: 2 ** 40 },
  });
  tom = await TestClient.open(parley, 'Tom');
});
afterAll(() => parley.close());

/** What an app's own server does when its client asks it for a signature. */
function sign(...fields: readonly string[]) {
  const t = clock.now();
  const n = 'nonce';
  const [client = '', ...rest] = fields;
  const action = rest.at(-1) === '' ? [] : rest.slice(-1);
  const text = [parley.appId, client, ...rest.slice(0, -1), t, n, ...action].join(':');
  return { s: createHmac('sha1', parley.masterKey).update(text).digest('hex'), t, n };
}

const code = ({ errorMessage }: GenericCommand) => errorMessage?.code ?? 0;
const create = (...members: readonly string[]) =>
  startConversation(tom, { m: members, ...sign('Tom', [...members].sort().join(':'), '') });

describe('an app that signs logins', () => {
  it('[F-SEC-06][F-SEC-08] lets in who it signed for, for six hours, and nobody else', async () => {
    const signing = await startParley({
      clock,
      settings: { signLogin: true },
      limits: { readTimeoutMs: 2 ** 40, loginTimeoutMs: 2 ** 40 },
    });
    const login = async (client: string, fields: object) => {
      const connection = await TestClient.connect(signing.wsUrl);
      return { connection, reply: await connection.login(signing.appId, client, fields) };
    };
    const proof = (client: string, key = signing.masterKey) => {
      const [t, n] = [clock.now(), 'nonce'];
      const text = `${signing.appId}:${client}::${t}:${n}`;
      return { s: createHmac('sha1', key).update(text).digest('hex'), t, n };
    };
    const signature = proof('Tom');
    const { connection, reply } = await login('Tom', signature);
    expect(reply.op).toBe(OpType.opened);
    expect((await login('Jerry', signature)).reply.errorMessage?.code).toBe(4102);
    expect((await login('Jerry', {})).reply.errorMessage?.code).toBe(4102);
    expect((await login('Jerry', proof('Jerry', signing.appKey))).reply.errorMessage?.code).toBe(4102);
    clock.advance(6 * HOUR + 1);
    expect((await login('Tom', signature)).reply.errorMessage?.code).toBe(4102);
    expect((await say(connection, 'nowhere', 'still here')).ackMessage?.code).toBe(4401);
    await signing.close();
  });
});

describe('an app that signs what its clients do', () => {
  it('[F-SEC-03][F-SEC-04][F-SEC-07] has conversations created by who may, and by nobody else', async () => {
    expect(await create('Tom', 'Jerry')).toHaveLength(24);
    const unsigned = await conv(tom, OpType.start, { m: ['Jerry'], attr: { data: '{}' } });
    expect(code(unsigned)).toBe(4302);
    const forOthers = { m: ['Tom', 'Spike'], ...sign('Tom', 'Jerry:Tom', '') };
    expect(code(await conv(tom, OpType.start, forOthers))).toBe(4302);
    const room = { transient: true, ...sign('Tom', '', '') };
    expect((await conv(tom, OpType.start, room)).op).toBe(OpType.started);
    const temporary = { tempConv: true, m: ['Tom', 'Jerry'] };
    expect(code(await conv(tom, OpType.start, temporary))).toBe(4302);
    const signed = { ...temporary, ...sign('Tom', 'Jerry:Tom', '') };
    expect((await conv(tom, OpType.start, signed)).convMessage?.cid).toMatch(/^_tmp:/);
  });

  it('[F-SEC-04][F-SEC-07] lets in and out who may, and writes nothing for others', async () => {
    const cid = await create('Tom', 'Jerry');
    const spike = await TestClient.open(parley, 'Spike');
    const join = (fields: object) => conv(spike, OpType.add, { cid, m: ['Spike'], ...fields });
    expect(code(await join({}))).toBe(4302);
    expect((await say(spike, cid, 'hello')).ackMessage?.code).toBe(4401);
    expect((await join(sign('Spike', cid, 'Spike', 'invite'))).op).toBe(OpType.added);
    expect((await say(spike, cid, 'hello')).ackMessage?.code).toBeUndefined();
    const kick = { cid, m: ['Spike'] };
    expect(code(await conv(tom, OpType.remove, { ...kick, ...sign('Tom', cid, 'Jerry', 'kick') }))).toBe(
      4302,
    );
    const removed = await conv(tom, OpType.remove, { ...kick, ...sign('Tom', cid, 'Spike', 'kick') });
    expect(removed.op).toBe(OpType.removed);
    expect(await history(tom, cid)).toEqual(['hello']);
  });

  it('[F-SEC-14] lets go who leaves without a signature, unless it is strict about that', async () => {
    const cid = await create('Tom', 'Jerry');
    const jerry = await TestClient.open(parley, 'Jerry');
    const quit = () => conv(jerry, OpType.remove, { cid, m: ['Jerry'] });
    await parley.apps.changeSettings(parley.appId, { strictQuitSignature: true });
    expect(code(await quit())).toBe(4302);
    await parley.apps.changeSettings(parley.appId, { strictQuitSignature: null });
    expect((await quit()).op).toBe(OpType.removed);
  });

  it('[F-SEC-03] has clients blocked by who may', async () => {
    const cid = await create('Tom', 'Jerry');
    const block = (op: OpType, fields: object) =>
      tom.request({
        cmd: CommandType.blacklist,
        op,
        blacklistMessage: { srcCid: cid, toPids: ['Jerry'], ...fields },
      });
    expect(code(await block(OpType.block, {}))).toBe(4546);
    const signed = await block(OpType.block, sign('Tom', cid, 'Jerry', 'conversation-block-clients'));
    expect(signed.op).toBe(OpType.blocked);
    expect(code(await block(OpType.unblock, sign('Tom', cid, 'Jerry', 'conversation-block-clients')))).toBe(
      4546,
    );
    const unblocked = await block(OpType.unblock, sign('Tom', cid, 'Jerry', 'conversation-unblock-clients'));
    expect(unblocked.op).toBe(OpType.unblocked);
  });

  it('[F-SEC-08] takes a signature for six hours, and keeps whoever is online when it expires', async () => {
    const cid = await create('Tom', 'Jerry');
    const signature = sign('Tom', cid, 'Mary', 'invite');
    clock.advance(6 * HOUR + 1);
    expect(code(await conv(tom, OpType.add, { cid, m: ['Mary'], ...signature }))).toBe(4302);
    expect((await say(tom, cid, 'still here')).ackMessage?.code).toBeUndefined();
  });
});
