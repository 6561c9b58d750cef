import { createHash } from 'node:crypto';
import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, say, startConversation } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the test is about
  readonly body: any;
}

async function get(query: Record<string, string>, headers: Record<string, string>): Promise<Answer> {
  const url = new URL('/1.1/rtm/notifications', parley.url);
  url.search = new URLSearchParams(query).toString();
  const response = await fetch(url, { headers });
  return { status: response.status, body: await response.json() };
}

/** Logs in to get a token, and logs nobody out: only the connection is lost. */
async function tokenOf(client: string): Promise<{ token: string; serverTs: number }> {
  const connection = await TestClient.connect(parley.wsUrl);
  const opened = await connection.request({
    cmd: CommandType.session,
    op: OpType.open,
    appId: parley.appId,
    peerId: client,
    sessionMessage: { deviceId: `${client}-phone` },
  });
  await connection.terminate();
  return { token: opened.sessionMessage?.st ?? '', serverTs: opened.serverTs ?? 0 };
}

function headers(token: string): Record<string, string> {
  return { 'X-LC-Id': parley.appId, 'X-LC-Key': parley.appKey, 'X-LC-IM-Session-Token': token };
}

const flat = (client: string, from: number, token: string) =>
  get({ client_id: client, start_ts: String(from), notification_type: 'permanent' }, headers(token));
const grouped = (client: string, from: number, token: string) =>
  get({ client_id: client, start_ts: String(from) }, headers(token));

