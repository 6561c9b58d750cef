import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, history, query, say, startConversation, where } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

let clients = 0;
const someone = (name = 'client') => `${name}-${++clients}`;

describe('opening a session', () => {
  it('[F-SESS-29] answers with what every SDK needs and nothing that makes one fail', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    const id = someone();
    const reply = await client.login(parley.appId, id);
    expect(reply).toMatchObject({ cmd: CommandType.session, op: OpType.opened, peerId: id, i: 1 });
    expect(reply.serverTs).toBeGreaterThan(1_600_000_000_000);
    expect(reply.sessionMessage?.st).toBeTruthy();
    expect(reply.sessionMessage?.stTtl).toBe(48 * 3600);
    expect(reply.sessionMessage?.code).toBeUndefined();
    expect(reply.sessionMessage?.lastPatchTime).toBeUndefined();
  });

  it('[F-SESS-02] refuses ids longer than 64 characters and empty ones with 4103', async () => {
    const shared = await TestClient.open(parley, someone());
    for (const id of ['x'.repeat(65), '', 'with\u0000control']) {
      const alone = await TestClient.connect(parley.wsUrl);
      for (const client of [alone, shared]) {
        const reply = await client.login(parley.appId, id);
        expect(reply).toMatchObject({
          cmd: CommandType.error,
          errorMessage: { code: 4103, reason: 'INVALID_LOGIN' },
        });
      }
      expect(await alone.closed).toMatchObject({ code: 4103 });
    }
    expect((await shared.login(parley.appId, someone('x'.repeat(50)))).op).toBe(OpType.opened);
  });

  it('[F-SESS-03] accepts any id of 1 to 64 characters by default', async () => {
    for (const id of ['1starts-with-a-digit', '汤姆', 'mail@example.com', 'x'.repeat(64)]) {
      const client = await TestClient.open(parley, id);
      await client.close();
    }
  });

  it('gives an anonymous client an id of its own', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    const reply = await client.login(parley.appId, undefined);
    expect(reply.op).toBe(OpType.opened);
    expect(reply.peerId).toMatch(/.{8,}/);
  });

  it('answers an unknown app with 4100 and closes', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    const reply = await client.login('some-other-app-id', someone());
    expect(reply.errorMessage).toMatchObject({ code: 4100, reason: 'APP_NOT_AVAILABLE' });
    expect((await client.closed).code).toBe(4100);
  });

  it('[F-SESS-17] answers everything else before it with 4105', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    const reply = await say(client, 'no-conversation', 'hello');
    expect(reply).toMatchObject({
      cmd: CommandType.error,
      errorMessage: { code: 4105, reason: 'SESSION_REQUIRED' },
    });
  });

  it('[F-SESS-17] leaves whatever comes before it unserved: refused where it has an i, without a word where not', async () => {
    const tom = await TestClient.open(parley, someone('Tom'));
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'before');
    const early: readonly GenericCommand[] = [
      { cmd: CommandType.conv, op: OpType.start, convMessage: { m: ['Tom'] } },
      { cmd: CommandType.conv, op: OpType.add, convMessage: { cid, m: ['Spike'] } },
      { cmd: CommandType.conv, op: OpType.query, convMessage: {} },
      { cmd: CommandType.logs, logsMessage: { cid } },
      { cmd: CommandType.patch, op: OpType.modify, patchMessage: { patches: [{ cid, mid: 'm' }] } },
      { cmd: CommandType.session, op: OpType.query, sessionMessage: { sessionPeerIds: ['Tom'] } },
      { cmd: CommandType.session, op: OpType.refresh, sessionMessage: {} },
      { cmd: CommandType.session, op: OpType.close, sessionMessage: {} },
      { cmd: CommandType.report, op: OpType.upload, reportMessage: { type: 'token', data: 'd' } },
      { cmd: CommandType.read, readMessage: { convs: [{ cid }] } },
      { cmd: CommandType.direct, directMessage: { cid, msg: 'too early' } },
      { cmd: 99 },
    ];
    const client = await TestClient.connect(parley.wsUrl);
    for (const command of early) {
      const named = { ...command, appId: parley.appId, peerId: 'Jerry' };
      expect((await client.request(named)).errorMessage?.code, JSON.stringify(command)).toBe(4105);
      client.send(named);
    }
    await client.settled();
    expect(client.inbox).toEqual([]);
    expect(await history(tom, cid)).toEqual(['before']);
    const [found] = await query(tom, where({ objectId: cid }));
    expect(found?.m).toHaveLength(2);
    expect((await client.login(parley.appId, 'Jerry')).op).toBe(OpType.opened);
  });

  it('[F-SESS-23] again on the same connection replaces the session without a word', async () => {
    const [jerry, client] = [someone('Jerry'), await TestClient.connect(parley.wsUrl)];
    const tom = await TestClient.open(parley, someone('Tom'));
    const cid = await startConversation(tom, { m: [jerry] });
    // Three at once: the later ones do not wait for the first to be brought up to date.
    const replies = await Promise.all([0, 1, 2].map(() => client.login(parley.appId, jerry)));
    expect(replies.map(({ op }) => op)).toEqual([OpType.opened, OpType.opened, OpType.opened]);
    await parley.caughtUp();
    await say(tom, cid, 'hello');
    await client.push(CommandType.direct);
    await client.settled();
    expect(client.inbox).toEqual([]);
    expect((await conv(client, OpType.query, {})).op).toBe(OpType.results);
    await client.request({ cmd: CommandType.session, op: OpType.close });
    expect((await conv(client, OpType.query, {})).errorMessage?.code).toBe(4105);
  });

  it('answers a command of a client that is not open on this connection with 4105', async () => {
    const client = await TestClient.open(parley, someone());
    const reply = await client.request({
      cmd: CommandType.session,
      op: OpType.query,
      peerId: 'somebody-else',
      sessionMessage: { sessionPeerIds: ['x'] },
    });
    expect(reply.errorMessage?.code).toBe(4105);
  });
});

