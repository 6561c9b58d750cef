import { FakeClock, type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/rest/index.ts';
import { Api, refusal } from './api.ts';

let parley: Parley;
let api: Api;
let clock: FakeClock;
beforeAll(async () => {
  clock = new FakeClock();
  parley = await startParley({ clock });
  api = new Api(parley);
});
afterAll(() => parley.close());

const AUDIT = '/1.2/rtm/audit';
const entries = async (query = {}) => (await api.done(api.get(AUDIT, query))).results;
/** The newest entry, which is about what was just done. */
const newest = async () => (await entries({ limit: 1 }))[0];

describe('routes that may change something', () => {
  const changing = routes.filter(({ method }) => method !== 'GET');

  it.each(changing.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '[F-SEC-16] %s says how it is audited, or why it is not',
    (_name, { audit }) => {
      const rule = typeof audit === 'function' ? audit({} as never) : audit;
      if (rule === undefined)
        throw new Error('Give the route `audit: { action: … }`, or `audit: { not: … }`.');
      if ('not' in rule) expect(rule.not).toMatch(/\w/);
      else expect(rule.action).toMatch(/^[a-z]+\.[a-z-]+$/);
    },
  );
});

describe('the audit log', () => {
  it('[F-SEC-16] tells who did what to whom, and when', async () => {
    const before = clock.now();
    await api.done(api.post('/1.2/rtm/clients/Tom/kick', { reason: 'spam' }));
    const entry = {
      id: expect.any(Number),
      at: new Date(before).toISOString(),
      action: 'client.kick',
      target: 'Tom',
      via: 'rest',
      address: '127.0.0.1',
      details: { reason: 'spam' },
    };
    expect(await newest()).toEqual(entry);
    await api.done(api.post('/1.1/rtm/client/kick', { client_id: 'Jerry' }));
    expect(await newest()).toEqual({ ...entry, target: 'Jerry', details: {} });
  });

  it('[F-SEC-16] follows a conversation to its end', async () => {
    const made = await api.done(api.post('/1.2/rtm/conversations', { name: 'us', m: ['Tom', 'Jerry'] }));
    const path = `/1.2/rtm/conversations/${made.objectId}`;
    await api.done(api.put(path, { name: 'they', 'attr.topic': 'secret plans' }));
    await api.done(api.post(`${path}/members`, { client_ids: ['Spike'] }));
    await api.done(api.post(`${path}/permanent-silenceds`, { client_ids: ['Spike'] }));
    await api.done(api.post(`${path}/member-infos`, { clientId: 'Jerry', role: 'Manager' }));
    await api.done(api.delete(path));
    const told = await entries({ target: made.objectId });
    expect(
      told.map(({ action, details }: { action: string; details: unknown }) => [action, details]),
    ).toEqual([
      [
        'conversation.delete',
        { before: { kind: 'basic', name: 'they', createdAt: expect.any(String), members: 3 } },
      ],
      ['role.give', { clientId: 'Jerry', role: 'Manager' }],
      ['silence.add', { client_ids: ['Spike'] }],
      ['member.add', { client_ids: ['Spike'] }],
      ['conversation.change', { columns: ['name', 'attr.topic'] }],
      ['conversation.create', { name: 'us', m: ['Tom', 'Jerry'] }],
    ]);
  });

  it('[F-SEC-16] has no word of what was refused, read, or done with the app key', async () => {
    const last = (await newest())?.id;
    expect((await api.post('/1.2/rtm/clients/Tom/kick', { reason: 'x'.repeat(21) })).status).toBe(400);
    expect((await api.delete(`/1.2/rtm/conversations/${'0'.repeat(24)}`)).status).toBe(404);
    await api.done(api.post('/1.2/rtm/clients/check-online', { client_ids: ['Tom'] }));
    await api.done(api.get('/1.2/rtm/stats'));
    const user = { username: 'tom', password: 'a good password' };
    await api.done(api.call('POST', '/1.1/users', { body: user, as: 'app' }));
    expect((await newest())?.id).toBe(last);
  });

  it('[F-SEC-16] has no word of what was said, and none of passwords', async () => {
    const { objectId } = await api.done(api.post('/1.2/rtm/conversations', { m: ['Tom'] }));
    const message = { from_client: 'Tom', message: 'swordfish' };
    const sent = await api.done(api.post(`/1.2/rtm/conversations/${objectId}/messages`, message));
    const at = { from_client: 'Tom', timestamp: sent.timestamp };
    const path = `/1.2/rtm/conversations/${objectId}/messages/${sent['msg-id']}`;
    await api.done(api.put(path, { ...at, message: 'swordfish too' }));
    expect(await newest()).toMatchObject({
      action: 'message.change',
      target: objectId,
      details: { mid: sent['msg-id'], from_client: 'Tom' },
    });
    const user = await api.done(api.post('/1.1/users', { username: 'jerry', password: 'swordfish' }));
    expect(await newest()).toMatchObject({ action: 'user.create', target: user.objectId, details: {} });
    await api.done(api.put(`/1.1/users/${user.objectId}`, { password: 'swordfish 2' }));
    expect(await newest()).toMatchObject({ action: 'user.change', details: { columns: ['password'] } });
    expect(JSON.stringify(await entries({ limit: 1000 }))).not.toContain('swordfish');
  });

  it('[F-SEC-16] tells each request of a batch by itself, and leaves out data of the app', async () => {
    const { objectId } = await api.done(
      api.post('/1.1/users', { username: 'spike', password: 'a good one' }),
    );
    const last = (await newest()).id;
    const requests = [
      { method: 'POST', path: '/1.1/classes/Note', body: { text: 'mine' } },
      { method: 'PUT', path: `/1.1/classes/_User/${objectId}`, body: { city: 'Rome' } },
      { method: 'DELETE', path: `/1.1/users/${objectId}` },
    ];
    await api.done(api.post('/1.1/batch', { requests }));
    const save = {
      method: 'POST',
      path: '/1.1/classes/_Installation',
      body: { deviceType: 'ios', deviceToken: 'x', __internalId: 'i' },
    };
    await api.done(api.post('/1.1/batch/save', { requests: [save] }));
    const told = (await entries({ limit: 10 })).filter(({ id }: { id: number }) => id > last);
    expect(told.map(({ action }: { action: string }) => action)).toEqual([
      'installation.create',
      'user.delete',
      'user.change',
    ]);
  });

  it('[F-SEC-16] has what settings were before and after, and no key of the app', async () => {
    const webhook = { url: 'https://app.example.com/hook', secret: 'c3dvcmRmaXNo'.repeat(3), retries: 3 };
    await parley.apps.changeSettings(parley.appId, { maxMembers: 300, webhook });
    await parley.apps.changeSettings(parley.appId, { maxMembers: null, webhook: null });
    const [back, forth] = await entries({ action: 'app.settings' });
    expect(back).toMatchObject({
      via: 'program',
      target: parley.appId,
      details: { maxMembers: { from: 300, to: null } },
    });
    expect(forth.details.webhook).toEqual({
      from: null,
      to: { url: 'https://app.example.com/hook', secret: '[secret]', retries: 3 },
    });
  });

  it('[F-SEC-16] is read in pages and by time, with the master key only, also while messaging is off', async () => {
    clock.skip(60_000);
    const noon = clock.now();
    for (const client of ['a', 'b', 'c']) await api.done(api.post(`/1.2/rtm/clients/${client}/kick`));
    expect(await entries({ since: noon })).toHaveLength(3);
    expect(
      (await entries({ until: noon, limit: 1000 })).every(({ at }: { at: string }) => Date.parse(at) < noon),
    ).toBe(true);
    const [first, second] = await entries({ since: noon, limit: 2 });
    expect([first.target, second.target]).toEqual(['c', 'b']);
    const rest = await entries({ since: noon, before: second.id });
    expect(rest.map(({ target }: { target: string }) => target)).toEqual(['a']);
    expect(refusal(await api.call('GET', AUDIT, { as: 'app' }))[0]).toBe(403);
    await parley.apps.changeSettings(parley.appId, { imEnabled: false });
    expect(await entries({ action: 'app.settings', limit: 1 })).toMatchObject([
      { details: { imEnabled: { to: false } } },
    ]);
    await parley.apps.changeSettings(parley.appId, { imEnabled: null });
  });
});
