import { type Parley, startParley } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataApi, ID, TIME } from './data-api.ts';

let parley: Parley;
let api: DataApi;
let closed: Parley;
beforeAll(async () => {
  parley = await startParley({ settings: { appKeyUsesClasses: true } });
  closed = await startParley({ store: 'memory' });
  api = new DataApi(parley);
});
afterAll(() => Promise.all([parley.close(), closed.close()]));

let made = 0;
const freshClass = () => `Note${++made}`;
async function create(path: string, fields: object): Promise<string> {
  const { status, body } = await api.post(path, fields);
  expect(status).toBe(201);
  return body.objectId;
}

describe('objects', () => {
  it('are created, read, changed and deleted', async () => {
    const path = `/classes/${freshClass()}`;
    const created = await api.post(path, {
      name: 'a',
      when: { __type: 'Date', iso: '2025-06-15T15:06:40.123Z' },
    });
    const id = created.body.objectId;
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/1.1${path}/${id}`);
    expect(created.headers.get('content-type')).toBe('application/json;charset=utf-8');
    expect(created.body).toEqual({
      objectId: expect.stringMatching(ID),
      createdAt: expect.stringMatching(TIME),
    });
    const read = await api.get(`${path}/${id}`);
    expect(read.body).toEqual({
      ...created.body,
      updatedAt: created.body.createdAt,
      name: 'a',
      when: { __type: 'Date', iso: '2025-06-15T15:06:40.123Z' },
    });
    expect(Date.parse(read.headers.get('last-modified') ?? '')).not.toBeNaN();
    const changed = await api.put(`${path}/${id}`, { name: null, when: { __op: 'Delete' } });
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({ updatedAt: expect.stringMatching(TIME), objectId: id });
    expect((await api.get(`${path}/${id}`)).body).toEqual({
      objectId: id,
      createdAt: created.body.createdAt,
      updatedAt: changed.body.updatedAt,
      name: null,
    });
    const deleted = await api.delete(`${path}/${id}`, { body: { ignored: true } });
    expect([deleted.status, deleted.body]).toEqual([200, {}]);
    expect((await api.delete(`${path}/${id}`, { body: 'null' })).body).toEqual({});
    const missing = await api.get(`${path}/${id}`);
    expect([missing.status, missing.body]).toEqual([200, {}]);
    const gone = await api.put(`${path}/${id}`, { name: 'b' });
    expect([gone.status, gone.body.code]).toEqual([404, 101]);
  });

  it('answer with what was saved on request', async () => {
    const path = `/classes/${freshClass()}`;
    const whole = await api.post(path, { n: 1 }, { query: { fetchWhenSave: true } });
    expect(whole.body).toMatchObject({
      n: 1,
      objectId: expect.stringMatching(ID),
      updatedAt: expect.anything(),
    });
    expect((await api.post(path, { n: 1 }, { query: { new: true } })).body.n).toBe(1);
    const increment = { n: { __op: 'Increment', amount: 4 }, s: 'x' };
    const one = `${path}/${whole.body.objectId}`;
    const changed = await api.put(one, increment, { query: { fetchWhenSave: true } });
    expect(changed.body).toEqual({
      objectId: whole.body.objectId,
      updatedAt: expect.anything(),
      n: 5,
      s: 'x',
    });
    expect((await api.put(one, increment, { query: { fetchWhenSave: 'false' } })).body).not.toHaveProperty(
      'n',
    );
  });

  it('are only changed or deleted if they meet a condition', async () => {
    const path = `/classes/${freshClass()}`;
    const id = await create(path, { name: 'Lobby', n: 3 });
    const query = (where: object) => ({ query: { where } });
    const refused = await api.put(`${path}/${id}`, { name: 'Hall' }, query({ name: 'Other' }));
    expect([refused.status, refused.body]).toEqual([
      400,
      { code: 305, error: 'No effect on updating/deleting a document.' },
    ]);
    expect((await api.delete(`${path}/${id}`, query({ n: { $gt: 3 } }))).body.code).toBe(305);
    expect((await api.get(`${path}/${id}`)).body.name).toBe('Lobby');
    const taken = await Promise.all(
      Array.from({ length: 6 }, () =>
        api.put(`${path}/${id}`, { n: { __op: 'Decrement', amount: 1 } }, query({ n: { $gt: 0 } })),
      ),
    );
    expect(taken.filter(({ status }) => status === 200)).toHaveLength(3);
    expect((await api.get(`${path}/${id}`)).body.n).toBe(0);
    expect((await api.delete(`${path}/${id}`, query({ n: 0 }))).status).toBe(200);
  });

  it('are deleted several at once', async () => {
    const path = `/classes/${freshClass()}`;
    const ids = await Promise.all([1, 2, 3].map((n) => create(path, { n })));
    expect((await api.delete(`${path}/${ids[0]},${ids[1]}`)).body).toEqual({});
    expect((await api.get(path)).body.results.map((o: { n: number }) => o.n)).toEqual([3]);
  });

  it('are deleted as many at once as an SDK sends, by themselves and in a batch', async () => {
    const path = `/classes/${freshClass()}`;
    const ids = await Promise.all(Array.from({ length: 200 }, (_, n) => create(path, { n })));
    const left = async () => (await api.get(path, { limit: 0, count: 1 })).body.count;
    expect((await api.delete(`${path}/${ids.slice(0, 100).join(',')}`)).body).toEqual({});
    expect(await left()).toBe(100);
    const remove = (some: readonly string[]) =>
      api.post('/batch', { requests: [{ method: 'DELETE', path: `/1.1${path}/${some.join(',')}` }] });
    for (const many of [Array.from({ length: 1001 }, () => ids[100] ?? ''), [...ids, 'x'.repeat(65)]]) {
      const [refused] = (await remove(many)).body;
      expect(refused.error).toEqual({ code: 1, error: expect.stringContaining('at most 1000 objects') });
    }
    expect(await left()).toBe(100);
    expect((await remove([...ids, ...ids, ...ids, ...ids, ...ids])).body).toEqual([{ success: {} }]);
    expect(await left()).toBe(0);
  });

  it('take operations on their keys, in creations too', async () => {
    const path = `/classes/${freshClass()}`;
    const id = await create(path, {
      n: { __op: 'Increment', amount: 2 },
      list: { __op: 'AddUnique', objects: [1, 1, { a: 1 }] },
      gone: { __op: 'Delete' },
    });
    const read = async () => {
      const {
        objectId: _,
        createdAt: __,
        updatedAt: ___,
        ...columns
      } = (await api.get(`${path}/${id}`)).body;
      return columns;
    };
    expect(await read()).toEqual({ n: 2, list: [1, { a: 1 }] });
    await api.put(`${path}/${id}`, {
      n: { __op: 'Decrement', amount: 0.5 },
      list: { __op: 'Remove', objects: [{ a: 1 }] },
      'attr.deep.count': { __op: 'Increment', amount: 1 },
      bits: { __op: 'BitOr', value: 6 },
      more: { __op: 'Add', objects: ['x', 'x'] },
    });
    expect(await read()).toEqual({
      n: 1.5,
      list: [1],
      attr: { deep: { count: 1 } },
      bits: 6,
      more: ['x', 'x'],
    });
    await api.put(`${path}/${id}`, {
      bits: { __op: 'BitAnd', value: 3 },
      'attr.deep.count': { __op: 'Delete' },
      more: { __op: 'AddUnique', objects: ['x', 'y'] },
    });
    await api.put(`${path}/${id}`, { bits: { __op: 'BitXor', value: 5 } });
    expect(await read()).toEqual({ n: 1.5, list: [1], attr: { deep: {} }, bits: 7, more: ['x', 'x', 'y'] });
  });

  it('lose no change of those made at once', async () => {
    const path = `/classes/${freshClass()}`;
    const id = await create(path, { n: 0, list: [] });
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        api.put(`${path}/${id}`, {
          n: { __op: 'Increment', amount: 1 },
          list: { __op: 'Add', objects: [index] },
        }),
      ),
    );
    const { n, list } = (await api.get(`${path}/${id}`)).body;
    expect(n).toBe(60);
    expect([...list].sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index));
  });

  it('come back as they were saved, whatever they hold', async () => {
    const path = `/classes/${freshClass()}`;
    const key = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,8}$/).filter((name) => !IGNORED.includes(name));
    const value = fc
      .jsonValue({ maxDepth: 3 })
      .filter((json) => !/"__|:-0[,}]|^-0$|\[-0|,-0/.test(JSON.stringify(json)));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, value, { maxKeys: 5 }), async (fields) => {
        const sent = JSON.parse(JSON.stringify(fields));
        const id = await create(path, sent);
        const {
          objectId: _,
          createdAt: __,
          updatedAt: ___,
          ...columns
        } = (await api.get(`${path}/${id}`)).body;
        expect(columns).toEqual(sent);
      }),
      { numRuns: 40 },
    );
  });

  it('are refused where something is wrong with them, with a code and a sentence, and nothing is written', async () => {
    const path = `/classes/${freshClass()}`;
    const id = await create(path, { text: 'x', list: [1], n: 1 });
    const before = (await api.get(`${path}/${id}`)).body;
    const pointer = { __type: 'Pointer', className: 'Note' };
    const refusals: readonly [string | object, number][] = [
      ['{"text":', 107],
      ['[1]', 107],
      ['"text"', 107],
      ['{"__proto__":1}', 105],
      [{ 'bad-key': 1 }, 105],
      [{ '1st': 1 }, 105],
      [{ _hidden: 1 }, 105],
      [{ 'a..b': 1 }, 105],
      [{ pointer }, 106],
      [{ list: [pointer] }, 106],
      [{ when: { __type: 'Date', iso: 'yesterday' } }, 1],
      [{ place: { __type: 'GeoPoint', latitude: 100, longitude: 0 } }, 1],
      [{ bytes: { __type: 'Bytes' } }, 1],
      [{ file: { __type: 'File' } }, 1],
      [{ rel: { __op: 'AddRelation', objects: [] } }, 1],
      [{ n: { __op: 'Explode' } }, 1],
      [{ n: { __op: 'Increment' } }, 1],
      [{ list: { __op: 'Add', objects: 'x' } }, 1],
      [{ text: { __op: 'Increment', amount: 1 } }, 111],
      [{ text: { __op: 'Add', objects: [1] } }, 111],
      [{ 'text.inner': 1 }, 111],
      [{ n: { __op: 'BitAnd', value: 0.5 } }, 111],
      [{ ACL: 'everybody' }, 111],
      [{ list: [1], 'list.0': 2 }, 1],
      [{ text: 'x'.repeat(200_000) }, 1],
      [Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`k${index}`, 1])), 1],
    ];
    for (const [fields, code] of refusals) {
      for (const reply of [await api.put(`${path}/${id}`, fields), await api.post(path, fields)]) {
        const isCreated = reply.status === 201;
        // Nothing is there yet that could be of another type.
        if (isCreated && code === 111) continue;
        expect([fields, reply.status, reply.body.code]).toEqual([fields, 400, code]);
        expect(reply.body.error).toMatch(/^\w.*/);
      }
    }
    expect((await api.get(`${path}/${id}`)).body).toEqual(before);
    for (const bad of ['/classes/no-name', '/classes/1st', `/classes/${'x'.repeat(64)}y`]) {
      expect((await api.post(bad, {})).body.code).toBeOneOf([103, 1]);
    }
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      expect((await api.get(`/classes/${name}`)).body.code).toBe(101);
    }
    const unknown = await api.get('/classes/NeverSaved');
    expect([unknown.status, unknown.body.code]).toEqual([404, 101]);
    const reserved = await api.post('/classes/_Role', {});
    expect([reserved.status, reserved.body.code]).toEqual([404, 1]);
  });

  it('need the master key unless the app opens them, and then follow their ACL', async () => {
    const guarded = new DataApi(closed);
    for (const call of [guarded.post('/classes/Note', {}), guarded.get('/classes/Note')]) {
      const { status, body } = await call;
      expect([status, body.code, body.error]).toEqual([
        403,
        403,
        'Forbidden to read/write by class permissions',
      ]);
    }
    expect((await guarded.master.post('/classes/Note', {})).status).toBe(201);
    const path = `/classes/${freshClass()}`;
    const [tom, jerry] = await Promise.all(
      ['tom', 'jerry'].map(async (username) => (await api.post('/users', { username, password: 'p' })).body),
    );
    const acl = { '*': { read: false }, [tom.objectId]: { read: true, write: true } };
    const mine = await create(path, { name: 'mine', ACL: acl });
    await create(path, { name: 'readable', ACL: { '*': { read: true } } });
    await create(path, { name: 'open' });
    await create(path, { name: 'opened', ACL: null });
    const names = async (who: DataApi) =>
      (await who.get(path, { count: 1 })).body.results.map((o: { name: string }) => o.name);
    expect(await names(api.as(tom.sessionToken))).toEqual(['mine', 'readable', 'open', 'opened']);
    expect(await names(api.as(jerry.sessionToken))).toEqual(['readable', 'open', 'opened']);
    expect(await names(api)).toEqual(['readable', 'open', 'opened']);
    expect(await names(api.master)).toEqual(['mine', 'readable', 'open', 'opened']);
    expect((await api.get(`${path}/${mine}`)).status).toBe(403);
    expect((await api.as(jerry.sessionToken).put(`${path}/${mine}`, { name: 'x' })).status).toBe(403);
    expect((await api.as(jerry.sessionToken).delete(`${path}/${mine}`)).status).toBe(403);
    const read = await api.as(tom.sessionToken).get(`${path}/${mine}`, { returnACL: true });
    expect(read.body.ACL).toEqual(acl);
    expect((await api.as(tom.sessionToken).get(`${path}/${mine}`)).body).not.toHaveProperty('ACL');
    expect((await api.as(tom.sessionToken).put(`${path}/${mine}`, { name: 'y' })).status).toBe(200);
  });

  it('are shown with the objects they point to, as far as these may be read', async () => {
    const path = `/classes/${freshClass()}`;
    const pointer = (id: string) => ({
      __type: 'Pointer',
      className: path.slice('/classes/'.length),
      objectId: id,
    });
    const leaf = await create(path, { name: 'leaf' });
    const node = await create(path, { name: 'node', next: pointer(leaf) });
    const secret = await create(path, { name: 'secret', ACL: {} });
    const root = await create(path, {
      name: 'root',
      next: pointer(node),
      all: [pointer(leaf), pointer(secret)],
      lost: pointer('000000000000000000000000'),
    });
    const { body } = await api.get(`${path}/${root}`, { include: 'next,next.next,all,lost' });
    expect(body.next).toMatchObject({
      ...pointer(node),
      name: 'node',
      next: { ...pointer(leaf), name: 'leaf' },
    });
    expect(body.all).toEqual([expect.objectContaining({ name: 'leaf' }), pointer(secret)]);
    expect(body.lost).toEqual(pointer('000000000000000000000000'));
    expect((await api.get(`${path}/${root}`)).body.next).toEqual(pointer(node));
    const chosen = await api.get(`${path}/${root}`, {
      include: 'next.next,all',
      keys: 'next.name,next.next.name,all.name,-all.objectId',
    });
    expect(chosen.body).toEqual({
      objectId: root,
      createdAt: expect.anything(),
      updatedAt: expect.anything(),
      next: { ...pointer(node), name: 'node', next: { ...pointer(leaf), name: 'leaf' } },
      all: [
        { __type: 'Pointer', className: pointer(leaf).className, name: 'leaf' },
        { __type: 'Pointer', className: pointer(leaf).className },
      ],
    });
  });

  it('tell the time', async () => {
    const { body } = await api.get('/date');
    expect(body).toEqual({ __type: 'Date', iso: expect.stringMatching(TIME) });
  });
});

/** Keys that SDKs send along with objects and that mean nothing. */
const IGNORED = ['objectId', 'createdAt', 'updatedAt', 'className', 'ACL'];

describe('queries', () => {
  const path = '/classes/Rank';
  beforeAll(async () => {
    for (const [index, name] of ['a.b', 'axb', 'A.B\nline', 'c', 'd'].entries()) {
      await create(path, {
        name,
        index,
        tags: [name, index],
        when: { __type: 'Date', iso: new Date(index * 1000).toISOString() },
        ...(index === 4 && { nothing: null }),
        attr: { level: index, secret: 's' },
      });
    }
  });
  const find = async (query: object) => (await api.get(path, query as Record<string, unknown>)).body;
  const indexes = async (query: object) =>
    (await find(query)).results.map((object: { index: number }) => object.index);

  it('find by every operator', async () => {
    const wheres: readonly [object, number[]][] = [
      [{ name: 'c' }, [3]],
      [{ $and: [{ name: 'c' }] }, [3]],
      [[{ name: 'c' }, { index: 3 }], [3]],
      [[], [0, 1, 2, 3, 4]],
      [{ name: { $ne: 'c' } }, [0, 1, 2, 4]],
      [{ index: { $gte: 1, $lt: 3 } }, [1, 2]],
      [{ when: { $gt: { __type: 'Date', iso: '1970-01-01T00:00:03.000Z' } } }, [4]],
      [{ createdAt: { $lt: { __type: 'Date', iso: '2000-01-01T00:00:00.000Z' } } }, []],
      [{ index: { $in: [0, 4] } }, [0, 4]],
      [{ index: { $nin: [0, 4] } }, [1, 2, 3]],
      [{ tags: 3 }, [3]],
      [{ tags: { $all: ['c', 3] } }, [3]],
      [{ tags: { $size: 2 } }, [0, 1, 2, 3, 4]],
      [{ nothing: { $exists: true } }, [4]],
      [{ nothing: null }, [0, 1, 2, 3, 4]],
      [{ 'attr.level': 2 }, [2]],
      [{ $or: [{ index: 0 }, { name: 'd' }] }, [0, 4]],
      [{ name: { $regex: '\\Qa.b\\E' } }, [0]],
      [{ name: { $regex: '^\\Qa\\E' } }, [0, 1]],
      [{ name: { $regex: '.*a.*' } }, [0, 1]],
      [{ name: { $regex: 'a\\.b' } }, [0]],
      [{ name: { $regex: '^l', $options: 'im' } }, [2]],
      [{ name: { $regex: 'c', $options: '' } }, [3]],
    ];
    for (const [where, expected] of wheres) {
      expect([where, await indexes({ where })]).toEqual([where, expected]);
    }
  });

  it('order, page, count and choose keys', async () => {
    expect(await indexes({ order: '-index', limit: 2, skip: 1 })).toEqual([3, 2]);
    expect(await indexes({ order: 'attr.level,-name', limit: 5000 })).toEqual([0, 1, 2, 3, 4]);
    expect(await find({ limit: 0, count: 1, where: { index: { $gt: 1 } } })).toEqual({
      results: [],
      count: 3,
    });
    expect(await indexes({ limit: 0 })).toHaveLength(5);
    expect((await find({ limit: 1, count: 1 })).count).toBe(5);
    const [chosen] = (await find({ where: { index: 2 }, keys: 'name,attr.level' })).results;
    expect(chosen).toEqual({
      objectId: expect.stringMatching(ID),
      createdAt: expect.anything(),
      updatedAt: expect.anything(),
      name: 'A.B\nline',
      attr: { level: 2 },
    });
    const [without] = (await find({ where: { index: 2 }, keys: '-attr,-createdAt,-tags,-when' })).results;
    expect(Object.keys(without).sort()).toEqual(['index', 'name', 'objectId', 'updatedAt']);
    const [inner] = (await find({ where: { index: 2 }, keys: 'attr,when.iso,-attr.secret,-index.none' }))
      .results;
    expect(inner).toMatchObject({ attr: { level: 2 } });
    expect(inner.attr).not.toHaveProperty('secret');
  });

  it('are refused with a code and a sentence where they are malformed', async () => {
    const wheres: readonly [unknown, number][] = [
      ['{"name":', 107],
      ['5', 107],
      [[1], 107],
      [{ name: { $foo: 1 } }, 107],
      [{ name: { $regex: '(' } }, 107],
      [{ $or: [] }, 107],
      [{ name: { $inQuery: {} } }, 1],
      [{ name: { $select: {} } }, 1],
      [{ $relatedTo: {} }, 1],
      [{ place: { $nearSphere: {} } }, 1],
    ];
    for (const [where, code] of wheres) {
      const { status, body } = await api.get(path, { where });
      expect([where, status, body.code]).toEqual([where, 400, code]);
    }
    expect((await api.get(path, { skip: 'many' })).body.code).toBe(1);
    expect((await api.get(path, { order: 'a,b,c,d,e,f,g,h,i' })).body.code).toBe(107);
  });

  it('are never blocked by a catastrophic pattern', async () => {
    await create(path, { name: 'a'.repeat(50_000), index: 9, attr: { level: 9 } });
    const started = performance.now();
    expect(await indexes({ where: { name: { $regex: '^(a+)+$' }, index: 0 } })).toEqual([]);
    const { status } = await api.get(path, { where: { name: { $regex: '(a|aa)+$' } } });
    expect([200, 400]).toContain(status);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