describe('session tokens', () => {
  it('[F-SESS-29] reopen without signature, tag or device, and without i for Java', async () => {
    const id = someone();
    const first = await TestClient.connect(parley.wsUrl);
    const { sessionMessage } = await first.login(parley.appId, id, { tag: 'Mobile', deviceId: 'phone' });
    await first.terminate();

    const java = await TestClient.connect(parley.wsUrl);
    java.send({
      cmd: CommandType.session,
      op: OpType.open,
      appId: parley.appId,
      peerId: id,
      sessionMessage: { r: true, st: sessionMessage?.st ?? '', deviceId: 'phone', configBitmap: 0xaf },
    });
    const reply = await java.next((command) => command.cmd === CommandType.session);
    expect(reply).toMatchObject({ op: OpType.opened, peerId: id });
    expect(reply.i).toBeUndefined();
  });

  it('[F-SESS-30] that are invalid are always refused with 4112', async () => {
    const id = someone();
    const other = await TestClient.connect(parley.wsUrl);
    const foreign = (await other.login(parley.appId, someone())).sessionMessage?.st ?? '';
    const client = await TestClient.connect(parley.wsUrl);
    for (const st of ['rubbish', 'a.b', foreign]) {
      const reply = await client.login(parley.appId, id, { st, r: true });
      expect(reply.errorMessage).toMatchObject({ code: 4112, reason: 'SESSION_TOKEN_EXPIRED' });
    }
    expect((await client.login(parley.appId, id, { r: true })).op).toBe(OpType.opened);
  });

  it('[F-SESS-30] that are invalid are refused without i, with peerId, where Java sent no i', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    const id = someone();
    client.send({
      cmd: CommandType.session,
      op: OpType.open,
      appId: parley.appId,
      peerId: id,
      sessionMessage: { r: true, st: 'rubbish' },
    });
    const reply = await client.next((command) => command.cmd === CommandType.error);
    expect(reply).toMatchObject({ peerId: id, errorMessage: { code: 4112 } });
    expect(reply.i).toBeUndefined();
  });

  it('are void after a logout', async () => {
    const id = someone();
    const client = await TestClient.connect(parley.wsUrl);
    const st = (await client.login(parley.appId, id)).sessionMessage?.st ?? '';
    const closed = await client.request({ cmd: CommandType.session, op: OpType.close });
    expect(closed).toMatchObject({ op: OpType.closed, peerId: id });
    expect(closed.sessionMessage?.code).toBeUndefined();
    expect((await client.login(parley.appId, id, { st, r: true })).errorMessage?.code).toBe(4112);
  });

  it('are renewed by refresh, whatever the age of the old one', async () => {
    const client = await TestClient.open(parley, someone());
    const reply = await client.request({
      cmd: CommandType.session,
      op: OpType.refresh,
      sessionMessage: { st: 'long expired' },
    });
    expect(reply.op).toBe(OpType.refreshed);
    expect(reply.sessionMessage?.st).toBeTruthy();
    expect(reply.sessionMessage?.stTtl).toBeGreaterThan(0);
  });
});

