import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, say, startConversation } from '../flow.ts';
import { DataApi, ID, TIME } from './data-api.ts';

let parley: Parley;
let api: DataApi;
const path = '/classes/_Conversation';
beforeAll(async () => {
  parley = await startParley();
  api = new DataApi(parley);
});
afterAll(() => parley.close());

const read = async (id: string) => (await api.master.get(`${path}/${id}`)).body;

describe('_Conversation as a class', () => {
  it('[F-SEC-13] needs the master key, unless the app says otherwise', async () => {
    const id = (await api.master.post(path, { name: 'x' })).body.objectId;
    for (const call of [
      api.post(path, { name: 'mine' }),
      api.get(path),
      api.get(`${path}/${id}`),
      api.put(`${path}/${id}`, { name: 'mine' }),
      api.delete(`${path}/${id}`),
    ]) {
      const { status, body } = await call;
      expect([status, body.code]).toEqual([403, 403]);
    }
    expect((await read(id)).name).toBe('x');
    const open = await startParley({ store: 'memory', settings: { appKeyManagesConversations: true } });
    try {
      expect((await new DataApi(open).post(path, { name: 'mine' })).status).toBe(201);
    } finally {
      await open.close();
    }
  });

  it('creates what clients find at once, and tells them nothing', async () => {
    const tom = await TestClient.open(parley, 'Tom-class');
    const { status, body, headers } = await api.master.post(path, {
      name: 'Book club',
      m: ['Tom-class', 'Jerry-class'],
      mu: ['Tom-class'],
      attr: { level: 1 },
      unique: true,
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/1.1${path}/${body.objectId}`);
    expect(body).toEqual({ objectId: expect.stringMatching(ID), createdAt: expect.stringMatching(TIME) });
    const record = await read(body.objectId);
    expect(record).toEqual({
      objectId: body.objectId,
      name: 'Book club',
      attr: { level: 1 },
      m: ['Tom-class', 'Jerry-class'],
      mu: ['Tom-class'],
      createdAt: body.createdAt,
      updatedAt: expect.stringMatching(TIME),
    });
    const sent = await say(tom, body.objectId, 'hello');
    expect(sent.ackMessage?.uid ?? '').not.toBe('');
    const room = await api.master.post(path, { name: 'Lobby', tr: true }, { query: { fetchWhenSave: true } });
    expect(room.body).toMatchObject({ name: 'Lobby', tr: true, updatedAt: room.body.createdAt });
    const service = await api.master.post(path, { name: 'News', sys: true });
    expect((await read(service.body.objectId)).sys).toBe(true);
    await tom.settled();
    expect(tom.inbox.filter(({ cmd }) => cmd === CommandType.conv)).toEqual([]);
  });

  it('changes members and attributes of what clients made, also by operations', async () => {
    const tom = await TestClient.open(parley, 'Tom-change');
    const spike = await TestClient.open(parley, 'Spike-change');
    const cid = await startConversation(tom, { m: ['Jerry-change'] });
    const changed = await api.master.put(`${path}/${cid}`, {
      m: { __op: 'AddUnique', objects: ['Spike-change', 'Tom-change'] },
      'attr.count': { __op: 'Increment', amount: 2 },
      objectId: 'ignored',
      tr: true,
    });
    expect([changed.status, changed.body]).toEqual([
      200,
      { objectId: cid, updatedAt: expect.stringMatching(TIME) },
    ]);
    expect((await read(cid)).m).toEqual(['Tom-change', 'Jerry-change', 'Spike-change']);
    await say(spike, cid, 'I am in');
    await api.master.put(`${path}/${cid}`, { m: { __op: 'Remove', objects: ['Spike-change'] } });
    const refused = await conv(spike, OpType.add, { cid, m: ['Other'] });
    expect(refused.cmd).toBe(CommandType.error);
    const whole = await api.master.put(
      `${path}/${cid}`,
      { name: 'New', m: ['A', 'B', 'A'], c: 'B' },
      { query: { fetchWhenSave: true } },
    );
    expect(whole.body).toMatchObject({ objectId: cid, name: 'New', m: ['A', 'B'], c: 'B' });
    expect(await read(cid)).toMatchObject({ attr: { count: 2 }, name: 'New', m: ['A', 'B'], c: 'B' });
  });

  it('[F-CONV-21] takes the first 500 of more members', async () => {
    const m = Array.from({ length: 600 }, (_, index) => `member-${index}`);
    const { body } = await api.master.post(path, { m });
    expect((await read(body.objectId)).m).toEqual(m.slice(0, 500));
    await api.master.put(`${path}/${body.objectId}`, { m: [...m].reverse() });
    expect((await read(body.objectId)).m).toHaveLength(500);
  });

  it('finds, counts, and changes only what meets a condition', async () => {
    const ids: string[] = [];
    for (const name of ['q1', 'q2', 'q3']) {
      ids.push((await api.master.post(path, { name, attr: { group: 'q' } })).body.objectId);
    }
    const where = { 'attr.group': 'q' };
    const found = await api.master.get(path, { where, order: '-name', limit: 2, count: 1, keys: 'name' });
    expect(found.body).toEqual({
      results: ['q3', 'q2'].map((name) => ({
        objectId: expect.stringMatching(ID),
        createdAt: expect.anything(),
        updatedAt: expect.anything(),
        name,
      })),
      count: 3,
    });
    expect((await api.master.get(path, { where: [where, { name: 'q1' }], limit: 0, count: 1 })).body).toEqual(
      {
        results: [],
        count: 1,
      },
    );
    const only = { query: { where: { name: 'Other' } } };
    const refused = await api.master.put(`${path}/${ids[0]}`, { name: 'Hall' }, only);
    expect([refused.status, refused.body]).toEqual([
      400,
      { code: 305, error: 'No effect on updating/deleting a document.' },
    ]);
    expect((await api.master.delete(`${path}/${ids[0]}`, only)).body.code).toBe(305);
    expect((await api.master.delete(`${path}/${ids.join(',')}`)).body).toEqual({});
    expect((await read(ids[0] ?? '')).name).toBeUndefined();
    expect((await api.master.get(path, { where: '{' })).body.code).toBe(107);
    expect((await api.master.get(path, { where: { name: { $inQuery: {} } } })).body.code).toBe(1);
  });

  it('leaves temporary conversations as they are', async () => {
    const tom = await TestClient.open(parley, 'Tom-temporary');
    const started = await conv(tom, OpType.start, { m: ['Jerry-temporary'], tempConv: true });
    const id = started.convMessage?.cid ?? '';
    const before = await read(id);
    expect(before.m).toContain('Jerry-temporary');
    for (const fields of [{ name: 'x' }, { m: ['Tom-temporary'] }]) {
      const refused = await api.master.put(`${path}/${id}`, fields);
      expect([refused.status, refused.body.code]).toEqual([400, 4307]);
    }
    expect(await read(id)).toEqual(before);
  });

  it('creates no more services than the app may have', async () => {
    const small = await startParley({ store: 'memory', settings: { maxServiceConversations: 1 } });
    try {
      const { master } = new DataApi(small);
      expect((await master.post(path, { name: 'News', sys: true })).status).toBe(201);
      const refused = await master.post(path, { name: 'More news', sys: true });
      expect([refused.status, refused.body.code]).toEqual([400, 4318]);
      expect((await master.post(path, { name: 'Lobby', tr: true })).status).toBe(201);
    } finally {
      await small.close();
    }
  });

  it('shows files in place of references, and what pointers lead to where it is asked for', async () => {
    const url = 'https://cdn.example.org/logo.png';
    const file = (await api.post('/files', { name: 'logo', url })).body.objectId;
    const user = (await api.post('/users', { username: 'host', password: 'p' })).body.objectId;
    const pointer = { __type: 'Pointer', className: '_User', objectId: user };
    const created = await api.master.post(path, {
      name: 'pointing',
      logo: { __type: 'File', id: file },
      host: pointer,
    });
    const id = created.body.objectId;
    expect(await read(id)).toMatchObject({
      logo: { __type: 'File', id: file, name: 'logo', url },
      host: pointer,
    });
    const query = { include: 'host', keys: 'host.username,logo.url' };
    const chosen = {
      objectId: id,
      createdAt: expect.anything(),
      updatedAt: expect.anything(),
      host: { ...pointer, username: 'host' },
      logo: { __type: 'File', id: file, objectId: file, url },
    };
    expect((await api.master.get(`${path}/${id}`, query)).body).toEqual(chosen);
    const found = await api.master.get(path, { ...query, where: { name: 'pointing' } });
    expect(found.body.results).toEqual([chosen]);
  });

  it('refuses what is malformed, and changes nothing', async () => {
    const { body } = await api.master.post(path, { name: 'ok', m: ['A'] });
    const before = await read(body.objectId);
    const refusals: readonly [object, number][] = [
      [{ m: 'Tom' }, 111],
      [{ m: [1] }, 111],
      [{ m: [''] }, 111],
      [{ m: ['x'.repeat(65)] }, 111],
      [{ m: ['\ud83d'] }, 111],
      [{ c: 5 }, 111],
      [{ name: 5 }, 111],
      [{ attr: [] }, 111],
      [{ 'bad-key': 1 }, 105],
      [{ attr: { text: 'x'.repeat(70_000) } }, 1],
    ];
    for (const [fields, code] of refusals) {
      const { status, body: refusal } = await api.master.put(`${path}/${body.objectId}`, fields);
      expect([fields, status, refusal.code]).toEqual([fields, 400, code]);
    }
    expect(await read(body.objectId)).toEqual(before);
    const unknown = await api.master.put(`${path}/000000000000000000000000`, { name: 'x' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 4303]);
    expect((await api.master.get(`${path}/000000000000000000000000`)).body).toEqual({});
  });
});
