import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataApi, ID, TIME, TOKEN } from './data-api.ts';

let parley: Parley;
let api: DataApi;
beforeAll(async () => {
  parley = await startParley({ settings: { appKeyUsesClasses: true } });
  api = new DataApi(parley);
});
afterAll(() => parley.close());

const batch = (requests: unknown, who = api) => who.post('/batch', { requests });
const save = (requests: unknown, who = api) => who.post('/batch/save', { requests });

describe('a batch', () => {
  it('answers each request in its place, whatever becomes of the others', async () => {
    const { status, body } = await batch([
      { method: 'POST', path: '/1.1/classes/Batch', body: { name: 'a' } },
      { method: 'post', path: '/1.1/classes/Batch', body: { 'bad-key': 1 } },
      { method: 'GET', path: '/1.1/classes/Batch', params: { where: '{"name":"a"}', limit: 1 } },
      { method: 'GET', path: '/1.1/classes/Batch', params: { where: { name: 'b' } } },
      { method: 'GET', path: '/1.1/classes/Batch?where=%7B%22name%22%3A%22a%22%7D&count=1&limit=0' },
      { method: 'GET', path: '/1.1/classes/Batch/000000000000000000000000' },
      { method: 'DELETE', path: '/1.1/classes/_File/000000000000000000000000' },
      { method: 'GET', path: '/1.1/classes/_Conversation' },
      { method: 'GET', path: '/1.1/elsewhere' },
      { method: 'GET', path: 'nothing' },
      { path: '/1.1/classes/Batch' },
    ]);
    expect(status).toBe(200);
    expect(body).toEqual([
      { success: { objectId: expect.stringMatching(ID), createdAt: expect.stringMatching(TIME) } },
      { error: expect.objectContaining({ code: 105 }) },
      { success: { results: [expect.objectContaining({ name: 'a' })] } },
      { success: { results: [] } },
      { success: { results: [], count: 1 } },
      { success: null },
      { success: {} },
      { error: expect.objectContaining({ code: 403 }) },
      { error: expect.objectContaining({ code: 1 }) },
      { error: expect.objectContaining({ code: 1 }) },
      { error: expect.objectContaining({ code: 1 }) },
    ]);
  });

  it('takes a condition that is too long for a URL', async () => {
    await api.post('/classes/Long', { name: 'x0' });
    const names = Array.from({ length: 600 }, (_, index) => `x${index}`);
    const { body } = await batch([
      {
        method: 'GET',
        path: '/1.1/classes/Long',
        params: { where: JSON.stringify({ name: { $in: names } }) },
      },
    ]);
    expect(JSON.stringify(names).length).toBeGreaterThan(3000);
    expect(body[0].success.results).toHaveLength(1);
  });

  it('acts for the user whose session came along', async () => {
    const { body: user } = await api.post('/users', { username: 'batched', password: 'p' });
    const request = { method: 'PUT', path: `/1.1/classes/_User/${user.objectId}`, body: { nick: 'B.' } };
    expect((await batch([request])).body[0].error.code).toBe(206);
    expect((await batch([request], api.as(user.sessionToken))).body[0].success.objectId).toBe(user.objectId);
  });

  it('is refused whole where it is no batch', async () => {
    for (const body of [{}, { requests: 5 }, { requests: Array(10_001).fill({}) }]) {
      expect((await api.post('/batch', body)).status).toBe(400);
      expect((await api.post('/batch/save', body)).status).toBe(400);
    }
  });

  it('may be long, and hold what is no request', async () => {
    const { status, body } = await batch([5, null, ...Array(600).fill({ method: 'GET', path: '/1.1/date' })]);
    expect(status).toBe(200);
    const malformed = { error: { code: 1, error: 'Each of "requests" must be an object.' } };
    expect(body.slice(0, 2)).toEqual([malformed, malformed]);
    expect(body.slice(2)).toHaveLength(600);
    expect(body.at(-1).success.__type).toBe('Date');
    const saved = await save([
      { method: 'POST', path: '/1.1/classes/First', body: { __internalId: 'i', name: 'a' } },
      5,
    ]);
    expect([saved.status, saved.body.code]).toEqual([400, 1]);
    expect((await api.get('/classes/First')).body.results).toHaveLength(1);
  });
});

