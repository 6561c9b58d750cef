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

describe('attempts to log in as somebody', () => {
  it('[F-SEC-06][F-LIM-08] use up nothing of what that client may do', async () => {
    const rates = { messagesPerMinute: 0, historyQueriesPerMinute: 0, otherOperationsPerMinute: 3 };
    const signing = await startParley({ clock, settings: { signLogin: true, clientRateLimits: rates } });
    const attacker = await TestClient.connect(signing.wsUrl);
    const attempts = Array.from({ length: 20 }, () => attacker.login(signing.appId, 'Tom'));
    expect(new Set((await Promise.all(attempts)).map(code))).toEqual(new Set([4102]));
    const signed = () => {
      const [t, n] = [clock.now(), 'nonce'];
      const text = `${signing.appId}:Tom::${t}:${n}`;
      return { t, n, s: createHmac('sha1', signing.masterKey).update(text).digest('hex') };
    };
    const device = await TestClient.connect(signing.wsUrl);
    const logins = [];
    for (let n = 0; n < 4; n++) logins.push(await device.login(signing.appId, 'Tom', signed()));
    expect(logins.map(code)).toEqual([0, 0, 0, 4116]);
    await signing.close();
  });
});

describe('a login without signature', () => {
  it('[F-SEC-09] is let in until the app asks for one, and by the token of a session ever after', async () => {
    const open = await startParley({ clock });
    const login = async (fields: object) => {
      const device = await TestClient.connect(open.wsUrl);
      const reply = await device.login(open.appId, 'Tom', fields);
      return { device, reply, code: code(reply) };
    };
    const wrong = { s: 'f'.repeat(40), t: clock.now(), n: 'nonce' };
    const first = await login(wrong);
    expect(first.reply.op).toBe(OpType.opened);
    const st = first.reply.sessionMessage?.st ?? '';
    await open.apps.changeSettings(open.appId, { signLogin: true });
    expect((await login(wrong)).code).toBe(4102);
    const reopened = await login({ st, r: true });
    expect(reopened.reply.op).toBe(OpType.opened);
    // What JS does once its token is refused: it has nothing left to show.
    expect((await login({ st: 'rubbish', r: true })).code).toBe(4112);
    expect((await login({ r: true })).code).toBe(4102);
    const refreshed = await reopened.device.request({
      cmd: CommandType.session,
      op: OpType.refresh,
      peerId: 'Tom',
      sessionMessage: { st, ...wrong },
    });
    expect(refreshed.op).toBe(OpType.refreshed);
    await open.close();
  });

  it('[F-SEC-06] is refused without i, as an error, where Java reopens without one', async () => {
    const signing = await startParley({ clock, settings: { signLogin: true } });
    const java = await TestClient.connect(signing.wsUrl);
    java.send({
      cmd: CommandType.session,
      op: OpType.open,
      appId: signing.appId,
      peerId: 'Tom',
      sessionMessage: { r: true },
    });
    const reply = await java.next(({ cmd }) => cmd === CommandType.error);
    expect(reply).toMatchObject({ peerId: 'Tom', errorMessage: { code: 4102, reason: 'SIGNATURE_FAILED' } });
    expect(reply.i).toBeUndefined();
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
    // Swift signs none; but what is there has to be right.
    expect((await conv(tom, OpType.start, temporary)).op).toBe(OpType.started);
    expect(code(await conv(tom, OpType.start, { ...temporary, ...sign('Tom', 'Tom', '') }))).toBe(4302);
    await parley.apps.changeSettings(parley.appId, { strictTemporarySignature: true });
    expect(code(await conv(tom, OpType.start, temporary))).toBe(4302);
    await parley.apps.changeSettings(parley.appId, { strictTemporarySignature: null });
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

  it('[F-SEC-07] takes what C# signs: no creator in the list, seconds, capitals', async () => {
    const t = Math.floor(clock.now() / 1000);
    const signed = (...fields: readonly string[]) => {
      const text = [parley.appId, 'Tom', ...fields].join(':');
      return createHmac('sha1', parley.masterKey).update(text).digest('hex').toUpperCase();
    };
    const s = signed('alice', 'Jerry', `${t}`, 'nonce');
    const started = await conv(tom, OpType.start, { m: ['Jerry', 'alice', 'Tom'], s, t, n: 'nonce' });
    expect(started.op).toBe(OpType.started);
    const cid = started.convMessage?.cid ?? '';
    const added = signed(cid, 'bob', 'Mary', `${t}`, 'nonce', 'invite');
    const reply = await conv(tom, OpType.add, { cid, m: ['Mary', 'bob'], s: added, t, n: 'nonce' });
    expect(reply.op).toBe(OpType.added);
  });

  it('[F-SEC-07] takes an empty list where there are no others, and never in place of others', async () => {
    const alone = { m: [], unique: false, attr: { data: '{}' }, ...sign('Tom', '', '') };
    expect((await conv(tom, OpType.start, alone)).op).toBe(OpType.started);
    expect(code(await conv(tom, OpType.start, { m: ['Jerry'], ...sign('Tom', '', '') }))).toBe(4302);
    // The text of a login is that of a conversation of nobody.
    const spare = await TestClient.open(parley, 'Spare');
    expect(code(await conv(spare, OpType.start, { m: ['Spare'], ...sign('Spare', '', '') }))).toBe(4302);
  });

  it('[F-SEC-07] takes what Objective-C signs for a removal, until the app is strict', async () => {
    const cid = await create('Tom', 'Jerry', 'Spike');
    const remove = (client: string) =>
      conv(tom, OpType.remove, { cid, m: [client], ...sign('Tom', cid, client, 'invite') });
    expect((await remove('Jerry')).op).toBe(OpType.removed);
    await parley.apps.changeSettings(parley.appId, { removalTakesInviteSignature: false });
    expect(code(await remove('Spike'))).toBe(4302);
    await parley.apps.changeSettings(parley.appId, { removalTakesInviteSignature: null });
  });

  it('[F-SEC-14] holds who leaves to the signature it brings, be it half of one', async () => {
    const cid = await create('Tom', 'Jerry');
    const jerry = await TestClient.open(parley, 'Jerry');
    const quit = (fields: object) => conv(jerry, OpType.remove, { cid, m: ['Jerry'], ...fields });
    const { s, t, n } = sign('Jerry', cid, 'Jerry', 'kick');
    for (const bad of [{ s }, { s, t }, { s, n }, { s: 'f'.repeat(40), t, n }]) {
      expect([bad, code(await quit(bad))]).toEqual([bad, 4302]);
    }
    expect((await quit({ s, t, n })).op).toBe(OpType.removed);
    await jerry.close();
  });

  it('[F-SEC-03] asks for none to speak, change, mute, silence, give roles, ask or log out', async () => {
    const cid = await create('Tom', 'Jerry');
    expect((await say(tom, cid, 'hello')).ackMessage?.code).toBeUndefined();
    const renamed = await conv(tom, OpType.update, { cid, attr: { data: '{"name":"us"}' } });
    expect(renamed.op).toBe(OpType.updated);
    expect((await conv(tom, OpType.mute, { cid })).errorMessage).toBeUndefined();
    expect((await conv(tom, OpType.add_shutup, { cid, m: ['Jerry'] })).op).toBe(OpType.shutup_added);
    const role = { cid, targetClientId: 'Jerry', info: { pid: 'Jerry', role: 'Manager' } };
    expect((await conv(tom, OpType.member_info_update, role)).op).toBe(OpType.member_info_updated);
    expect((await conv(tom, OpType.count, { cid })).op).toBe(OpType.result);
    const guest = await TestClient.open(parley, 'Guest');
    const closed = await guest.request({ cmd: CommandType.session, op: OpType.close });
    expect(closed.op).toBe(OpType.closed);
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
    // A signature of the other switch is none here.
    const kick = sign('Tom', cid, 'Jerry', 'kick');
    expect(code(await block(OpType.block, kick))).toBe(4546);
  });

  it('[F-SEC-08] takes a signature for six hours, and keeps whoever is online when it expires', async () => {
    const cid = await create('Tom', 'Jerry');
    const signature = sign('Tom', cid, 'Mary', 'invite');
    clock.advance(6 * HOUR + 1);
    expect(code(await conv(tom, OpType.add, { cid, m: ['Mary'], ...signature }))).toBe(4302);
    expect((await say(tom, cid, 'still here')).ackMessage?.code).toBeUndefined();
  });
});
