// Messages, receipts, edits and chat rooms as the suites of the Swift and Objective-C SDKs exercise them, in the frames
// those SDKs write and with what they require of each answer.
import { CommandType, OpType } from '@parley/protocol';
import { expect, test } from 'vitest';
import type { AppleClient } from './src/apple.ts';
import { type AppleStage, appleSuite } from './src/apple-suite.ts';
import { eventually } from './src/index.ts';

const file = (name: string, metaData: object) => ({
  _lcfile: { url: `https://files.example.com/${name}`, objId: `id-of-${name}`, metaData },
});

/** What the SDKs write for each kind of message; 1 is a kind of the app's own. */
const KINDS = {
  text: { _lctype: -1, _lctext: 'text 消息 🌵', _lcattrs: { key: 'value' } },
  image: { _lctype: -2, ...file('a.png', { width: 1, height: 2, format: 'png', size: 3 }) },
  audio: { _lctype: -3, ...file('a.mp3', { duration: 1.5, format: 'mp3', size: 3 }) },
  video: { _lctype: -4, ...file('a.mp4', { duration: 2.5, format: 'mp4', size: 3 }) },
  location: { _lctype: -5, _lcloc: { latitude: 22.5, longitude: -114.25 } },
  file: { _lctype: -6, ...file('a.zip', { name: 'a.zip', size: 3 }) },
  custom: { _lctype: 1, _lctext: 'a kind of our own' },
};

