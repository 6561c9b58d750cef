import { gunzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import Type from 'typebox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../domain/app/app.ts';
import { defaultAppSettings } from '../domain/app/app-settings.ts';
import { ImError } from '../domain/errors.ts';
import { RestRates } from '../domain/limits/rest-rates.ts';
import type { AuditDraft } from '../domain/ports/audit.ts';
import { created, ok, type RestRoute, type RestServices, route } from './route.ts';
import { ClientIdText } from './schemas.ts';
import { serveRoutes } from './serve.ts';

const app: App = {
  key: 1,
  id: 'Pz7mWq2LkTn4RxVb',
  appKey: 'kA9dQe3sUy6HfJ1w',
  masterKey: 'mX5cVb8nGt2ZrL0p',
  settings: defaultAppSettings,
};
const master = { 'X-LC-Id': app.id, 'X-LC-Key': `${app.masterKey},master` };
const appKey = { 'X-LC-Id': app.id, 'X-LC-Key': app.appKey };

/** What was written to the audit log. */
let audited: AuditDraft[] = [];

function servicesOf(served: App): RestServices {
  const apps = { find: (id: string) => (id === served.id ? served : undefined), byKey: () => served };
  return {
    world: {
      apps,
      clock: { now: () => 0 },
      store: { audit: { add: async (_app: number, draft: AuditDraft) => void audited.push(draft) } },
    } as unknown as RestServices['world'],
    rates: new RestRates({ now: () => 0, elapsed: () => 0, after: () => () => {} }),
    files: { maxBytes: 1000 },
    isSessionToken: (_app, client, token) => token === `token of ${client}`,
    replay: async () => undefined,
  };
}

let http: FastifyInstance;
afterEach(() => http.close());
beforeEach(() => {
  audited = [];
});

async function serve(routes: readonly RestRoute[], served: App = app): Promise<void> {
  http = Fastify({ routerOptions: { maxParamLength: 1000 } });
  await serveRoutes(http, servicesOf(served), routes);
}

const common = { tag: 'Test', summary: 'Test', answers: { 200: Type.Unknown() } } as const;

/** Answers what it was given. */
const echo = route({
  ...common,
  method: 'POST',
  path: '/echo/:client',
  needs: 'master',
  params: Type.Object({ client: ClientIdText }),
  query: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1 })),
    reversed: Type.Optional(Type.Boolean()),
    where: Type.Optional(Type.Object({})),
  }),
  body: Type.Object({ name: Type.Optional(Type.String()), to: Type.Optional(Type.Array(ClientIdText)) }),
  bodyLimit: 1000,
  handle: async ({ params, query, body, ip }) => ok({ params, query, body, ip }),
});

const post = (url: string, payload: string, headers: Record<string, string> = {}) =>
  http.inject({ method: 'POST', url, payload, headers: { ...master, ...headers } });