describe('saving several objects', () => {
  it('signs users up under their internal id, as Swift and ObjC do it', async () => {
    const { status, body } = await save([
      {
        method: 'POST',
        path: '/1.1/users',
        new: true,
        body: { __internalId: '9b1f', username: 'nora', password: 's3cret!' },
      },
    ]);
    expect(status).toBe(200);
    expect(body).toEqual({
      '9b1f': {
        objectId: expect.stringMatching(ID),
        createdAt: expect.stringMatching(TIME),
        updatedAt: expect.stringMatching(TIME),
        username: 'nora',
        sessionToken: expect.stringMatching(TOKEN),
        emailVerified: false,
        mobilePhoneVerified: false,
      },
    });
    expect((await api.as(body['9b1f'].sessionToken).get('/users/me')).body.username).toBe('nora');
  });

  it('makes one object of several entries about it, as ObjC sends them', async () => {
    const { body } = await save([
      { method: 'POST', path: '/1.1/classes/Objc', new: true, body: { __internalId: 'i1', list: [1] } },
      {
        method: 'PUT',
        path: '/1.1/classes/Objc',
        new: true,
        body: { __internalId: 'i1', list: { __op: 'Add', objects: [2] } },
      },
    ]);
    expect(body.i1).toMatchObject({ list: [1, 2], objectId: expect.stringMatching(ID) });
    const { body: all } = await api.get('/classes/Objc');
    expect(all.results.map((object: { list: unknown }) => object.list)).toEqual([[1, 2]]);
    const user = await save([
      {
        method: 'POST',
        path: '/1.1/users',
        body: { __internalId: 'u', username: 'objc', password: 'p', n: 1 },
      },
      { method: 'PUT', path: '/1.1/users', body: { __internalId: 'u', n: { __op: 'Increment', amount: 1 } } },
    ]);
    expect(user.body.u).toMatchObject({ username: 'objc', n: 2 });
  });

  it('answers under whatever internal id, also one that means something to JavaScript', async () => {
    for (const __internalId of ['__proto__', 'constructor']) {
      const { body } = await save([
        { method: 'POST', path: '/1.1/classes/Odd', body: { __internalId, name: __internalId } },
      ]);
      expect(Object.entries(body)).toEqual([
        [__internalId, expect.objectContaining({ objectId: expect.stringMatching(ID) })],
      ]);
    }
  });

  it('changes existing objects, on conditions, and tells what operators made', async () => {
    const { body: made } = await api.post('/classes/Existing', { n: 1, s: 'a' });
    const path = `/1.1/classes/Existing/${made.objectId}`;
    const entry = (body: object, params = {}) => [
      { method: 'put', path, body: { __internalId: made.objectId, ...body }, params },
    ];
    const changed = await save(entry({ n: { __op: 'Increment', amount: 2 }, s: 'b' }));
    expect(changed.body).toEqual({
      [made.objectId]: { objectId: made.objectId, updatedAt: expect.stringMatching(TIME), n: 3 },
    });
    const whole = await save(entry({ s: 'c' }, { fetchWhenSave: true }));
    expect(whole.body[made.objectId]).toMatchObject({ n: 3, s: 'c', createdAt: made.createdAt });
    const refused = await save(entry({ s: 'd' }, { where: { n: 99 } }));
    expect([refused.status, refused.body.code]).toEqual([400, 305]);
    expect((await api.get(`/classes/Existing/${made.objectId}`)).body.s).toBe('c');
  });

  it('points new objects at new objects', async () => {
    const { body } = await save([
      { method: 'POST', path: '/1.1/classes/Child', new: true, body: { __internalId: 'c', name: 'child' } },
      {
        method: 'POST',
        path: '/1.1/classes/Parent',
        new: true,
        body: { __internalId: 'p', __children: [{ className: 'Child', cid: 'c', key: 'child' }] },
      },
    ]);
    const parent = await api.get(`/classes/Parent/${body.p.objectId}`, { include: 'child' });
    expect(parent.body.child).toMatchObject({ objectId: body.c.objectId, name: 'child' });
    expect(Object.keys(parent.body)).not.toContain('__internalId');
  });

  it('saves conversations and files as their classes do', async () => {
    const made = await save(
      [
        {
          method: 'POST',
          path: '/1.1/classes/_Conversation',
          new: true,
          body: { __internalId: 'c', name: 'Lobby', m: ['Tom'] },
        },
        {
          method: 'PUT',
          path: '/1.1/classes/_Conversation',
          new: true,
          body: { __internalId: 'c', m: { __op: 'AddUnique', objects: ['Jerry'] }, topic: 'cheese' },
        },
        {
          method: 'POST',
          path: '/1.1/classes/files',
          body: { __internalId: 'f', name: 'logo', url: 'https://cdn.example.org/logo.png' },
        },
      ],
      api.master,
    );
    expect(made.body).toEqual({
      c: {
        objectId: expect.stringMatching(ID),
        createdAt: expect.stringMatching(TIME),
        updatedAt: expect.stringMatching(TIME),
        m: ['Tom', 'Jerry'],
      },
      f: expect.objectContaining({ name: 'logo', url: 'https://cdn.example.org/logo.png' }),
    });
    const { c, f } = made.body;
    const read = await api.master.get(`/classes/_Conversation/${c.objectId}`);
    expect(read.body).toMatchObject({ name: 'Lobby', topic: 'cheese' });
    expect((await api.get(`/files/${f.objectId}`)).body.name).toBe('logo');
    const refused = await save([
      { method: 'POST', path: '/1.1/classes/_SysMessage', body: { __internalId: 's' } },
    ]);
    expect([refused.status, refused.body.code]).toEqual([403, 403]);
  });

  it('ends at the first entry that is refused', async () => {
    const entries = ['a', 'taken', 'b'].map((name) => ({
      method: 'POST',
      path: '/1.1/users',
      body: { __internalId: name, username: name === 'taken' ? 'a-first' : `${name}-first`, password: 'p' },
    }));
    const { status, body } = await save(entries);
    expect([status, body.code]).toEqual([400, 202]);
    expect((await api.post('/login', { username: 'a-first', password: 'p' })).status).toBe(200);
    expect((await api.post('/login', { username: 'b-first', password: 'p' })).status).toBe(400);
    for (const entry of [
      { method: 'DELETE', path: '/1.1/classes/X', body: { __internalId: 'x' } },
      { method: 'POST', path: '/1.1/elsewhere', body: { __internalId: 'x' } },
      { method: 'POST', path: '/1.1/classes/X', body: {} },
      { method: 'POST', path: '/1.1/classes/X', body: { __internalId: 'x', __children: [{}] } },
    ]) {
      const refused = await save([entry]);
      expect([entry, refused.status, refused.body.code]).toEqual([entry, 400, 1]);
    }
  });
});

