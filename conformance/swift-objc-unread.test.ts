// Unread counts, services and history as the suites of the Swift and Objective-C SDKs exercise them, in the frames
// those SDKs write and with what they require of each answer.
import { CommandType, type LogsCommand, OpType, type UnreadTuple } from '@parley/protocol';
import { afterEach, expect, test } from 'vitest';
import type { AppleClient } from './src/apple.ts';
import { type AppleStage, appleSuite } from './src/apple-suite.ts';
import { asMaster, eventually, uniqueId, withMasterKey } from './src/index.ts';

appleSuite('unread counts', (stage) => {
  test('[F-MSG-43][F-MSG-44][F-MSG-46][F-MSG-45] two conversations, a mention, a second absence and reading', async () => {
    const { tom, away, firstCid, secondCid } = await absence(stage);
    await tom.say(firstCid, 'one');
    await tom.say(secondCid, 'for you', { mentionPids: [away] });
    const jerry = await stage.login(away);
    const first = await unread(jerry, 2);
    expect(first.convs.get(firstCid)).toMatchObject({ unread: 1, mentioned: false, data: 'one' });
    expect(first.convs.get(secondCid)).toMatchObject({ unread: 1, mentioned: true, data: 'for you' });

    await jerry.close();
    await offline(tom, away);
    const newest = await tom.say(secondCid, 'two');
    const again = await stage.back(jerry, { lastUnreadNotifTime: first.notifTime });
    const second = await unread(again, 1);
    expect(second.convs.get(secondCid)).toMatchObject({
      unread: 2,
      mentioned: true,
      mid: newest.mid,
      timestamp: newest.timestamp,
      from: tom.id,
      data: 'two',
      convType: 1,
    });
    expect(second.notifTime).toBeGreaterThan(first.notifTime);

    again.wire.send({ cmd: CommandType.read, readMessage: { convs: [{ cid: secondCid, ...newest }] } });
    const { convs } = await unread(again, 1);
    expect(convs.get(secondCid)).toMatchObject({ unread: 0, mentioned: false });
  });

  test('[F-TMP-04][F-MSG-43] a temporary conversation counts as well', async () => {
    const [tom] = await stage.logins('Tom');
    const away = uniqueId('Jerry');
    const { cid = '' } = await tom.conv(OpType.start, {
      m: [tom.id, away],
      tempConv: true,
      tempConvTTL: 3600,
    });
    const sent = await tom.say(cid, 'quickly');
    const jerry = await stage.login(away);
    const { convs } = await unread(jerry, 1);
    expect(convs.get(cid)).toMatchObject({ unread: 1, from: tom.id, data: 'quickly', convType: 4 });
    jerry.wire.send({ cmd: CommandType.read, readMessage: { convs: [{ cid, ...sent }] } });
    expect((await unread(jerry, 1)).convs.get(cid)).toMatchObject({ unread: 0 });
  });

  test('[F-MSG-43] twenty conversations are all there, once each, and read at one stroke', async () => {
    const [tom] = await stage.logins('Tom');
    const away = uniqueId('Jerry');
    const read: { cid: string; mid: string; timestamp: number }[] = [];
    for (let n = 0; n < 20; n++) {
      const { cid = '' } = await tom.conv(OpType.start, { m: [tom.id, away], attr: { data: '{}' } });
      read.push({ cid, ...(await tom.say(cid, `message ${n}`)) });
    }
    const jerry = await stage.login(away);
    const { convs } = await unread(jerry, 20);
    for (const { cid, mid } of read) expect(convs.get(cid)).toMatchObject({ unread: 1, mid });
    jerry.wire.send({ cmd: CommandType.read, readMessage: { convs: read } });
    const afterwards = await unread(jerry, 20);
    expect([...afterwards.convs.values()].map((tuple) => tuple.unread)).toEqual(read.map(() => 0));
  });
});