describe('tags', () => {
  it('[F-SESS-09][F-SESS-18] log the earlier device out with 4111 and a reason', async () => {
    const id = someone();
    const phone = await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'A' });
    const tablet = await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'B' });
    const closed = await phone.push(CommandType.session, OpType.closed);
    expect(closed).toMatchObject({
      peerId: id,
      service: 2,
      sessionMessage: { code: 4111, reason: 'SESSION_CONFLICT' },
    });
    expect((await conv(phone, OpType.query, {})).errorMessage?.code).toBe(4105);
    expect((await conv(tablet, OpType.query, {})).op).toBe(OpType.results);
  });

  it('[F-SESS-19] that differ coexist', async () => {
    const id = someone();
    const phone = await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'A' });
    await TestClient.open(parley, id, { tag: 'Web', deviceId: 'B' });
    await phone.settled();
    expect(phone.inbox).toEqual([]);
  });

  it('[F-SESS-21][F-SESS-22] let a client reconnect that never says which device it is, as C# may not', async () => {
    const id = someone();
    const nameless = { tag: 'Mobile', deviceId: '' };
    const first = await TestClient.open(parley, id, nameless);
    const halfOpen = await TestClient.open(parley, id, { ...nameless, r: true });
    expect(await first.push(CommandType.session, OpType.closed)).toMatchObject({
      sessionMessage: { code: 4111 },
    });
    await halfOpen.terminate();
    const again = await TestClient.open(parley, id, { ...nameless, r: true });
    // By force another device wins, and whoever has a name is somebody else.
    await TestClient.open(parley, id, nameless);
    expect(await again.push(CommandType.session, OpType.closed)).toMatchObject({
      sessionMessage: { code: 4111 },
    });
    await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'A' });
    const late = await TestClient.connect(parley.wsUrl);
    expect((await late.login(parley.appId, id, { ...nameless, r: true })).errorMessage?.code).toBe(4111);
  });

  it('[F-SESS-20] that are absent, empty or "default" never log anyone out', async () => {
    const id = someone();
    const first = await TestClient.open(parley, id, { deviceId: 'A' });
    await TestClient.open(parley, id, { tag: 'default', deviceId: 'B' });
    await TestClient.open(parley, id, { tag: '', deviceId: 'C' });
    await first.settled();
    expect(first.inbox).toEqual([]);
  });

  it('[F-SESS-21][F-SESS-22] refuse a reconnect while another device is in, and leave that device alone', async () => {
    const id = someone();
    await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'A' });
    const winner = await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'B' });
    const loser = await TestClient.connect(parley.wsUrl);
    const reply = await loser.login(parley.appId, id, { tag: 'Mobile', deviceId: 'A', r: true });
    expect(reply.errorMessage).toMatchObject({ code: 4111, reason: 'SESSION_CONFLICT' });
    await winner.settled();
    expect(winner.inbox).toEqual([]);
  });

  it('remember the winner while it is merely offline, and forget it when it logs out', async () => {
    const id = someone();
    const winner = await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'B' });
    await winner.terminate();
    await expect.poll(() => parley.app.core.live.isOnline(1, id)).toBe(false);
    const loser = await TestClient.connect(parley.wsUrl);
    const attempt = { tag: 'Mobile', deviceId: 'A', r: true };
    expect((await loser.login(parley.appId, id, attempt)).errorMessage?.code).toBe(4111);
    const again = await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'B', r: true });
    await again.request({ cmd: CommandType.session, op: OpType.close });
    expect((await loser.login(parley.appId, id, attempt)).op).toBe(OpType.opened);
  });

  it("refuse Java's reopen, which has no i, with a closed push instead of an error", async () => {
    const id = someone();
    const first = await TestClient.connect(parley.wsUrl);
    const st =
      (await first.login(parley.appId, id, { tag: 'Mobile', deviceId: 'A' })).sessionMessage?.st ?? '';
    await first.terminate();
    await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'B' });
    const java = await TestClient.connect(parley.wsUrl);
    java.send({
      cmd: CommandType.session,
      op: OpType.open,
      appId: parley.appId,
      peerId: id,
      sessionMessage: { r: true, st, deviceId: 'A' },
    });
    const closed = await java.next((command) => command.cmd === CommandType.session);
    expect(closed).toMatchObject({ op: OpType.closed, peerId: id, sessionMessage: { code: 4111 } });
    expect(closed.i).toBeUndefined();
  });

  it('[F-SESS-23] are no conflict for the same device, which silently replaces its old session', async () => {
    const id = someone();
    const before = await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'A' });
    const after = await TestClient.open(parley, id, { tag: 'Mobile', deviceId: 'A' });
    await before.settled();
    expect(before.inbox).toEqual([]);
    expect((await conv(after, OpType.query, {})).op).toBe(OpType.results);
  });
});

