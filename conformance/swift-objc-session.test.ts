// Connections and sessions as the suites of the Swift and Objective-C SDKs exercise them, in the frames those SDKs write
// and with what they require of each answer.
import { randomUUID } from 'node:crypto';
import { CommandType, OpType } from '@parley/protocol';
import { TestClient } from '@parley/testkit';
import { expect, test } from 'vitest';
import { opening } from './src/apple.ts';
import { appleSuite } from './src/apple-suite.ts';
import { uniqueId } from './src/index.ts';

appleSuite('connecting', (stage) => {
  test('the router names two addresses and how long they hold', async () => {
    const { url, appId } = stage.target;
    const response = await fetch(`${url}/v1/route?appId=${appId}&secure=1`);
    expect(response.status).toBe(200);
    const { server, secondary, ttl } = (await response.json()) as Record<string, unknown>;
    expect(server).toMatch(/^wss?:\/\//);
    expect(secondary).toMatch(/^wss?:\/\//);
    expect(Number.isSafeInteger(ttl) && Number(ttl) > 0).toBe(true);
  });

  test('[F-SESS-08] two clients of one app share a connection, and each is told by its own name', async () => {
    const [tom] = await stage.logins('Tom');
    const jerry = await stage.login(uniqueId('Jerry'), {}, tom);
    const cid = await tom.start([jerry]);
    await tom.told(OpType.joined, OpType.members_joined);
    await jerry.told(OpType.joined, OpType.members_joined);
    await tom.say(cid, 'next to you');
    expect(await jerry.heard(1)).toMatchObject([{ cid, fromPeerId: tom.id, msg: 'next to you' }]);
    await tom.heard(0);
  });

  test('[F-MSG-48][F-SESS-13] without unread counts, on a protocol of its own beside the other, Swift is told what it missed', async ({
    skip,
  }) => {
    skip(stage.sdk.name !== 'Swift', 'Objective-C never asks for this protocol.');
    const [tom, other] = await stage.logins('Tom', 'beside');
    const id = uniqueId('Jerry');
    const { cid = '' } = await tom.conv(OpType.start, { m: [tom.id, id], attr: { data: '{}' } });
    for (const text of ['one', 'two']) await tom.say(cid, text);
    const wire = await TestClient.connect(stage.target.wsUrl, { subprotocol: 'lc.protobuf2.1' });
    expect(wire.socket.protocol).toBe('lc.protobuf2.1');
    expect(other.wire.socket.protocol).toBe('lc.protobuf2.3');
    expect((await wire.request(opening(stage.target, stage.sdk, id))).op).toBe(OpType.opened);
    for (const msg of ['one', 'two']) {
      const { directMessage, peerId, service } = await wire.push(CommandType.direct);
      expect([peerId, service]).toEqual([id, 2]);
      expect(directMessage).toMatchObject({ cid, msg, fromPeerId: tom.id, offline: true });
    }
    await wire.settled();
    expect(wire.inbox).toEqual([]);
    await wire.terminate();
  });

  test('[F-SESS-29] a login brings a token with its lifetime and the time of the server', async () => {
    const { opened, id } = (await stage.logins('Tom'))[0];
    expect(opened).toMatchObject({ peerId: id, serverTs: expect.any(Number) });
    expect(opened.sessionMessage?.st).toMatch(/./);
    expect(opened.sessionMessage?.stTtl).toBeGreaterThan(0);
    expect(opened.sessionMessage?.code).toBeUndefined();
  });

  test('[F-SESS-26] a logout is answered without a reason, and others see the client offline', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const closed = await tom.request({ cmd: CommandType.session, op: OpType.close });
    expect(closed).toMatchObject({ op: OpType.closed, peerId: tom.id });
    expect(closed.sessionMessage?.code).toBeUndefined();
    const answer = await jerry.request({
      cmd: CommandType.session,
      op: OpType.query,
      sessionMessage: { sessionPeerIds: [tom.id] },
    });
    expect(answer.sessionMessage?.onlineSessionPeerIds ?? []).toEqual([]);
  });

  test('[F-SESS-39][F-SESS-40] a user of the app logs in with the signature the server gives for its session', async () => {
    const { url, appId, appKey } = stage.target;
    const call = async (path: string, body: object) => {
      const headers = { 'X-LC-Id': appId, 'X-LC-Key': appKey, 'Content-Type': 'application/json' };
      const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await response.json()) as Record<string, unknown>;
    };
    const user = await call('/1.1/users', { username: uniqueId('user'), password: randomUUID() });
    const signed = await call('/1.1/rtm/sign', { session_token: user.sessionToken });
    expect(signed).toEqual({
      signature: expect.stringMatching(/^[0-9a-f]{40}$/),
      timestamp: expect.any(Number),
      nonce: expect.stringMatching(/./),
      client_id: user.objectId,
    });
    const {
      signature: s,
      timestamp: t,
      nonce: n,
    } = signed as Record<'signature' | 'nonce', string> & {
      timestamp: number;
    };
    const client = await stage.login(String(user.objectId), { s, t, n });
    expect(client.opened.peerId).toBe(user.objectId);
  });

  test('[F-SESS-09][F-SESS-22][F-SESS-23] of two devices with one tag the forced one stays, and the other is refused until it has its token', async () => {
    const id = uniqueId('Tom');
    const mobile = { tag: 'mobile' };
    const first = await stage.login(id, { ...mobile, deviceToken: 'one' });
    const second = await stage.login(id, { ...mobile, deviceToken: 'two' });
    const ended = await first.wire.push(CommandType.session, OpType.closed);
    expect(ended).toMatchObject({ peerId: id, service: 2 });
    expect(ended.sessionMessage).toMatchObject({ code: 4111, reason: 'SESSION_CONFLICT' });
    const again = (deviceToken: string) =>
      first.wire.request(opening(stage.target, stage.sdk, id, { ...mobile, deviceToken, r: true }));
    for (const _ of ['first', 'second']) {
      const refused = await again('one');
      expect(refused).toMatchObject({ cmd: CommandType.error, errorMessage: { code: 4111 } });
    }
    expect((await again('two')).op).toBe(OpType.opened);
    await second.wire.settled();
    expect(second.wire.inbox).toEqual([]);
  });

  test('[F-SESS-30][F-SESS-12] an expired token is refused as such, and a login without it goes unnoticed by the app', async () => {
    const [tom] = await stage.logins('Tom');
    const reopen = (session: object) => tom.wire.request(opening(stage.target, stage.sdk, tom.id, session));
    const refused = await reopen({ r: true, st: 'not a token of this server' });
    expect(refused).toMatchObject({ cmd: CommandType.error, errorMessage: { code: 4112 } });
    expect((await reopen({ r: true })).op).toBe(OpType.opened);
    expect((await stage.back(tom)).token).toMatch(/./);
  });

  test('[F-PUSH-05] a device reports its token and is told that it was taken', async () => {
    const [tom] = await stage.logins('Tom');
    const reply = await tom.request({
      cmd: CommandType.report,
      op: OpType.upload,
      reportMessage: { initiative: true, type: 'token', data: randomUUID() },
    });
    expect(reply).toMatchObject({ cmd: CommandType.report, op: OpType.uploaded });
  });

  test('[F-SESS-36] of twenty clients those who are online are named, and an unknown one is not', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const strangers = Array.from({ length: 18 }, () => uniqueId('stranger'));
    const ask = async (sessionPeerIds: readonly string[]) => {
      const sessionMessage = { sessionPeerIds: [...sessionPeerIds] };
      const reply = await tom.request({ cmd: CommandType.session, op: OpType.query, sessionMessage });
      expect(reply.op).toBe(OpType.query_result);
      return reply.sessionMessage?.onlineSessionPeerIds?.toSorted() ?? [];
    };
    expect(await ask([tom.id, jerry.id, ...strangers])).toEqual([tom.id, jerry.id].toSorted());
    expect(await ask(strangers)).toEqual([]);
  });
});