appleSuite('messages', (stage) => {
  test('[F-GEN-05][F-MSG-11][F-MSG-14][F-GEN-06] every kind arrives as it was written, and history says the same', async () => {
    const { tom, jerry, cid } = await pair(stage);
    const written = ['just text', ...Object.values(KINDS).map((kind) => JSON.stringify(kind))];
    for (const msg of written) {
      const { mid, timestamp } = await tom.say(cid, msg);
      const [heard] = await jerry.heard(1);
      expect(heard).toMatchObject({ cid, id: mid, timestamp, fromPeerId: tom.id, msg, convType: 1 });
      for (const absent of ['binaryMsg', 'transient', 'patchTimestamp', 'offline'] as const) {
        expect(heard?.[absent] ?? undefined).toBeUndefined();
      }
    }
    const { logsMessage } = await jerry.request({ cmd: CommandType.logs, logsMessage: { cid, limit: 20 } });
    expect(logsMessage?.logs?.map(({ data }) => data)).toEqual(written);
  });

  test('[F-GEN-05] bytes, which Swift sends, arrive as bytes and stand in history as base64', async ({
    skip,
  }) => {
    skip(stage.sdk.name !== 'Swift', 'Objective-C has no messages of bytes.');
    const { tom, jerry, cid } = await pair(stage);
    const bytes = Uint8Array.of(0, 255, 1, 254);
    await tom.send(cid, { binaryMsg: bytes });
    const [heard] = await jerry.heard(1);
    expect([...(heard?.binaryMsg ?? [])]).toEqual([...bytes]);
    expect(heard?.msg ?? undefined).toBeUndefined();
    const { logsMessage } = await jerry.request({ cmd: CommandType.logs, logsMessage: { cid, limit: 1 } });
    expect(logsMessage?.logs).toMatchObject([{ bin: true, data: Buffer.from(bytes).toString('base64') }]);
  });

  test('[F-MSG-30][F-MSG-07][F-MSG-08] what is sent without waiting arrives in that order, each once, in rising time', async () => {
    const { tom, jerry, cid } = await pair(stage);
    const written = Array.from({ length: 30 }, (_, n) => `message ${n}`);
    const acks = await Promise.all(written.map((msg) => tom.send(cid, { msg })));
    const heard = await jerry.heard(written.length);
    expect(heard.map(({ msg }) => msg)).toEqual(written);
    expect(heard.map(({ id }) => id)).toEqual(acks.map(({ uid }) => uid));
    const times = heard.map(({ timestamp }) => timestamp ?? 0);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    await tom.heard(0);
  });

  test('[F-SESS-24] the sender’s other device hears too, the sending one does not', async () => {
    const { tom, jerry, cid } = await pair(stage);
    const tablet = await stage.login(tom.id, { deviceToken: 'tablet' });
    const { mid } = await tom.say(cid, 'from the phone');
    expect(await tablet.heard(1)).toMatchObject([{ id: mid, fromPeerId: tom.id }]);
    await jerry.heard(1);
    await tom.heard(0);
  });

  test('[F-MSG-35][F-MSG-36][F-MSG-37][F-MSG-38] an edit and a recall carry all the SDKs need to find the message', async () => {
    const { tom, jerry, cid } = await pair(stage);
    const { mid, timestamp } = await tom.say(cid, 'frist');
    await jerry.heard(1);
    const edited = await patch(tom, { cid, mid, timestamp, data: 'first' });
    const [edit] = await patches(jerry, 1);
    expect(edit).toMatchObject({ cid, mid, timestamp, from: tom.id, data: 'first', patchTimestamp: edited });
    const recalled = await patch(tom, { cid, mid, timestamp, recall: true });
    const [recall] = await patches(jerry, 1);
    expect(recall).toMatchObject({
      cid,
      mid,
      timestamp,
      from: tom.id,
      recall: true,
      patchTimestamp: recalled,
    });
    expect(JSON.parse(recall?.data ?? '')).toEqual({ _lctype: -127 });
    expect(edit?.recall ?? false).toBe(false);
    for (const item of [edit, recall]) {
      expect([item?.patchCode ?? undefined, item?.patchReason ?? undefined]).toEqual([undefined, undefined]);
    }
    await patches(tom, 0);
  });

  test('[F-SESS-35] edits made while away are told at the next login, oldest first and one to a command', async () => {
    const { tom, jerry, cid } = await pair(stage);
    const sent = [await tom.say(cid, 'one'), await tom.say(cid, 'two')];
    await jerry.heard(2);
    const lastPatchTime = jerry.opened.serverTs ?? 0;
    await jerry.close();
    for (const { mid, timestamp } of sent) await patch(tom, { cid, mid, timestamp, data: 'edited' });
    const again = await stage.back(jerry, { lastPatchTime });
    const missed = await patches(again, 2);
    expect(missed.map((item) => item?.mid)).toEqual(sent.map(({ mid }) => mid));
    for (const item of missed) expect(item).toMatchObject({ cid, data: 'edited', from: tom.id });
  });

  test('[F-MSG-31] mentions arrive with the message', async () => {
    const { tom, jerry, cid } = await pair(stage);
    await tom.say(cid, 'you', { mentionPids: [jerry.id] });
    await tom.say(cid, 'all of you', { mentionAll: true });
    expect(await jerry.heard(2)).toMatchObject([{ mentionPids: [jerry.id] }, { mentionAll: true }]);
  });

  test('[F-MSG-40][F-MSG-41][F-MSG-42] delivery and reading are told once, and only of a message that asked', async () => {
    const { tom, jerry, cid } = await pair(stage);
    await tom.say(cid, 'no receipt, please');
    const { mid, timestamp } = await tom.say(cid, 'receipt, please', { r: true });
    await jerry.heard(2);
    const [delivered] = await tom.pushes(CommandType.rcp, 1);
    expect(delivered?.rcpMessage).toMatchObject({ cid, id: mid, from: jerry.id });
    expect(delivered?.rcpMessage?.read ?? undefined).toBeUndefined();
    jerry.wire.send({ cmd: CommandType.read, readMessage: { convs: [{ cid, mid, timestamp }] } });
    const [read] = await tom.pushes(CommandType.rcp, 1);
    expect(read?.rcpMessage).toMatchObject({ cid, id: mid, from: jerry.id, read: true });
    for (const receipt of [delivered, read]) {
      expect(receipt?.serverTs).toBeGreaterThan(0);
      expect(receipt?.rcpMessage?.t).toBeGreaterThanOrEqual(timestamp);
    }
  });

  test('[F-MSG-05] a passing message has an id and a time, says that it passes, and is not kept', async () => {
    const { tom, jerry, cid } = await pair(stage);
    const { mid } = await tom.say(cid, 'typing', { transient: true });
    expect(await jerry.heard(1)).toMatchObject([{ id: mid, transient: true }]);
    const { logsMessage } = await jerry.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(logsMessage).toBeTruthy();
    expect(logsMessage?.logs ?? []).toEqual([]);
  });

  test('[F-MSG-49][F-MSG-51] a will is heard when its author is lost, under the id of its ack', async () => {
    const { tom, jerry, cid } = await pair(stage);
    const { mid } = await tom.say(cid, 'I was cut off', { will: true });
    await jerry.heard(0);
    await tom.close();
    expect(await jerry.heard(1)).toMatchObject([{ cid, id: mid, fromPeerId: tom.id, msg: 'I was cut off' }]);
    const { logsMessage } = await jerry.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect(logsMessage?.logs ?? []).toEqual([]);
  });

  test('[F-CONV-61] a message that is refused has a code, and an id and a time all the same', async () => {
    const { tom, jerry, cid } = await pair(stage);
    await jerry.conv(OpType.remove, { cid, m: [jerry.id] });
    const ack = await jerry.send(cid, { msg: 'still here?' });
    expect(ack).toMatchObject({ code: 4401, reason: 'INVALID_MESSAGING_TARGET' });
    expect(ack).toMatchObject({ uid: expect.stringMatching(/./), t: expect.any(Number) });
    await tom.heard(0);
  });
});