appleSuite('services', (stage) => {
  const asServer = test.skipIf(!withMasterKey);
  const path = '/1.2/rtm/service-conversations';
  const services: string[] = [];
  // An app may have a hundred services, and scenarios run again and again.
  afterEach(async () => {
    for (const id of services.splice(0)) await asMaster(stage.target, 'DELETE', `${path}/${id}`);
  });
  async function serve(): Promise<string> {
    const made = await asMaster<Record<string, string>>(stage.target, 'POST', path, { name: 'Weather desk' });
    expect(made).toMatchObject({ objectId: expect.any(String), createdAt: expect.any(String) });
    services.push(made.objectId ?? '');
    return made.objectId ?? '';
  }
  const broadcast = async (cid: string, message: string) => {
    const body = { from_client: 'weather-bot', message };
    const answer = await asMaster<{ result: Record<string, unknown> }>(
      stage.target,
      'POST',
      `${path}/${cid}/broadcasts`,
      body,
    );
    expect(answer.result).toEqual({ 'msg-id': expect.any(String), timestamp: expect.any(Number) });
    return { mid: String(answer.result['msg-id']), timestamp: Number(answer.result.timestamp) };
  };
  const isMember = async (client: AppleClient, cid: string): Promise<unknown> =>
    JSON.parse((await client.conv(OpType.is_member, { cids: [cid] })).results?.data ?? '');

  asServer(
    '[F-SYS-03][F-SYS-04] are found with whether one is in, entered, and found again with since when',
    async () => {
      const [tom] = await stage.logins('Tom');
      const cid = await serve();
      const before = await tom.find(cid);
      expect(before).toMatchObject({ sys: true, conv_type: 3, joined: false, muted: false });
      expect(before).not.toHaveProperty('joinedAt');
      expect(await isMember(tom, cid)).toEqual({ [cid]: false });
      expect(await tom.conv(OpType.add, { cid, m: [tom.id] })).toMatchObject({ allowedPids: [tom.id] });
      expect(await isMember(tom, cid)).toEqual({ [cid]: true });
      const after = await tom.find(cid);
      expect(after).toMatchObject({ joined: true, muted: false, joinedAt: expect.any(Number) });
      await tom.conv(OpType.mute, { cid });
      expect(await tom.find(cid)).toMatchObject({ muted: true });
      await tom.conv(OpType.remove, { cid, m: [tom.id] });
      expect(await isMember(tom, cid)).toEqual({ [cid]: false });
    },
  );

  asServer('[F-SYS-01][F-SYS-03] speak to who is subscribed, and no longer to who is not', async () => {
    const [tom] = await stage.logins('Tom');
    const cid = await serve();
    const subscribers = `${path}/${cid}/subscribers`;
    expect(await asMaster(stage.target, 'POST', subscribers, { client_id: tom.id })).toEqual({});
    const { mid, timestamp } = await broadcast(cid, 'Storm at 18:00');
    expect(await tom.heard(1)).toMatchObject([
      { cid, id: mid, timestamp, fromPeerId: 'weather-bot', msg: 'Storm at 18:00', convType: 3 },
    ]);
    await tom.conv(OpType.remove, { cid, m: [tom.id] });
    await broadcast(cid, 'Storm at 20:00');
    await tom.heard(0);
  });

  asServer('[F-SYS-01][F-MSG-43] are counted as unread until they are read', async () => {
    const [witness] = await stage.logins('witness');
    const tom = await stage.login(uniqueId('Tom'));
    const cid = await serve();
    await tom.conv(OpType.add, { cid, m: [tom.id] });
    await tom.close();
    await offline(witness, tom.id);
    const sent = await broadcast(cid, 'Storm at 18:00');
    const again = await stage.back(tom);
    const { convs } = await unread(again, 1);
    expect(convs.get(cid)).toMatchObject({
      unread: 1,
      mentioned: false,
      mid: sent.mid,
      timestamp: sent.timestamp,
      from: 'weather-bot',
      data: 'Storm at 18:00',
      convType: 3,
    });
    again.wire.send({ cmd: CommandType.read, readMessage: { convs: [{ cid, ...sent }] } });
    expect((await unread(again, 1)).convs.get(cid)).toMatchObject({ unread: 0 });
  });
});