describe('a route', () => {
  it('[F-GEN-11] gets its path, query and body as its schemas say', async () => {
    await serve([echo]);
    const response = await post(
      '/echo/a%2Fb%20%25%C3%BC?limit=12.0&reversed=True&where=%7B%22m%22%3A1%7D&_t=5',
      '{"name":"x","to":["bob"],"unknown":1}',
    );
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      params: { client: 'a/b %ü' },
      query: { limit: 12, reversed: true, where: { m: 1 } },
      body: { name: 'x', to: ['bob'], unknown: 1 },
      ip: '127.0.0.1',
    });
    expect(response.headers).toMatchObject({
      'content-type': 'application/json;charset=utf-8',
      'cache-control': 'no-cache,no-store',
      pragma: 'no-cache',
    });
  });

  it('[F-GEN-11] reads JSON whatever type it is said to be, and nothing as no parameters', async () => {
    await serve([echo]);
    for (const type of [
      'application/json; charset=utf-8',
      'text/plain',
      'application/x-www-form-urlencoded',
    ]) {
      const response = await post('/echo/a', '{"name":"x"}', { 'content-type': type });
      expect([type, response.json().body]).toEqual([type, { name: 'x' }]);
    }
    expect((await post('/echo/a', '')).json().body).toEqual({});
  });

  it.each([
    ['a text that is not JSON', '/echo/a', '{"name":', 400, 107, /^Malformed json object/],
    ['JSON that is no object', '/echo/a', '["name"]', 400, 107, /^Malformed json object/],
    ['nesting without end', '/echo/a', `{"a":${'['.repeat(80)}${']'.repeat(80)}}`, 400, 107, /^Malformed/],
    ['a key that is no key', '/echo/a', '{"__proto__":{"admin":true}}', 400, 105, /^Invalid key name/],
    ['a number beyond all numbers', '/echo/a', '{"more":[1e999]}', 400, 107, /^Malformed json object/],
    ['one far below', '/echo/a', '{"more":{"deep":-1e999}}', 400, 107, /^Malformed json object/],
    ['a value of another type', '/echo/a', '{"name":5}', 400, 1, /^name must be string\.$/],
    ['a number that is none', '/echo/a?limit=many', '{}', 400, 1, /^limit must be integer\.$/],
    ['a number out of range', '/echo/a?limit=0', '{}', 400, 1, /^limit must be >= 1\.$/],
    ['a condition that is not JSON', '/echo/a?where=m', '{}', 400, 107, /^Malformed json object/],
    ['an empty client id', '/echo/a', '{"to":["bob",""]}', 400, 4103, /^INVALID_LOGIN$/],
    ['a client id of half a character', '/echo/a', '{"to":["\\ud83d"]}', 400, 4103, /^INVALID_LOGIN$/],
    ['a long client id', `/echo/${'x'.repeat(65)}`, '{}', 400, 4103, /^INVALID_LOGIN$/],
  ])('[F-GEN-11] refuses %s', async (_what, url, payload, status, code, error) => {
    await serve([echo]);
    const response = await post(url, payload);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ code, error: expect.stringMatching(error) });
    expect(response.headers['content-type']).toBe('application/json;charset=utf-8');
  });

  it('[F-GEN-11] refuses a body beyond its limit with 413', async () => {
    await serve([echo]);
    const response = await post('/echo/a', JSON.stringify({ name: 'x'.repeat(1000) }));
    expect(response.statusCode).toBe(413);
    expect(response.json()).toMatchObject({ code: 413, error: 'Payload Too Large.' });
    expect((await post('/echo/a', '{}')).statusCode).toBe(200);
  });

  it('[F-GEN-11] takes bodies of up to 20 MB where it sets no limit of its own', async () => {
    const take = route({
      ...common,
      method: 'POST',
      path: '/take',
      needs: 'master',
      body: Type.Object({ text: Type.String() }),
      handle: async ({ body }) => ok(body.text.length),
    });
    await serve([take]);
    const most = 20 * 1024 * 1024 - '{"text":""}'.length;
    expect((await post('/take', JSON.stringify({ text: 'x'.repeat(most) }))).json()).toBe(most);
    const beyond = await post('/take', JSON.stringify({ text: 'x'.repeat(most + 1) }));
    expect([beyond.statusCode, beyond.json().error]).toEqual([413, 'Payload Too Large.']);
  });

  it('[F-SEC-16] is in the audit log under its own name where it says nothing about that', async () => {
    await serve([echo]);
    await post('/echo/bob', '{"name":"x"}');
    expect(audited).toEqual([
      { at: 0, action: 'POST /echo/:client', target: 'bob', via: 'rest', address: '127.0.0.1', details: {} },
    ]);
  });

  it('[F-SEC-16] that fails is in the audit log as such, and one that refuses is not', async () => {
    const failing = route({
      ...common,
      method: 'POST',
      path: '/failing',
      needs: 'master',
      audit: { action: 'thing.break', target: { parameter: 'name' }, tells: ['kind'] },
      body: Type.Object({ name: Type.String(), kind: Type.String() }),
      async handle({ body, note }) {
        note({ before: 'whole' });
        throw body.kind === 'fault' ? new Error('broken') : new ImError('MESSAGE_NOT_FOUND');
      },
    });
    await serve([failing]);
    expect((await post('/failing', '{"name":"vase","kind":"refusal"}')).statusCode).toBe(404);
    expect(audited).toEqual([]);
    expect((await post('/failing', '{"name":"vase","kind":"fault"}')).statusCode).toBe(500);
    expect(audited).toMatchObject([
      { action: 'thing.break', target: 'vase', details: { kind: 'fault', before: 'whole' }, failed: true },
    ]);
  });

  it('[F-GEN-11] names what is missing', async () => {
    const strict = route({
      ...common,
      method: 'POST',
      path: '/strict',
      needs: 'app',
      body: Type.Object({ from_client: ClientIdText }),
      handle: async () => ok({}),
    });
    await serve([strict]);
    expect((await post('/strict', '{}')).json()).toEqual({ code: 1, error: 'from_client is required.' });
  });

  it('[F-SEC-13] asks for the keys its level needs, before it reads anything', async () => {
    const byClass = route({
      ...common,
      method: 'GET',
      path: '/class',
      needs: 'conversations',
      handle: async () => ok(true),
    });
    const bySession = route({
      ...common,
      method: 'GET',
      path: '/session',
      needs: 'session',
      handle: async () => ok([]),
    });
    await serve([echo, byClass, bySession]);
    const status = async (url: string, headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') => {
      const response = await http.inject({
        method,
        url,
        headers,
        ...(method === 'POST' && { payload: '{' }),
      });
      return [response.statusCode, response.json().code, response.json().error];
    };
    const unauthorized = [401, 401, 'Unauthorized.'];
    expect(await status('/echo/a', {}, 'POST')).toEqual(unauthorized);
    expect(await status('/echo/a', { ...master, 'X-LC-Id': 'another' }, 'POST')).toEqual(unauthorized);
    expect(await status('/echo/a', { ...master, 'X-LC-Key': 'wrong,master' }, 'POST')).toEqual(unauthorized);
    const forbidden = [403, 403, 'Forbidden to read/write by class permissions'];
    expect(await status('/echo/a', appKey, 'POST')).toEqual(forbidden);
    expect(await status('/class', appKey)).toEqual(forbidden);
    const expired = [401, 4112, 'SESSION_TOKEN_EXPIRED'];
    expect(await status('/session?client_id=bob', appKey)).toEqual(expired);
    const token = { ...appKey, 'X-LC-IM-Session-Token': 'token of bob' };
    expect(await status('/session?client_id=alice', token)).toEqual(expired);
    expect((await http.inject({ url: '/session?client_id=bob', headers: token })).body).toBe('[]');
    expect((await http.inject({ url: '/class', headers: master })).body).toBe('true');
  });

  it('[F-SEC-13] takes the app key for conversation records where the app says so', async () => {
    const byClass = route({
      ...common,
      method: 'GET',
      path: '/class',
      needs: 'conversations',
      handle: async () => ok({}),
    });
    await serve([byClass], { ...app, settings: { ...defaultAppSettings, appKeyManagesConversations: true } });
    expect((await http.inject({ url: '/class', headers: appKey })).statusCode).toBe(200);
  });

  it('[F-SEC-12] is closed where messaging is off, unless it serves other data', async () => {
    const other = route({
      ...common,
      method: 'GET',
      path: '/date',
      needs: 'app',
      messaging: false,
      handle: async () => ok({}),
    });
    await serve([echo, other], { ...app, settings: { ...defaultAppSettings, imEnabled: false } });
    const refused = await post('/echo/a', '{}');
    expect([refused.statusCode, refused.json().code, refused.json().error]).toEqual([
      403,
      4100,
      'APP_NOT_AVAILABLE',
    ]);
    expect((await http.inject({ url: '/date', headers: appKey })).statusCode).toBe(200);
  });

  it('[F-GEN-11] answers with status, headers, and the envelope of the error table', async () => {
    const make = route({
      ...common,
      method: 'POST',
      path: '/things',
      needs: 'app',
      handle: async () => created({ objectId: 'x' }, { location: '/things/x' }),
    });
    const fail = route({
      ...common,
      method: 'DELETE',
      path: '/things/:id',
      needs: 'app',
      handle: async () => {
        throw new ImError('CONVERSATION_NOT_FOUND', 'There is no such thing.');
      },
    });
    await serve([make, fail]);
    const made = await http.inject({ method: 'POST', url: '/things', headers: appKey });
    expect([made.statusCode, made.headers.location, made.json()]).toEqual([
      201,
      '/things/x',
      { objectId: 'x' },
    ]);
    const failed = await http.inject({ method: 'DELETE', url: '/things/x', headers: appKey, payload: '{}' });
    expect(failed.statusCode).toBe(404);
    expect(failed.json()).toEqual({
      code: 4303,
      error: 'CONVERSATION_NOT_FOUND',
      detail: 'There is no such thing.',
    });
  });

  it('[F-GEN-11] that fails says so under the code for that, and not why', async () => {
    const fail = route({
      ...common,
      method: 'GET',
      path: '/fault',
      needs: 'app',
      handle: async () => {
        throw new Error('disk full');
      },
    });
    await serve([fail]);
    const failed = await http.inject({ url: '/fault', headers: appKey });
    expect([failed.statusCode, failed.json()]).toEqual([
      500,
      { code: 4200, error: 'INTERNAL_ERROR', detail: 'The server failed; its log says why.' },
    ]);
  });

  it('[F-GEN-11] compresses long answers for who understands that', async () => {
    const long = route({
      ...common,
      method: 'GET',
      path: '/long',
      needs: 'app',
      handle: async () => ok({ text: 'x'.repeat(5000) }),
    });
    await serve([long]);
    const ask = (headers: Record<string, string>) =>
      http.inject({ url: '/long', headers: { ...appKey, ...headers } });
    const packed = await ask({ 'accept-encoding': 'gzip, br' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.headers['content-type']).toBe('application/json;charset=utf-8');
    expect(JSON.parse(gunzipSync(packed.rawPayload).toString()).text).toHaveLength(5000);
    expect((await ask({})).json().text).toHaveLength(5000);
  });

  it('[F-GEN-11] shows nobody why it failed', async () => {
    const broken = route({
      ...common,
      method: 'GET',
      path: '/broken',
      needs: 'app',
      handle: async () => {
        throw new Error('secret path /var/lib');
      },
    });
    await serve([broken]);
    const response = await http.inject({ url: '/broken', headers: appKey });
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('secret');
  });

  it('[F-GEN-11] tells of a method it does not take, and leaves it to a route with a parameter that does', async () => {
    const count = route({
      ...common,
      method: 'GET',
      path: '/s/count',
      needs: 'app',
      handle: async () => ok({}),
    });
    const remove = route({
      ...common,
      method: 'DELETE',
      path: '/s/:client',
      needs: 'app',
      params: Type.Object({ client: ClientIdText }),
      handle: async ({ params }) => ok(params),
    });
    await serve([count, remove]);
    const refused = await http.inject({ method: 'PUT', url: '/s/count', headers: appKey });
    expect([refused.statusCode, refused.json().code]).toEqual([405, 405]);
    const removed = await http.inject({ method: 'DELETE', url: '/s/count', headers: appKey });
    expect(removed.json()).toEqual({ client: 'count' });
  });
});