appleSuite('chat rooms', (stage) => {
  test('[F-ROOM-03][F-ROOM-18] count one, two and one again, and name who is there', async () => {
    const [host, guest] = await stage.logins('host', 'guest');
    const cid = (await host.conv(OpType.start, { transient: true, attr: { data: '{}' } })).cid ?? '';
    const count = async () => (await host.conv(OpType.count, { cid })).count;
    expect(await count()).toBe(1);
    const joined = await guest.conv(OpType.add, { cid, m: [guest.id] });
    expect(joined).toMatchObject({ allowedPids: [guest.id] });
    expect(await count()).toBe(2);
    const { m } = await host.conv(OpType.members, { cid, limit: 50 });
    expect(m?.toSorted()).toEqual([guest.id, host.id].toSorted());
    await guest.conv(OpType.remove, { cid, m: [guest.id] });
    await eventually(async () => expect(await count()).toBe(1));
    for (const client of [host, guest]) await client.told();
  });

  test('[F-ROOM-13][F-ROOM-14][F-ROOM-16] messages of every priority reach each guest once and never their sender', async () => {
    const [host, guest, other] = await stage.logins('host', 'guest', 'other');
    const cid = (await host.conv(OpType.start, { transient: true, attr: { data: '{}' } })).cid ?? '';
    for (const client of [guest, other]) await client.conv(OpType.add, { cid, m: [client.id] });
    for (const priority of [1, 2, 3]) await host.send(cid, { msg: `priority ${priority}` }, { priority });
    for (const client of [guest, other]) {
      const heard = await client.heard(3);
      expect(heard.map(({ msg }) => msg)).toEqual(['priority 1', 'priority 2', 'priority 3']);
      for (const { convType } of heard) expect(convType).toBe(2);
    }
    await host.heard(0);
    expect(await host.find(cid, { flag: 2 })).not.toHaveProperty('msg');
  });
});

/** Two members of a conversation who have been told of it. */
async function pair(stage: AppleStage) {
  const [tom, jerry] = await stage.logins('Tom', 'Jerry');
  const cid = await tom.start([jerry]);
  for (const client of [tom, jerry]) await client.told(OpType.joined, OpType.members_joined);
  return { tom, jerry, cid };
}

/** Edits or recalls, and gives the time of the change, without which Swift takes it for a failure. */
async function patch(
  client: AppleClient,
  item: { cid: string; mid: string; timestamp: number; data?: string; recall?: boolean },
): Promise<number> {
  const reply = await client.request({
    cmd: CommandType.patch,
    op: OpType.modify,
    patchMessage: { patches: [item] },
  });
  expect(reply.op).toBe(OpType.modified);
  expect(reply.patchMessage?.lastPatchTime).toBeGreaterThanOrEqual(item.timestamp);
  return reply.patchMessage?.lastPatchTime ?? 0;
}

async function patches(client: AppleClient, howMany: number) {
  const pushes = await client.pushes(CommandType.patch, howMany, ({ op }) => op === OpType.modify);
  return pushes.map(({ patchMessage }) => {
    expect(patchMessage?.patches).toHaveLength(1);
    return patchMessage?.patches?.[0];
  });
}