describe('installations', () => {
  const android = { deviceType: 'android', installationId: '0f5c9d2e7b1a4c8e9f3d6a5b4c7e8d90' };

  it('are saved once per device, by its id', async () => {
    const query = { query: { fetchWhenSave: true } };
    const first = await api.post(
      '/installations',
      { ...android, timeZone: 'Europe/Lisbon', channels: ['alice'] },
      query,
    );
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      ...android,
      objectId: expect.stringMatching(ID),
      timeZone: 'Europe/Lisbon',
      channels: ['alice'],
      valid: true,
      createdAt: expect.stringMatching(TIME),
      updatedAt: expect.stringMatching(TIME),
    });
    const again = await api.post('/classes/_Installation', { ...android, channels: ['bob'] });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({
      objectId: first.body.objectId,
      createdAt: first.body.createdAt,
      updatedAt: expect.stringMatching(TIME),
    });
    const read = await api.get(`/installations/${first.body.objectId}`);
    expect(read.body).toMatchObject({ channels: ['bob'], timeZone: 'Europe/Lisbon' });
    const put = await api.put(`/installations/${first.body.objectId}`, {
      ...android,
      channels: { __op: 'AddUnique', objects: ['carol'] },
    });
    expect(put.status).toBe(200);
    const byChannel = await api.master.get('/installations', { where: { channels: 'carol' } });
    expect(byChannel.body.results).toHaveLength(1);
  });

  it('are one where a device saves itself many times at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        api.post('/installations', { deviceType: 'android', installationId: 'at once', n }),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
    expect(new Set(replies.map(({ body }) => body.objectId)).size).toBe(1);
  });

  it('of Apple devices are saved by their token, through the batch of Swift and ObjC', async () => {
    const device = {
      deviceType: 'ios',
      deviceToken: 'token-1',
      apnsTeamId: 'team',
      apnsTopic: 'app',
      badge: 0,
    };
    const entry = (body: object) => [
      { method: 'POST', path: '/1.1/installations', new: true, body: { __internalId: 'i', ...body } },
    ];
    const first = (await save(entry(device))).body.i;
    const again = (await save(entry({ ...device, badge: 3 }))).body.i;
    expect(again.objectId).toBe(first.objectId);
    const otherTeam = (await save(entry({ ...device, apnsTeamId: 'other' }))).body.i;
    expect(otherTeam.objectId).not.toBe(first.objectId);
    // The device got a new token that an older installation of it had.
    const moved = (await save(entry({ ...device, objectId: otherTeam.objectId }))).body.i;
    expect(moved.objectId).toBe(otherTeam.objectId);
    const { body } = await api.master.get('/installations', { where: { deviceToken: 'token-1' } });
    expect(body.results.map((one: { objectId: string }) => one.objectId)).toEqual([otherTeam.objectId]);
  });

  it('are listed and deleted by the server only, and refused where malformed', async () => {
    const { body } = await api.post('/installations', { deviceType: 'android', installationId: 'x' });
    for (const call of [api.get('/installations'), api.delete(`/installations/${body.objectId}`)]) {
      const refused = await call;
      expect([refused.status, refused.body.code]).toEqual([403, 403]);
    }
    for (const fields of [{ channels: 'alice' }, { channels: [1] }, { badge: 'three' }, { valid: 'yes' }]) {
      const refused = await api.post('/installations', { ...android, ...fields });
      expect([refused.status, refused.body.code]).toEqual([400, 111]);
    }
    expect((await api.put('/installations/000000000000000000000000', android)).status).toBe(404);
    expect((await api.master.delete(`/installations/${body.objectId}`)).status).toBe(200);
  });
});
