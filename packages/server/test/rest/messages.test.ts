import { createHmac } from 'node:crypto';
import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { history, say, startConversation } from '../flow.ts';
import { Api, refusal } from './api.ts';

const CONVERSATIONS = '/1.2/rtm/conversations';
const ROOMS = '/1.2/rtm/chatrooms';
const TEXT = '{"_lctype":-1,"_lctext":"Gate B12"}';

let parley: Parley;
let api: Api;
beforeAll(async () => {
  parley = await startParley();
  api = new Api(parley);
});
afterAll(() => parley.close());

let made = 0;
/** A device that has caught up, and so is told what comes from now on. */
async function online(client: string): Promise<TestClient> {
  const device = await TestClient.open(parley, client);
  await parley.caughtUp();
  return device;
}

const fresh = (name: string) => `${name}-${++made}`;
const create = async (m: readonly string[] = []): Promise<string> =>
  (await api.done(api.post(CONVERSATIONS, { m }))).objectId;

interface Sent {
  readonly id: string;
  readonly timestamp: number;
}

async function send(cid: string, body: object = {}): Promise<Sent> {
  const sent = await api.done(
    api.post(`${CONVERSATIONS}/${cid}/messages`, { from_client: 'alice', message: TEXT, ...body }),
  );
  return { id: sent['msg-id'], timestamp: sent.timestamp };
}

/** What a connection heard so far. */
async function heard(client: TestClient): Promise<readonly (string | undefined)[]> {
  await client.settled();
  return client.inbox
    .splice(0)
    .flatMap(({ cmd, directMessage }) => (cmd === CommandType.direct ? [directMessage?.msg] : []));
}