appleSuite('history', (stage) => {
  const OLD = 1;
  const NEW = 2;

  test('[F-MSG-52][F-MSG-53][F-MSG-54][F-MSG-55] is ascending in both directions, with ends open or closed', async () => {
    const [tom] = await stage.logins('Tom');
    const cid = await tom.start([]);
    const sent: { mid: string; t: number }[] = [];
    for (const text of ['1', '2', '3']) {
      const { mid, timestamp } = await tom.say(cid, text);
      sent.push({ mid, t: timestamp });
    }
    const page = async (fields: LogsCommand) => {
      const { cmd, logsMessage } = await tom.request({
        cmd: CommandType.logs,
        logsMessage: { cid, ...fields },
      });
      expect(cmd).toBe(CommandType.logs);
      expect(logsMessage).toBeTruthy();
      return logsMessage?.logs?.map(({ data }) => data) ?? [];
    };
    const start = (index: number) => sent[index] ?? { mid: '', t: 0 };
    const end = (index: number) => ({ tmid: start(index).mid, tt: start(index).t });
    expect(await page({})).toEqual(['1', '2', '3']);
    // What Objective-C writes for "the latest".
    expect(await page({ t: 64_092_211_200_000, l: 2 })).toEqual(['2', '3']);
    expect(await page({ direction: NEW, limit: 1 })).toEqual(['1']);
    expect(await page({ direction: OLD, limit: 1 })).toEqual(['3']);
    expect(await page({ ...start(2), direction: OLD, limit: 1 })).toEqual(['2']);
    expect(await page({ ...start(0), direction: NEW, limit: 1 })).toEqual(['2']);
    expect(await page({ ...start(2), tIncluded: true, direction: OLD, limit: 1 })).toEqual(['3']);
    expect(await page({ ...start(0), tIncluded: true, direction: NEW, limit: 1 })).toEqual(['1']);
    const closed = { tIncluded: true, ttIncluded: true };
    expect(await page({ ...start(0), ...end(2), direction: NEW })).toEqual(['2']);
    expect(await page({ ...start(0), ...end(2), ...closed, direction: NEW })).toEqual(['1', '2', '3']);
    expect(await page({ ...start(2), ...end(0), ...closed, direction: OLD })).toEqual(['1', '2', '3']);
  });

  test('[F-MSG-56][F-MSG-41] is filtered by kind, and says when the other received it', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const cid = await tom.start([jerry]);
    const picture = JSON.stringify({ _lctype: -2, _lctext: 'a picture' });
    await tom.say(cid, JSON.stringify({ _lctype: -1, _lctext: 'words' }), { r: true });
    const { timestamp } = await tom.say(cid, picture, { r: true });
    await jerry.heard(2);
    await tom.pushes(CommandType.rcp, 2);
    const { logsMessage } = await tom.request({
      cmd: CommandType.logs,
      logsMessage: { cid, limit: 10, lctype: -2 },
    });
    expect(logsMessage?.logs).toMatchObject([{ data: picture, from: tom.id, convType: 1 }]);
    expect(logsMessage?.logs?.[0]?.ackAt).toBeGreaterThanOrEqual(timestamp);
  });
});

/** Two conversations with somebody who has never been here. */
async function absence(stage: AppleStage) {
  const [tom] = await stage.logins('Tom');
  const away = uniqueId('Jerry');
  const start = async () =>
    (await tom.conv(OpType.start, { m: [tom.id, away], attr: { data: '{}' } })).cid ?? '';
  return { tom, away, firstCid: await start(), secondCid: await start() };
}

/** The unread state of exactly so many conversations, from however many commands it takes; one entry for each. */
async function unread(client: AppleClient, howMany: number) {
  const convs = new Map<string, UnreadTuple>();
  let notifTime = 0;
  while (convs.size < howMany) {
    const { unreadMessage } = await client.push(CommandType.unread);
    for (const tuple of unreadMessage?.convs ?? []) {
      expect(convs.has(tuple.cid ?? '')).toBe(false);
      convs.set(tuple.cid ?? '', tuple);
    }
    notifTime = unreadMessage?.notifTime ?? 0;
  }
  await client.pushes(CommandType.unread, 0);
  expect(convs.size).toBe(howMany);
  expect(notifTime).toBeGreaterThan(0);
  return { convs, notifTime };
}

async function offline(witness: AppleClient, id: string): Promise<void> {
  const question = { cmd: CommandType.session, op: OpType.query, sessionMessage: { sessionPeerIds: [id] } };
  await eventually(async () => {
    const { sessionMessage } = await witness.request(question);
    expect(sessionMessage?.onlineSessionPeerIds ?? []).toEqual([]);
  });
}