describe('missed events', () => {
  it('[F-SESS-34][F-CONV-22] come back in the flat shape of JS, each once, in order, with the time of the push', async () => {
    const { token, serverTs } = await tokenOf('away');
    const tom = await TestClient.open(parley, 'Tom-flat');
    const cid = await startConversation(tom, { m: ['away'] });
    const pushed = await tom.push(CommandType.conv, OpType.members_joined);
    await conv(tom, OpType.add, { cid, m: ['Carol'] });
    await conv(tom, OpType.update, { cid, attr: { data: JSON.stringify({ name: 'Lisbon', 'attr.x': 1 }) } });
    await conv(tom, OpType.remove, { cid, m: ['away'] });
    const { status, body } = await flat('away', serverTs, token);
    expect(status).toBe(200);
    expect(body.hasMore).toBe(false);
    expect(body.notifications.map((entry: { op: string }) => entry.op)).toEqual([
      'joined',
      'members_joined',
      'members_joined',
      'updated',
      'left',
    ]);
    const [joined, , , updated, left] = body.notifications;
    expect(joined).toMatchObject({
      cmd: 'conv',
      cid,
      initBy: 'Tom-flat',
      notificationType: 1,
      serverTs: pushed.serverTs,
    });
    expect(JSON.parse(updated.attr.data)).toEqual({ name: 'Lisbon', 'attr.x': 1 });
    expect(JSON.parse(updated.attrModified.data)).toEqual({ name: 'Lisbon', attr: { x: 1 } });
    const after = await flat('away', left.serverTs, token);
    expect(after.body.notifications).toEqual([]);
    await tom.close();
  });

  it('[F-SESS-34][F-MSG-42] come back in the grouped shape of Swift, read receipts and temporary conversations included', async () => {
    const { token, serverTs } = await tokenOf('ios');
    const tom = await TestClient.open(parley, 'Tom-grouped');
    const ios = await TestClient.open(parley, 'ios');
    const cid = await startConversation(tom, { m: ['ios'] });
    await ios.push(CommandType.conv, OpType.joined);
    const { ackMessage } = await say(ios, cid, 'read me', { r: true });
    tom.send({
      cmd: CommandType.read,
      readMessage: { convs: [{ cid, mid: ackMessage?.uid ?? '', timestamp: ackMessage?.t ?? 0 }] },
    });
    const receipt = await ios.push(CommandType.rcp);
    const started = await tom.request({
      cmd: CommandType.conv,
      op: OpType.start,
      convMessage: { m: ['ios'], tempConv: true, tempConvTTL: 600 },
    });
    const { body } = await grouped('ios', serverTs, token);
    const { notifications } = body.permanent;
    expect(notifications.map(({ cmd, op }: { cmd: string; op?: string }) => op ?? cmd)).toEqual([
      'joined',
      'members-joined',
      'rcp',
      'joined',
      'members-joined',
    ]);
    expect(notifications[2]).toMatchObject({
      id: ackMessage?.uid,
      read: true,
      from: 'Tom-grouped',
      serverTs: receipt.serverTs,
    });
    expect(notifications[3]).toMatchObject({
      cid: started.convMessage?.cid,
      tempConv: true,
      tempConvTTL: 600,
    });
    expect(body.droppable).toEqual({ invalidLocalConvCache: false, notifications: [] });
    await Promise.all([tom.close(), ios.close()]);
  });

  it('[F-SESS-34] reach a client that pages, each exactly once, wherever it starts', async () => {
    const { token, serverTs } = await tokenOf('pager');
    const tom = await TestClient.open(parley, 'Tom-pages');
    const cid = await startConversation(tom, { m: ['pager'] });
    const changes = Array.from({ length: 620 }, (_, n) =>
      conv(tom, OpType.update, { cid, attr: { data: JSON.stringify({ n }) } }),
    );
    await Promise.all(changes);
    const seen: { serverTs: number; op: string }[] = [];
    for (let from = serverTs, more = true; more; ) {
      const { body } = await flat('pager', from, token);
      seen.push(...body.notifications);
      more = body.hasMore;
      from = seen.at(-1)?.serverTs ?? from;
    }
    expect(seen).toHaveLength(622);
    await fc.assert(
      fc.asyncProperty(fc.nat(seen.length - 1), async (index) => {
        const from = seen[index]?.serverTs ?? 0;
        const { body } = await flat('pager', from, token);
        const expected = seen.filter((entry) => entry.serverTs > from);
        expect(body.notifications).toEqual(expected.slice(0, body.notifications.length));
        expect(body.hasMore).toBe(body.notifications.length < expected.length);
      }),
      { numRuns: 20 },
    );
    const { body } = await grouped('pager', serverTs, token);
    expect(body.droppable.invalidLocalConvCache).toBe(true);
    await tom.close();
  });

  it('[F-SESS-34][F-GRP-15][F-GRP-17] tell who was silenced or blocked in a chat room while away', async () => {
    const tom = await TestClient.open(parley, 'Tom-of-the-room');
    const room = await startConversation(tom, { transient: true });
    const { token, serverTs } = await tokenOf('away');
    await conv(tom, OpType.add_shutup, { cid: room, m: ['away'] });
    await tom.request({
      cmd: CommandType.blacklist,
      op: OpType.block,
      blacklistMessage: { srcCid: room, toPids: ['away'] },
    });
    const { body } = await flat('away', serverTs, token);
    const told = body.notifications.map(({ op, cid }: { op: string; cid: string }) => [op, cid]);
    expect(told).toEqual([
      ['shutuped', room],
      ['blocked', room],
    ]);
    await tom.close();
  });

  it('[F-SEC-02] are for nobody without a token of that very client', async () => {
    const { token } = await tokenOf('private');
    const other = await tokenOf('curious');
    expect((await flat('private', 0, token)).status).toBe(200);
    const refused = await flat('private', 0, other.token);
    expect(refused).toEqual({ status: 401, body: { code: 4112, error: 'SESSION_TOKEN_EXPIRED' } });
    expect((await flat('private', 0, 'garbage')).body.code).toBe(4112);
    const wrongKey = await get(
      { client_id: 'private', start_ts: '0' },
      { ...headers(token), 'X-LC-Key': 'not the key' },
    );
    expect(wrongKey).toEqual({ status: 401, body: { code: 401, error: 'Unauthorized.' } });
  });

  it('are given to whoever signs instead of showing the key, and to the old header names', async () => {
    const { token } = await tokenOf('signer');
    const sign = createHash('md5').update(`1750000000123${parley.appKey}`).digest('hex');
    const signed = { 'X-LC-Id': parley.appId, 'X-LC-IM-Session-Token': token };
    const query = { client_id: 'signer', start_ts: '1750000000123.0' };
    expect((await get(query, { ...signed, 'X-LC-Sign': `${sign},1750000000123` })).status).toBe(200);
    expect((await get(query, { ...signed, 'X-LC-Sign': `${sign},1750000000124` })).status).toBe(401);
    const old = { 'X-AVOSCloud-Application-Id': parley.appId, 'X-AVOSCloud-Application-Key': parley.appKey };
    expect((await get(query, { ...old, 'X-LC-IM-Session-Token': token })).status).toBe(200);
  });

  it('refuse a start that is no time', async () => {
    const { token } = await tokenOf('vague');
    const { status, body } = await get({ client_id: 'vague', start_ts: 'yesterday' }, headers(token));
    expect([status, body.error]).toEqual([400, 'start_ts must be a time in milliseconds.']);
  });
});
