import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

async function call(
  method: string,
  path: string,
  { body, key = `${parley.masterKey},master` }: { body?: object; key?: string } = {},
) {
  const response = await fetch(`${parley.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-lc-id': parley.appId, 'x-lc-key': key },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const CLASS = '/1.1/classes/_SysMessage';
type Found = readonly Record<string, unknown>[];
async function find(query: Record<string, unknown>): Promise<Found> {
  const text = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  const { status, body } = await call('GET', `${CLASS}?${new URLSearchParams(text)}`);
  expect(status).toBe(200);
  return body.results as Found;
}

describe('the class _SysMessage', () => {
  it('[F-SYS-06] has what users said to services, found like any object', async () => {
    const service = async () => {
      const { body } = await call('POST', '/1.2/rtm/service-conversations', { body: { name: 'desk' } });
      return String(body.objectId);
    };
    const [desk, shop] = [await service(), await service()];
    const [tom, jerry] = [await TestClient.open(parley, 'Tom'), await TestClient.open(parley, 'Jerry')];
    const first = await say(tom, desk, '{"_lctype":-1,"_lctext":"help"}');
    await say(jerry, desk, 'me too');
    await say(tom, shop, 'how much');
    await say(tom, desk, 'typing', { transient: true });

    const all = await find({});
    expect(all.map(({ data }) => data)).toEqual(['{"_lctype":-1,"_lctext":"help"}', 'me too', 'how much']);
    const at = new Date(first.ackMessage?.t ?? 0).toISOString();
    expect(all[0]).toEqual({
      objectId: expect.stringMatching(/^[0-9a-f]{24}$/),
      bin: false,
      conv: { __type: 'Pointer', className: '_Conversation', objectId: desk },
      data: '{"_lctype":-1,"_lctext":"help"}',
      from: 'Tom',
      fromIp: '127.0.0.1',
      msgId: first.ackMessage?.uid,
      timestamp: first.ackMessage?.t,
      createdAt: at,
      updatedAt: at,
    });
    expect((await call('GET', `${CLASS}/${all[0]?.objectId}`)).body).toEqual(all[0]);
    expect((await call('GET', `${CLASS}/${'0'.repeat(24)}`)).body).toEqual({});

    const said = async (query: Record<string, unknown>) => (await find(query)).map(({ data }) => data);
    expect(await said({ where: { from: 'Tom' }, order: '-createdAt' })).toEqual([
      'how much',
      '{"_lctype":-1,"_lctext":"help"}',
    ]);
    expect(await said({ where: { conv: all[2]?.conv } })).toEqual(['how much']);
    expect(await said({ where: { timestamp: { $gt: all[0]?.timestamp } }, limit: 1 })).toEqual(['me too']);
    expect(await said({ where: { data: { $regex: '^me' } } })).toEqual(['me too']);
    expect(await said({ skip: 2 })).toEqual(['how much']);
    expect(Object.keys((await find({ keys: 'data' }))[0] ?? {})).not.toContain('from');
    const counted = await call('GET', `${CLASS}?count=1&limit=0`);
    expect(counted.body).toEqual({ results: [], count: 3 });
  });

  it('[F-SYS-06] is read with the master key, written by nobody, and ordered by time', async () => {
    expect((await call('GET', CLASS, { key: parley.appKey })).status).toBe(403);
    expect((await call('POST', CLASS, { body: { data: 'x' } })).status).toBe(403);
    expect((await call('DELETE', `${CLASS}/${'0'.repeat(24)}`)).status).toBe(403);
    const ordered = await call('GET', `${CLASS}?order=from`);
    expect(ordered).toMatchObject({ status: 400, body: { detail: expect.stringContaining('createdAt') } });
  });
});
