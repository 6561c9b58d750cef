import { CommandType, OpType } from '@parley/protocol';
import { expect, test } from 'vitest';
import { Event, internals, once, suite, uniqueId } from './src/index.ts';

suite('sessions', (stage) => {
  test('[F-GEN-01] a client logs in with nothing but a name of its own', async () => {
    const id = uniqueId('Tom');
    const tom = await stage.login(id);
    expect(tom.id).toBe(id);
  });

  test('[F-SESS-16] a client that brings no name is given one', async () => {
    const realtime = stage.device();
    const anonymous = await realtime.createIMClient(undefined as unknown as string);
    expect(anonymous.id).toMatch(/^.{1,64}$/);
    const other = await stage.device().createIMClient(undefined as unknown as string);
    expect(other.id).not.toBe(anonymous.id);
  });

  test('[F-SESS-06] opening the same client twice on one device gives the same client', async () => {
    const realtime = stage.device();
    const id = uniqueId();
    const [first, second] = await Promise.all([realtime.createIMClient(id), realtime.createIMClient(id)]);
    expect(second).toBe(first);
    expect(await realtime.createIMClient(id)).toBe(first);
  });

  test('[F-SESS-02] a client id of 65 characters is refused with 4103', async () => {
    await expect(stage.login(uniqueId().padEnd(65, 'x'))).rejects.toMatchObject({ code: 4103 });
    await expect(stage.login(uniqueId().padEnd(64, 'x'))).resolves.toBeDefined();
  });

  test('[F-SESS-08] several clients share one connection and each gets what is its own', async () => {
    const realtime = stage.device();
    const tom = await stage.login(uniqueId('Tom'), { on: realtime });
    const jerry = await stage.login(uniqueId('Jerry'), { on: realtime });
    expect(internals(jerry)._connection).toBe(internals(tom)._connection);

    const conversation = await stage.conversation(tom, [jerry]);
    const received = once<{ from: string }>(jerry, Event.MESSAGE);
    await stage.say(conversation, 'from the same socket');
    expect((await received).from).toBe(tom.id);

    await tom.close();
    expect(await jerry.ping([tom.id, jerry.id])).toEqual([jerry.id]);
  });

  test('[F-SESS-07] one client is online on two devices at once', async () => {
    const id = uniqueId('Tom');
    const phone = await stage.login(id);
    const tablet = await stage.login(id);
    await phone.close();
    expect(await tablet.ping([id])).toEqual([id]);
  });

  test('[F-SESS-09][F-SESS-18] a login with a tag in use ends the device that used it', async () => {
    const id = uniqueId('Tom');
    const first = await stage.login(id, { tag: 'Mobile' });
    const conflict = once<{ reason?: string }>(first, Event.CONFLICT);
    const second = await stage.login(id, { tag: 'Mobile' });
    expect(await conflict).toBeDefined();
    expect(await second.ping([id])).toEqual([id]);
  });

  test('[F-SESS-19] different tags of one client live side by side', async () => {
    const id = uniqueId('Tom');
    const mobile = await stage.login(id, { tag: 'Mobile' });
    const conflict = once(mobile, Event.CONFLICT);
    const desktop = await stage.login(id, { tag: 'Desktop' });
    const conversation = await stage.conversation(desktop, []);
    const arrived = once(mobile, Event.MESSAGE);
    await stage.say(conversation, 'both are here');
    await Promise.race([arrived, conflict.then(() => Promise.reject(new Error('logged out')))]);
  });

  test('[F-SESS-20] clients without a tag never log each other out', async () => {
    const id = uniqueId('Tom');
    const first = await stage.login(id);
    const second = await stage.login(id);
    const [a, b] = await Promise.all([first.ping([id]), second.ping([id])]);
    expect([a, b]).toEqual([[id], [id]]);
  });

  test('[F-SESS-22] a login that says it is a reconnect is refused when the tag is taken', async () => {
    const id = uniqueId('Tom');
    const first = await stage.login(id, { tag: 'Mobile' });
    const raw = await stage.raw();
    const reply = await raw.login(stage.target.appId, id, { tag: 'Mobile', r: true });
    expect(reply.errorMessage?.code).toBe(4111);
    expect(await first.ping([id])).toEqual([id]);
  });

  test('[F-SESS-21] an automatic reconnect that lost its tag fails and leaves the other device online', async () => {
    const id = uniqueId('Tom');
    const first = await stage.login(id, { tag: 'Mobile' });
    await stage.disconnect(first);
    const second = await stage.login(id, { tag: 'Mobile' });
    const refused = once<{ code?: number }>(first, Event.RECONNECT_ERROR);
    const reconnected = stage.reconnect(first);
    reconnected.catch(() => {});
    expect((await refused).code).toBe(4111);
    expect(await second.ping([id])).toEqual([id]);
  });

  test('[F-SESS-36] a client asks which of several clients are online', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const nobody = uniqueId('nobody');
    expect((await tom.ping([jerry.id, spike.id, nobody])).sort()).toEqual([jerry.id, spike.id].sort());
    await spike.close();
    expect(await tom.ping([jerry.id, spike.id, nobody])).toEqual([jerry.id]);
    expect(await tom.ping([])).toEqual([]);
  });

  test('[F-SESS-26] a client that closed is offline, and the last one closes the connection', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const connection = internals(jerry)._connection;
    const closed = once(jerry, Event.CLOSE);
    await jerry.close();
    await closed;
    expect(await tom.ping([jerry.id])).toEqual([]);
    expect(connection.current).toBe('closed');
  });

  test('[F-SESS-12][F-SESS-29] a lost connection is resumed with the session token', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    await stage.disconnect(jerry);
    await stage.gone(tom, jerry.id);
    await stage.reconnect(jerry);
    expect(await tom.ping([jerry.id])).toEqual([jerry.id]);
  });

  test('[F-SESS-30] an invalid session token is answered with 4112 and a full login recovers', async () => {
    const id = uniqueId('Tom');
    const raw = await stage.raw();
    const refused = await raw.login(stage.target.appId, id, { st: 'no-such-token' });
    expect(refused.errorMessage?.code ?? refused.sessionMessage?.code).toBe(4112);
    await expect(stage.login(id)).resolves.toMatchObject({ id });
  });

  test('[F-SESS-29] a session token opens the session on a new connection', async () => {
    const id = uniqueId('Tom');
    const first = await stage.raw();
    const { sessionMessage } = await first.login(stage.target.appId, id);
    expect(sessionMessage?.st).toMatch(/./);
    expect(Number(sessionMessage?.stTtl)).toBeGreaterThan(0);
    const second = await stage.raw();
    const opened = await second.login(stage.target.appId, id, { st: String(sessionMessage?.st), r: true });
    expect(opened).toMatchObject({ op: OpType.opened, peerId: id });
    const somebodyElse = await stage.raw();
    const refused = await somebodyElse.login(stage.target.appId, uniqueId(), {
      st: String(sessionMessage?.st),
    });
    expect(refused.errorMessage?.code).toBe(4112);
  });

  test('[F-SESS-31] the heartbeat of the SDK is answered', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const reply = await internals(tom)._connection.ping();
    expect(reply.i).toBeGreaterThan(0);
  });

  test('[F-SESS-31] an echo below the SDK is answered with its number', async () => {
    const raw = await stage.raw();
    const reply = await raw.request({ cmd: CommandType.echo });
    expect(reply.cmd).toBe(CommandType.echo);
  });

  test('[F-SESS-17] a client that speaks before its session is open is answered with 4105', async () => {
    const raw = await stage.raw();
    const reply = await raw.request({
      cmd: CommandType.direct,
      peerId: uniqueId(),
      directMessage: { cid: 'any', msg: 'too early' },
    });
    expect(reply.errorMessage?.code ?? reply.sessionMessage?.code).toBe(4105);
  });

  test('[F-SESS-36] identical questions asked at once are all answered', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const answers = await Promise.all([1, 2, 3, 4].map(() => tom.ping([jerry.id])));
    expect(answers).toEqual([[jerry.id], [jerry.id], [jerry.id], [jerry.id]]);
  });
});