describe('sending', () => {
  it('[F-MSG-10][F-MSG-13][F-MSG-63] answers at once with id and time, in both shapes', async () => {
    const cid = await create(['alice']);
    const { body } = await api.post(`${CONVERSATIONS}/${cid}/messages`, {
      from_client: 'alice',
      message: TEXT,
    });
    const result = { 'msg-id': expect.stringMatching(/^[\w-]{22}$/), timestamp: expect.any(Number) };
    expect(body).toEqual({ result, ...result });
    expect(body.result['msg-id']).toBe(body['msg-id']);
  });

  it('[F-MSG-62] asks nothing of the sender: no session, no membership, no word', async () => {
    const bob = fresh('bob');
    const cid = await create([bob]);
    await api.done(api.post(`${CONVERSATIONS}/${cid}/permanent-silenceds`, { client_ids: [bob] }));
    await api.done(api.post(`${CONVERSATIONS}/${cid}/blacklists`, { client_ids: ['ghost'] }));
    const device = await online(bob);
    await send(cid, { from_client: 'ghost', message: 'from nobody' });
    const { directMessage } = await device.push(CommandType.direct);
    expect(directMessage).toMatchObject({ cid, fromPeerId: 'ghost', msg: 'from nobody' });
    await send(cid, { from_client: bob, message: 'silenced' });
    expect(await heard(device)).toEqual(['silenced']);
    await device.close();
  });

  it('[F-MSG-64] reaches the devices of the sender, member or not, unless no_sync is set', async () => {
    const bob = fresh('bob');
    const cid = await create([bob]);
    for (const sender of [bob, fresh('outsider')]) {
      const device = await online(sender);
      await send(cid, { from_client: sender, message: 'synced' });
      await send(cid, { from_client: sender, message: 'not synced', no_sync: true });
      expect(await heard(device)).toEqual(['synced']);
      await device.close();
    }
  });

  it('[F-MSG-06] keeps no transient message, and counts none as unread', async () => {
    const bob = fresh('bob');
    const cid = await create([bob]);
    const device = await online(bob);
    await send(cid, { message: 'typing', transient: true });
    await send(cid, { message: 'kept' });
    expect(await heard(device)).toEqual(['typing', 'kept']);
    expect(await history(device, cid)).toEqual(['kept']);
    const unread = await api.call('GET', `/1.2/rtm/clients/${bob}/unread-count`, {
      query: { conv_id: cid },
      as: 'app',
    });
    expect(unread.body).toEqual({ count: 1 });
    await device.close();
  });

  it('[F-MSG-65] mentions up to 20 clients', async () => {
    const bob = fresh('bob');
    const cid = await create([bob]);
    const device = await online(bob);
    await send(cid, { mention_client_ids: [bob, 'carol'], mention_all: true });
    const { directMessage } = await device.push(CommandType.direct);
    expect(directMessage).toMatchObject({ mentionPids: [bob, 'carol'], mentionAll: true });
    const many = Array.from({ length: 21 }, (_, n) => `c${n}`);
    const body = { from_client: 'a', message: 'x', mention_client_ids: many };
    const refused = await api.post(`${CONVERSATIONS}/${cid}/messages`, body);
    expect(refusal(refused)).toEqual([400, 1, 'mention_client_ids must not have more than 20 items.']);
    await device.close();
  });

  it('[F-MSG-13] takes an object for a message, as deployed callers send it', async () => {
    const cid = await create();
    await send(cid, { message: { _lctype: -1, _lctext: 'ü' } });
    const [record] = await api.done(api.get(`${CONVERSATIONS}/${cid}/messages`));
    expect(record.data).toBe('{"_lctype":-1,"_lctext":"ü"}');
  });

  it('[F-MSG-13] takes half a pair of surrogates for what it is in UTF-8: nothing', async () => {
    const cid = await create();
    const text = '{"from_client":"alice","message":"a\\ud800b"}';
    await api.done(api.call('POST', `${CONVERSATIONS}/${cid}/messages`, { text }));
    expect((await api.done(api.get(`${CONVERSATIONS}/${cid}/messages`)))[0].data).toBe('a\ufffdb');
  });

  it('[F-MSG-01][F-MSG-02] refuses more than 5 KB, push content included, and keeps nothing', async () => {
    const cid = await create();
    const path = `${CONVERSATIONS}/${cid}/messages`;
    const large = { from_client: 'alice', message: 'x'.repeat(5121) };
    expect(refusal(await api.post(path, large))).toEqual([400, 4109, 'FRAME_TOO_LONG']);
    const both = { from_client: 'alice', message: 'x'.repeat(5000), push_data: { alert: 'y'.repeat(200) } };
    expect(refusal(await api.post(path, both))).toEqual([400, 4109, 'FRAME_TOO_LONG']);
    expect(await api.done(api.get(path))).toEqual([]);
  });

  it('[F-CONV-27] says 4401 where there is no such conversation, and what it is where it is another sort', async () => {
    const body = { from_client: 'alice', message: TEXT };
    const unknown = await api.post(`${CONVERSATIONS}/${'0'.repeat(24)}/messages`, body);
    expect(refusal(unknown)).toEqual([404, 4401, 'INVALID_MESSAGING_TARGET']);
    const room = (await api.done(api.post(ROOMS))).objectId;
    expect(refusal(await api.post(`${CONVERSATIONS}/${room}/messages`, body))).toEqual([
      400,
      4314,
      'NORMAL_CONVERSATION_REQUIRED',
    ]);
    const cid = await create();
    expect(refusal(await api.post(`${ROOMS}/${cid}/messages`, body))).toEqual([
      400,
      4316,
      'TRANSIENT_CONVERSATION_REQUIRED',
    ]);
  });

  it.each(['json', '', ';', 'text/html, application/json', 'application/x-www-form-urlencoded'])(
    '[F-GEN-11] takes JSON that is called %j',
    async (type) => {
      const cid = await create();
      const text = JSON.stringify({ from_client: 'alice', message: 'x' });
      const headers = { 'Content-Type': type };
      await api.done(api.call('POST', `${CONVERSATIONS}/${cid}/messages`, { text, headers }));
    },
  );

  it.each([
    ['no sender', { message: 'x' }, [400, 1, 'from_client is required.']],
    ['no message', { from_client: 'a' }, [400, 1, 'message is required.']],
    [
      'a number for a message',
      { from_client: 'a', message: 5 },
      [400, 1, 'message must be text, or an object that becomes its JSON text.'],
    ],
    ['a long sender', { from_client: 'a'.repeat(65), message: 'x' }, [400, 4103, 'INVALID_LOGIN']],
    [
      'no such priority',
      { from_client: 'a', message: 'x', priority: 'urgent' },
      [400, 1, 'priority must be high, normal or low.'],
    ],
    [
      'a text for a switch',
      { from_client: 'a', message: 'x', transient: 'yes' },
      [400, 1, 'transient must be boolean.'],
    ],
  ])('refuses %s', async (_what, body, expected) => {
    const cid = await create();
    expect(refusal(await api.post(`${CONVERSATIONS}/${cid}/messages`, body))).toEqual(expected);
    expect(await api.done(api.get(`${CONVERSATIONS}/${cid}/messages`))).toEqual([]);
  });

  it('[F-SEC-13] needs the master key', async () => {
    const cid = await create();
    const refused = await api.call('POST', `${CONVERSATIONS}/${cid}/messages`, { body: {}, as: 'app' });
    expect([refused.status, refused.body.code]).toEqual([403, 403]);
  });
});