describe('the push token of a device', () => {
  const report = (client: TestClient, data: string) =>
    client.request({
      cmd: CommandType.report,
      op: OpType.upload,
      reportMessage: { initiative: true, type: 'token', data },
    });

  it('[F-SESS-23] is its name once it was reported: the reopen under it is no conflict, any other is', async () => {
    const id = someone();
    const first = await TestClient.connect(parley.wsUrl);
    await first.login(parley.appId, id, { tag: 'Mobile', deviceId: '', deviceToken: 'made up' });
    expect((await report(first, 'from Apple')).op).toBe(OpType.uploaded);
    await first.terminate();
    const swift = await TestClient.connect(parley.wsUrl);
    const again = { tag: 'Mobile', deviceId: '', r: true };
    const stranger = await swift.login(parley.appId, id, { ...again, deviceToken: 'made up' });
    expect(stranger.errorMessage?.code).toBe(4111);
    expect((await swift.login(parley.appId, id, { ...again, deviceToken: 'from Apple' })).op).toBe(
      OpType.opened,
    );
  });

  it('[F-SESS-23][F-SESS-29] may be another one at the reopen: the session token says that the device is the same', async () => {
    const id = someone();
    const before = await TestClient.connect(parley.wsUrl);
    const opened = await before.login(parley.appId, id, { tag: 'Mobile', deviceId: '', deviceToken: 'old' });
    const st = opened.sessionMessage?.st ?? '';
    // The old connection is dead, which the server has not noticed.
    const after = await TestClient.connect(parley.wsUrl);
    const again = { tag: 'Mobile', deviceId: '', deviceToken: 'new', r: true };
    expect((await after.login(parley.appId, id, again)).errorMessage?.code).toBe(4111);
    expect((await after.login(parley.appId, id, { ...again, st })).op).toBe(OpType.opened);
    await before.settled();
    expect(before.inbox).toEqual([]);
    expect((await conv(before, OpType.query, {})).errorMessage?.code).toBe(4105);
  });
});

