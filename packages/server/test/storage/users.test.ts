import { FakeClock, type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataApi, ID, TIME, TOKEN } from './data-api.ts';

const MINUTE = 60_000;
let parley: Parley;
let api: DataApi;
const clock = new FakeClock(1_750_000_000_000);
beforeAll(async () => {
  parley = await startParley({ clock });
  api = new DataApi(parley);
});
afterAll(() => parley.close());

let made = 0;
const freshName = () => `user-${++made}`;
async function signUp(fields: object = {}) {
  const { body } = await api.post('/users', { username: freshName(), password: 'pa55', ...fields });
  return body as { objectId: string; sessionToken: string; username: string };
}

describe('users', () => {
  it('sign up, and get themselves back with a session', async () => {
    const { status, body, headers } = await api.post('/users', {
      username: 'omar',
      password: 'pa55',
      nick: 'O.',
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/1.1/classes/_User/${body.objectId}`);
    expect(body).toEqual({
      sessionToken: expect.stringMatching(TOKEN),
      updatedAt: expect.stringMatching(TIME),
      objectId: expect.stringMatching(ID),
      username: 'omar',
      nick: 'O.',
      createdAt: expect.stringMatching(TIME),
      emailVerified: false,
      mobilePhoneVerified: false,
    });
    const login = await api.post('/login', { username: 'omar', password: 'pa55' });
    expect(login.status).toBe(200);
    expect(login.body).toEqual(body);
  });

  it('are refused with the code of what is wrong, and nothing is written', async () => {
    const before = (await api.master.get('/users', { limit: 0, count: 1 })).body.count;
    await signUp({ username: 'taken', email: 'Taken@example.com', mobilePhoneNumber: '+351912345678' });
    const refusals: readonly [object, number][] = [
      [{ password: 'x' }, 200],
      [{ username: '', password: 'x' }, 200],
      [{ username: 7, password: 'x' }, 217],
      [{ username: '   ', password: 'x' }, 217],
      [{ username: 'n' }, 201],
      [{ username: 'n', password: '' }, 201],
      [{ username: 'n', password: 12 }, 218],
      [{ username: 'n', password: 'x'.repeat(2000) }, 218],
      [{ username: 'taken', password: 'x' }, 202],
      [{ username: 'n', password: 'x', email: 'taken@EXAMPLE.com' }, 203],
      [{ username: 'n', password: 'x', mobilePhoneNumber: '+351912345678' }, 214],
      [{ username: 'n', password: 'x', email: 'nowhere' }, 125],
      [{ username: 'n', password: 'x', mobilePhoneNumber: 'call me' }, 127],
      [{ username: 'n', password: 'x', email: 5 }, 111],
      [{ username: 'n', password: 'x', 'bad-key': 1 }, 105],
      [{ username: 'n', password: 'x', authData: { anonymous: {} } }, 1],
      [{ username: 'n', password: 'x', authData: 5 }, 111],
    ];
    for (const [fields, code] of refusals) {
      const { status, body } = await api.post('/users', fields);
      expect([fields, status, body.code]).toEqual([fields, 400, code]);
      expect(body.error).toMatch(/\w+/);
    }
    expect((await api.master.get('/users', { limit: 0, count: 1 })).body.count).toBe(before + 1);
  });

  it('log in by name, email or phone, and are told what did not fit', async () => {
    const { objectId } = await signUp({
      username: 'nina',
      email: 'Nina@example.com',
      mobilePhoneNumber: '+351911111111',
    });
    for (const who of [
      { username: 'nina' },
      { email: 'nina@example.com' },
      { mobilePhoneNumber: '+351911111111' },
      { username: null, email: 'nina@example.com', mobilePhoneNumber: null, smsCode: null },
      { username: null, email: null, mobilePhoneNumber: '+351911111111' },
    ]) {
      const { status, body } = await api.post('/login', { ...who, password: 'pa55' });
      expect([status, body.objectId]).toEqual([200, objectId]);
    }
    const refused = async (credentials: object) => {
      const { status, body } = await api.post('/login', credentials);
      return [status, body.code, body.error];
    };
    expect(await refused({ username: 'nina', password: 'wrong' })).toEqual([
      400,
      210,
      'The username and password mismatch.',
    ]);
    expect(await refused({ username: 'nobody', password: 'x' })).toEqual([400, 211, 'Could not find user.']);
    expect((await refused({ email: 'no@example.com', password: 'x' }))[1]).toBe(205);
    expect((await refused({ mobilePhoneNumber: '1234567', password: 'x' }))[1]).toBe(213);
    expect((await refused({ password: 'x' }))[1]).toBe(200);
    expect((await refused({ username: null, password: 'x' }))[1]).toBe(200);
    expect((await refused({ username: 'nina', password: null }))[1]).toBe(201);
    expect((await refused({ username: 5, password: 'x' }))[1]).toBe(1);
    expect((await refused({ username: 'nina' }))[1]).toBe(201);
    expect((await refused({ mobilePhoneNumber: '+351911111111', smsCode: '123456' }))[1]).toBe(1);
  });

  it('are locked for a quarter of an hour after more than six wrong passwords, whoever knows the right one', async () => {
    const { username } = await signUp();
    const code = async (password: string) => (await api.post('/login', { username, password })).body.code;
    for (let attempt = 1; attempt <= 7; attempt++) expect(await code(`wrong ${attempt}`)).toBe(210);
    expect(await code('pa55')).toBe(219);
    clock.advance(15 * MINUTE - 1);
    expect(await code('pa55')).toBe(219);
    clock.advance(1);
    expect(await code('pa55')).toBeUndefined();
    for (let attempt = 1; attempt <= 6; attempt++) expect(await code('wrong')).toBe(210);
    expect(await code('pa55')).toBeUndefined();
  });

  it('are found by their session, wherever it is named', async () => {
    const user = await signUp();
    const placements = [
      api.get('/users/me', { session_token: user.sessionToken }),
      api.as(user.sessionToken).get('/users/me'),
      api.as(user.sessionToken).get('/users/me', { session_token: user.sessionToken }),
    ];
    for (const { status, body } of await Promise.all(placements)) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ objectId: user.objectId, sessionToken: user.sessionToken });
      expect(Object.keys(body)).not.toContain('password');
    }
    for (const reply of [
      await api.get('/users/me'),
      await api.get('/users/me', { session_token: 'nothing' }),
      await api.as('nothing').get('/users/me'),
    ]) {
      expect([reply.status, reply.body.code, reply.body.error]).toEqual([400, 211, 'Could not find user.']);
    }
    expect((await api.as('stale').get('/date')).status).toBe(200);
  });

  it('change themselves only', async () => {
    const [user, other] = [await signUp(), await signUp()];
    const path = `/users/${user.objectId}`;
    const changed = await api.as(user.sessionToken).put(path, { nick: 'N.', email: 'new@example.com' });
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({ updatedAt: expect.stringMatching(TIME), objectId: user.objectId });
    const same = await api.as(user.sessionToken).get(`/classes/_User/${user.objectId}`);
    expect(same.body).toMatchObject({ nick: 'N.', email: 'new@example.com', emailVerified: false });
    for (const stranger of [api, api.as(other.sessionToken), api.as('nothing')]) {
      const { status, body } = await stranger.put(path, { nick: 'mine' });
      expect([status, body.code]).toEqual([403, 206]);
      expect((await stranger.delete(path)).status).toBe(403);
      expect((await stranger.get(path)).status).toBe(403);
    }
    expect((await api.master.get(path)).body.nick).toBe('N.');
    const forbidden = await api.get('/users');
    expect([forbidden.status, forbidden.body.code]).toEqual([403, 403]);
    const missing = await api.master.get('/users/000000000000000000000000');
    expect([missing.status, missing.body.code]).toEqual([400, 211]);
  });

  it('have no column that belongs to the server, by no key within it either', async () => {
    const user = await signUp();
    const own = api.as(user.sessionToken);
    const path = `/users/${user.objectId}`;
    const before = (await own.get('/users/me')).body;
    const refusals: readonly [object, number][] = [
      [{ 'password.x': 1 }, 218],
      [{ 'password.x': { __op: 'Increment', amount: 1 } }, 218],
      [{ password: { __op: 'Delete' } }, 218],
      [{ 'username.x': 1 }, 111],
      [{ username: { __op: 'Delete' } }, 200],
      [{ 'email.x': 1 }, 111],
      [{ 'mobilePhoneNumber.x': 1 }, 111],
      [{ 'authData.weixin.openid': 'o1' }, 1],
    ];
    for (const [fields, code] of refusals) {
      expect([fields, (await own.put(path, fields)).body.code]).toEqual([fields, code]);
    }
    const ignored = {
      'sessionToken.x': 1,
      'emailVerified.x': 1,
      'salt.x': 1,
      'objectId.x': 1,
      'createdAt.x': 1,
    };
    expect((await own.put(path, ignored)).status).toBe(200);
    expect((await own.get('/users/me')).body).toEqual({ ...before, updatedAt: expect.anything() });
    expect((await api.master.put(path, { 'emailVerified.x': 1 })).body.code).toBe(111);
    const signedUp = await api.post('/users', { username: freshName(), password: 'p', 'password.x': 1 });
    expect([signedUp.status, signedUp.body.code]).toEqual([400, 218]);
    const named = await signUp({ 'username.x': 1, ...ignored });
    expect(Object.keys(named).sort()).toEqual(Object.keys(before).sort());
  });

  it('cannot name their own session, nor say that they are verified', async () => {
    const user = await signUp();
    const path = `/users/${user.objectId}`;
    await api.as(user.sessionToken).put(path, { sessionToken: 'chosen', emailVerified: true, nick: 'x' });
    const me = (await api.as(user.sessionToken).get('/users/me')).body;
    expect(me).toMatchObject({ emailVerified: false, nick: 'x', sessionToken: user.sessionToken });
    await api.master.put(path, { email: 'v@example.com' });
    await api.master.put(path, { emailVerified: true });
    expect((await api.master.get(path)).body.emailVerified).toBe(true);
    await api.as(user.sessionToken).put(path, { nick: 'y' });
    expect((await api.master.get(path)).body.emailVerified).toBe(true);
    await api.as(user.sessionToken).put(path, { email: 'w@example.com' });
    expect((await api.master.get(path)).body.emailVerified).toBe(false);
  });

  it('change their password, and everybody else is out', async () => {
    const user = await signUp();
    const path = `/users/${user.objectId}/updatePassword`;
    const wrong = await api.as(user.sessionToken).put(path, { old_password: 'no', new_password: 'pa66' });
    expect([wrong.status, wrong.body.code]).toEqual([400, 210]);
    expect((await api.put(path, { old_password: 'pa55', new_password: 'pa66' })).body.code).toBe(206);
    const { status, body } = await api
      .as(user.sessionToken)
      .put(path, { old_password: 'pa55', new_password: 'pa66' });
    expect(status).toBe(200);
    expect(body).toEqual({
      updatedAt: expect.stringMatching(TIME),
      objectId: user.objectId,
      sessionToken: expect.stringMatching(TOKEN),
    });
    expect((await api.as(user.sessionToken).get('/users/me')).body.code).toBe(211);
    expect((await api.as(body.sessionToken).get('/users/me')).status).toBe(200);
    const logIn = (password: string) => api.post('/login', { username: user.username, password });
    expect((await logIn('pa55')).body.code).toBe(210);
    expect((await logIn('pa66')).status).toBe(200);
  });

  it('set a new password without the old one, and keep their session; the server ends it', async () => {
    const user = await signUp();
    const path = `/users/${user.objectId}`;
    await api.as(user.sessionToken).put(path, { password: 'pa77' });
    expect((await api.as(user.sessionToken).get('/users/me')).status).toBe(200);
    expect((await api.post('/login', { username: user.username, password: 'pa77' })).status).toBe(200);
    await api.master.put(path, { password: 'pa88' });
    expect((await api.as(user.sessionToken).get('/users/me')).status).toBe(400);
    expect((await api.post('/login', { username: user.username, password: 'pa88' })).status).toBe(200);
  });

  it('get a new session on demand', async () => {
    const user = await signUp();
    const path = `/users/${user.objectId}/refreshSessionToken`;
    expect((await api.put(path)).body.code).toBe(206);
    const { status, body } = await api.as(user.sessionToken).put(path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ objectId: user.objectId, username: user.username });
    expect(body.sessionToken).not.toBe(user.sessionToken);
    expect((await api.as(user.sessionToken).get('/users/me')).status).toBe(400);
    expect((await api.master.put(path)).status).toBe(200);
  });

  it('without a name are whoever brings the same identity', async () => {
    const authData = { anonymous: { id: 'made-by-the-client' } };
    const unknown = await api.post('/users', { authData }, { query: { failOnNotExist: true } });
    expect([unknown.status, unknown.body.code]).toEqual([400, 211]);
    const first = await api.post('/users', { authData });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ authData, username: expect.stringMatching(TOKEN) });
    const again = await api.post('/users', { authData });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    const both = await Promise.all(
      Array.from({ length: 4 }, () => api.post('/users', { authData: { anonymous: { id: 'at once' } } })),
    );
    expect(new Set(both.map(({ body }) => body.objectId)).size).toBe(1);
  });

  it('come from other providers only where the app believes them', async () => {
    const authData = { weixin: { openid: 'o1', access_token: 'a' } };
    const refused = await api.post('/users', { authData });
    expect([refused.status, refused.body.code]).toEqual([400, 1]);
    const user = await signUp();
    expect((await api.as(user.sessionToken).put(`/users/${user.objectId}`, { authData })).status).toBe(400);
    const other = await startParley({ settings: { loginProviders: ['weixin'] } });
    try {
      const believing = new DataApi(other);
      const { status, body } = await believing.post('/users', { authData });
      expect([status, body.authData]).toEqual([201, authData]);
      expect((await believing.post('/users', { authData: { anonymous: { id: 'x' } } })).status).toBe(400);
    } finally {
      await other.close();
    }
  });

  it('show others no address where the app lets everybody read', async () => {
    const other = await startParley({ settings: { appKeyReadsUsers: true } });
    try {
      const open = new DataApi(other);
      const { body: user } = await open.post('/users', {
        username: 'u',
        password: 'p',
        nick: 'N.',
        email: 'u@example.com',
      });
      const seen = await open.get(`/users/${user.objectId}`);
      expect(seen.body).toEqual({
        objectId: user.objectId,
        username: 'u',
        nick: 'N.',
        createdAt: user.createdAt,
        updatedAt: user.updatedAt,
      });
      expect((await open.get('/users', { where: { username: 'u' } })).body.results).toEqual([seen.body]);
      for (const query of [{ where: { email: { $regex: '^u' } } }, { order: 'email' }]) {
        expect((await open.get('/users', query)).status).toBe(403);
      }
      expect((await open.get('/users', { where: { password: { $exists: true } } })).body.results).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('learn what is not done here, at every path of it', async () => {
    const id = '6650b4bbc3f1d2e4b5a6983a';
    for (const path of [
      '/cloudQuery',
      '/scan/classes/Note',
      '/roles',
      `/roles/${id}`,
      '/search/select',
      '/statuses',
      `/statuses/${id}`,
      '/subscribe/statuses',
      `/users/${id}/friendship`,
      `/users/${id}/friendship/${id}`,
      `/users/${id}/followersAndFollowees`,
      '/users/friendshipRequests',
      `/users/friendshipRequests/${id}/accept`,
      '/users/self/friendBlocklist',
      `/users/self/friendBlocklist/${id}`,
      '/users/strictlyQuery',
      '/leaderboard/leaderboards/world',
      '/requestSmsCode',
      '/verifySmsCode/123456',
      '/usersByMobilePhone',
      '/requestCaptcha',
      '/requestEmailVerify',
      '/requestPasswordReset',
      '/requestPasswordResetBySmsCode',
      '/push',
      '/functions/hello',
      '/call/hello',
      '/schemas',
      '/schemas/Note',
      '/exportData',
      '/stats/appinfo',
      '/statistics/classes/_User',
      '/LiveQuery/subscribe',
      `/files/${id}/censor`,
      '/bigquery/jobs',
      '/../__engine/1/ping',
    ]) {
      const { status, body } = await api.post(path, { email: 'x@example.com' });
      expect([path, status, body.code]).toEqual([path, 404, 1]);
      expect(body.error).toMatch(/^Not implemented: .*\.$/);
    }
  });
});