describe('changing messages', () => {
  it('[F-MSG-40] replaces what a message says, for everybody, and keeps whom it mentions', async () => {
    const bob = fresh('bob');
    const cid = await create([bob]);
    const { id, timestamp } = await send(cid, { mention_client_ids: [bob] });
    const device = await online(bob);
    const path = `${CONVERSATIONS}/${cid}/messages/${id}`;
    const changed = { from_client: 'alice', message: 'Gate B14', timestamp };
    expect(await api.done(api.put(path, changed))).toEqual({});
    const { patchMessage } = await device.push(CommandType.patch, OpType.modify);
    expect(patchMessage?.patches?.[0]).toMatchObject({
      cid,
      mid: id,
      data: 'Gate B14',
      from: 'alice',
      mentionPids: [bob],
    });
    expect(patchMessage?.patches?.[0]?.recall).toBeFalsy();
    const [record] = await api.done(api.get(`${CONVERSATIONS}/${cid}/messages`));
    expect(record).toMatchObject({ 'msg-id': id, timestamp, data: 'Gate B14' });

    expect(await api.done(api.put(`${path}/recall`, { from_client: 'alice', timestamp }))).toEqual({});
    const recalled = await device.push(CommandType.patch, OpType.modify);
    expect(recalled.patchMessage?.patches?.[0]).toMatchObject({ mid: id, recall: true });
    const [gone] = await api.done(api.get(`${CONVERSATIONS}/${cid}/messages`));
    expect(gone.data).toBe('{"_lctype":-127}');
    await device.close();
  });

  it('[F-MSG-40] asks for id, time and author, and not for the switches of the SDKs', async () => {
    const strict = await startParley({ settings: { allowEdit: false, allowRecall: false } });
    const there = new Api(strict);
    const cid = (await there.done(there.post(CONVERSATIONS, { m: ['alice'] }))).objectId;
    const sent = await there.done(
      there.post(`${CONVERSATIONS}/${cid}/messages`, { from_client: 'alice', message: 'a' }),
    );
    const path = `${CONVERSATIONS}/${cid}/messages/${sent['msg-id']}`;
    const change = (changes: object) =>
      there.put(path, { from_client: 'alice', message: 'b', timestamp: sent.timestamp, ...changes });
    expect(refusal(await change({ timestamp: sent.timestamp + 1 }))).toEqual([
      404,
      4404,
      'MESSAGE_NOT_FOUND',
    ]);
    expect(refusal(await change({ from_client: 'bob' }))).toEqual([403, 4403, 'MESSAGE_OWNERSHIP_REQUIRED']);
    expect(refusal(await there.put(`${path}x`, { from_client: 'a', message: 'b', timestamp: 1 }))[1]).toBe(
      4404,
    );
    expect(refusal(await change({ timestamp: 'now' }))).toEqual([
      400,
      1,
      'timestamp must be a time in milliseconds.',
    ]);
    await there.done(change({}));
    await strict.close();
  });
});