describe('several clients and devices', () => {
  it('[F-SESS-08] share one connection and each get their own copy, addressed to them', async () => {
    const [tom, jerry] = [someone('Tom'), someone('Jerry')];
    const shared = await TestClient.open(parley, tom);
    await shared.login(parley.appId, jerry);
    const sender = await TestClient.open(parley, someone('Spike'));
    const cid = await startConversation(sender, { m: [tom, jerry] });
    await say(sender, cid, 'hello both');
    const copies = [await shared.push(CommandType.direct), await shared.push(CommandType.direct)];
    expect(copies.map((copy) => copy.peerId).sort()).toEqual([jerry, tom].sort());
  });

  it('take a command without peerId for the first client opened', async () => {
    const [tom, jerry] = [someone('Tom'), someone('Jerry')];
    const shared = await TestClient.open(parley, tom);
    await shared.login(parley.appId, jerry);
    const cid = await startConversation(shared, { m: ['x'] });
    const created = await shared.push(CommandType.conv, OpType.members_joined);
    expect(created).toMatchObject({ peerId: tom, convMessage: { cid, initBy: tom } });
  });

  it('[F-SESS-24][F-SESS-11] all devices of a client receive, the sending one excepted', async () => {
    const tom = someone('Tom');
    const phone = await TestClient.open(parley, tom);
    const laptop = await TestClient.open(parley, tom);
    const cid = await startConversation(phone, { m: [someone('Jerry')] });
    await say(phone, cid, 'from the phone');
    const copy = await laptop.push(CommandType.direct);
    expect(copy.directMessage).toMatchObject({ cid, msg: 'from the phone', fromPeerId: tom });
    await phone.settled();
    expect(phone.inbox.filter((command) => command.cmd === CommandType.direct)).toEqual([]);
  });

  it('[F-SESS-36] are online as long as one session is open', async () => {
    const [online, gone] = [someone(), someone()];
    await TestClient.open(parley, online);
    const left = await TestClient.open(parley, gone);
    const asker = await TestClient.open(parley, someone());
    await left.request({ cmd: CommandType.session, op: OpType.close });
    const reply = await asker.request({
      cmd: CommandType.session,
      op: OpType.query,
      sessionMessage: { sessionPeerIds: [online, gone, 'never seen'] },
    });
    expect(reply.op).toBe(OpType.query_result);
    expect(reply.sessionMessage?.onlineSessionPeerIds).toEqual([online]);
  });
});

describe('keeping alive', () => {
  it('answers an echo with its i, and without i where C# sends none, before and after login', async () => {
    const client = await TestClient.connect(parley.wsUrl);
    expect(await client.request({ cmd: CommandType.echo })).toMatchObject({ cmd: CommandType.echo, i: 1 });
    client.send({ cmd: CommandType.echo, appId: parley.appId, peerId: parley.appId });
    const echo = await client.next((command) => command.cmd === CommandType.echo);
    expect(echo.i).toBeUndefined();
  });

  it("answers Java's push login before any session", async () => {
    const client = await TestClient.connect(parley.wsUrl);
    client.send({ cmd: CommandType.login, appId: parley.appId, installationId: 'installation' });
    const reply = await client.next((command) => command.cmd === CommandType.loggedin);
    expect(reply.service).toBe(0);
    expect(reply.loggedinMessage).toBeUndefined();
  });

  it('answers a device token report', async () => {
    const client = await TestClient.open(parley, someone());
    const reply = await client.request({
      cmd: CommandType.report,
      op: OpType.upload,
      reportMessage: { initiative: true, type: 'token', data: 'token' },
    });
    expect(reply).toMatchObject({ cmd: CommandType.report, op: OpType.uploaded });
  });

  it('answers a command it does not know with 4200 and lives on', async () => {
    const client = await TestClient.open(parley, someone());
    const reply = await client.request({ cmd: CommandType.presence });
    expect(reply.errorMessage).toMatchObject({ code: 4200, reason: 'INTERNAL_ERROR' });
    expect(reply.errorMessage?.detail).toContain('cmd 12');
    client.send({ cmd: 99, op: 77 });
    await client.settled();
  });
});