describe('history', () => {
  it('[F-MSG-58] lists records newest first, 100 at a time', async () => {
    const cid = await create(['alice', 'bob']);
    const sent: Sent[] = [];
    for (let n = 0; n < 101; n++) sent.push(await send(cid, { message: String(n) }));
    const path = `${CONVERSATIONS}/${cid}/messages`;
    const page = await api.done(api.get(path));
    expect(page).toHaveLength(100);
    expect(page[0]).toEqual({
      'msg-id': sent[100]?.id,
      timestamp: sent[100]?.timestamp,
      'conv-id': `${cid}00000000`,
      to: cid,
      from: 'alice',
      data: '100',
      'is-conv': true,
      'is-room': false,
      bin: false,
    });
    expect(await api.done(api.get(path, { limit: 5000, reversed: 'True' }))).toHaveLength(101);
    expect((await api.done(api.get(path, { reversed: true })))[0].data).toBe('0');
    expect(refusal(await api.get(path, { limit: 0 }))).toEqual([400, 1, 'limit must be >= 1.']);
  });

  it.each([
    ['1.2', (cid: string) => [`${CONVERSATIONS}/${cid}/messages`, {}] as const],
    [
      '1.2, the conversation as records name it',
      (cid: string) => [`${CONVERSATIONS}/${cid}00000000/messages`, {}] as const,
    ],
    ['1.1', (convid: string) => ['/1.1/rtm/messages/history', { convid }] as const],
    ['1.1, the older name', (convid: string) => ['/1.1/rtm/messages/logs', { convid }] as const],
  ])('[F-MSG-59] begins and ends where it is asked to, by version %s', async (_version, placed) => {
    const cid = await create();
    const [path, place] = placed(cid);
    const [one, , three] = [
      await send(cid, { message: '1' }),
      await send(cid, { message: '2' }),
      await send(cid, { message: '3' }),
    ];
    const read = async (start: Sent, stop: Sent, more: Record<string, boolean>) => {
      const query = {
        ...place,
        timestamp: start.timestamp,
        msgid: start.id,
        till_timestamp: stop.timestamp,
        till_msgid: stop.id,
        ...more,
      };
      const records = await api.done(api.get(path, query));
      return records.map(({ data }: { data: string }) => data).join();
    };
    expect(await read(three, one, {})).toBe('2');
    expect(await read(three, one, { include_start: true })).toBe('3,2');
    expect(await read(three, one, { include_stop: true })).toBe('2,1');
    expect(await read(one, three, { reversed: true })).toBe('2');
    expect(await read(one, three, { include_start: true, reversed: true })).toBe('1,2');
    expect(await read(one, three, { include_stop: true, reversed: true })).toBe('2,3');
  });

  it('[F-MSG-26][F-MSG-54] pages through everything exactly once, in either direction, whatever the page', async () => {
    const cid = await create();
    const texts = Array.from({ length: 23 }, (_, n) => String(n));
    for (const message of texts) await send(cid, { message });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 24 }), fc.boolean(), async (limit, reversed) => {
        const seen: string[] = [];
        let place = {};
        for (;;) {
          const page = await api.done(
            api.get(`${CONVERSATIONS}/${cid}/messages`, { limit, reversed, ...place }),
          );
          seen.push(...page.map(({ data }: { data: string }) => data));
          const last = page.at(-1);
          if (last === undefined) break;
          place = { timestamp: last.timestamp, msgid: last['msg-id'] };
        }
        expect(reversed ? seen : seen.toReversed()).toEqual(texts);
      }),
      { numRuns: 20 },
    );
  });

  it('shows binary messages as base64, and when a message was delivered', async () => {
    const [tom, jerry] = [fresh('tom'), fresh('jerry')];
    const [sender, receiver] = [await online(tom), await online(jerry)];
    const cid = await startConversation(sender, { m: [jerry] });
    await sender.request({
      cmd: CommandType.direct,
      directMessage: { cid, binaryMsg: Uint8Array.from([1, 2, 255]) },
    });
    const { directMessage } = await receiver.push(CommandType.direct);
    receiver.send({ cmd: CommandType.ack, ackMessage: { cid, mid: directMessage?.id ?? '' } });
    await receiver.settled();
    const [record] = await api.done(api.get(`${CONVERSATIONS}/${cid}/messages`));
    expect(record).toMatchObject({ bin: true, data: 'AQL/', 'ack-at': expect.any(Number) });
    await Promise.all([sender.close(), receiver.close()]);
  });

  it.each([
    [{ msgid: 'x' }, 'msgid needs timestamp.'],
    [{ till_msgid: 'x' }, 'till_msgid needs till_timestamp.'],
    [{ timestamp: 'yesterday' }, 'timestamp must be a time in milliseconds.'],
    [{ reversed: 'maybe' }, 'reversed must be boolean.'],
  ])('refuses %j', async (query, error) => {
    const cid = await create();
    expect(refusal(await api.get(`${CONVERSATIONS}/${cid}/messages`, query))).toEqual([400, 1, error]);
  });

  it('[F-SEC-10] is signed where the app wants that, in either published order', async () => {
    const signing = await startParley({ settings: { signHistory: true } });
    const there = new Api(signing);
    const cid = (await there.done(there.post(CONVERSATIONS, { m: ['alice'] }))).objectId;
    const path = `${CONVERSATIONS}/${cid}/messages`;
    const now = Date.now();
    const sign = (end: string) =>
      createHmac('sha1', signing.masterKey).update(`${signing.appId}:alice:${cid}:${end}`).digest('hex');
    const query = { client_id: 'alice', nonce: 'n0nce7', signature_ts: now };
    const failed = [403, 4302, 'CONVERSATION_SIGNATURE_FAILED'];
    expect(refusal(await there.get(path))).toEqual(failed);
    expect(refusal(await there.get(path, { ...query, signature: sign('other') }))).toEqual(failed);
    expect(await there.done(there.get(path, { ...query, signature: sign(`n0nce7:${now}`) }))).toEqual([]);
    expect(
      await there.done(there.get(path, { ...query, signature: sign(`${now}:n0nce7`).toUpperCase() })),
    ).toEqual([]);
    const old = now - 7 * 3600 * 1000;
    const stale = { ...query, signature_ts: old, signature: sign(`n0nce7:${old}`) };
    expect(refusal(await there.get(path, stale))).toEqual(failed);
    const room = (await there.done(there.post('/1.2/rtm/chatrooms'))).objectId;
    const ofRoom = `${signing.appId}:alice:${room}:n0nce7:${now}`;
    const signature = createHmac('sha1', signing.masterKey).update(ofRoom).digest('hex');
    const inRoom = `/1.2/rtm/chatrooms/${room}/messages`;
    expect(refusal(await there.get(inRoom, { ...query, signature: sign(`n0nce7:${now}`) }))).toEqual(failed);
    expect(await there.done(there.get(inRoom, { ...query, signature }))).toEqual([]);
    const older = { peerid: 'alice', nonce: 'n0nce7', signature_ts: now, convid: cid };
    const path11 = '/1.1/rtm/messages/history';
    expect(refusal(await there.get(path11, { convid: cid }))).toEqual(failed);
    expect(refusal(await there.get(path11, { ...older, signature }))).toEqual(failed);
    expect(await there.done(there.get(path11, { ...older, signature: sign(`n0nce7:${now}`) }))).toEqual([]);
    await signing.apps.changeSettings(signing.appId, { signHistory: false });
    expect(await there.done(there.get(path))).toEqual([]);
    await signing.apps.changeSettings(signing.appId, { signHistory: true });
    const reader = await TestClient.open(signing, 'alice');
    expect((await say(reader, cid, 'unsigned')).ackMessage?.code).toBeUndefined();
    expect(await history(reader, cid)).toEqual(['unsigned']);
    await reader.close();
    await signing.close();
  });
});
