import { type Parley, startParley } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imRoutes } from '../../src/rest/im/index.ts';
import type { RestRoute } from '../../src/rest/route.ts';
import { Api, refusal } from './api.ts';

let parley: Parley;
let api: Api;
beforeAll(async () => {
  parley = await startParley({ settings: { restMessagesPerMinute: 0 } });
  api = new Api(parley);
});
afterAll(() => parley.close());

const names = imRoutes.map((route) => [`${route.method} ${route.path}`, route] as const);

/** The path with something in place of each parameter. */
const pathOf = ({ path }: RestRoute, part: string) => path.replaceAll(/:\w+/g, encodeURIComponent(part));

/** A conversation of the sort a path is about, so that not every guess ends at an unknown id. */
async function conversationFor({ path }: RestRoute): Promise<string> {
  const [, collection = 'conversations'] =
    /^\/1\.2\/rtm\/(conversations|chatrooms|service-conversations)/.exec(path) ?? [];
  return (await api.done(api.post(`/1.2/rtm/${collection}`, { m: ['alice', 'bob'] }))).objectId;
}

/** What callers send by mistake, and what somebody sends on purpose. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1e99',
    '{"$where":"1"}',
    '__proto__',
    'constructor',
    '_tmp:x',
    '\u0000',
    '💥',
  ),
  fc.constantFrom(-1, 0, 1.5, 2 ** 53, 1e300, true, null),
);

/** Something for some of the names a route knows. */
function guesses(route: RestRoute): fc.Arbitrary<Record<string, unknown>> {
  const known = { ...route.body?.properties, ...route.query?.properties };
  const properties = Object.keys(known).map((name) => [name, anything] as const);
  return fc.record(Object.fromEntries(properties), { requiredKeys: [] });
}

const asTexts = (values: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

describe('whatever is sent to', () => {
  it.each(names)(
    '%s is answered as described, and never with a failure of the server',
    async (_name, route) => {
      const cid = await conversationFor(route);
      await fc.assert(
        fc.asyncProperty(
          guesses(route),
          fc.oneof(
            fc.string({ minLength: 1, maxLength: 80 }),
            fc.constantFrom('..', '%', 'a/b', '0'.repeat(24)),
          ),
          async (values, part) => {
            // A path such as `..` is no path any more once a client has resolved it.
            fc.pre(!/^\.{1,2}$/.test(part));
            const isWrite = route.method !== 'GET';
            const { path } = route;
            const { status, body } = await api.call(
              route.method,
              pathOf({ ...route, path: path.replace(':cid', cid) }, part),
              {
                ...(isWrite ? { body: values } : {}),
                query: asTexts(values),
              },
            );
            // The answer was compared with those of the route.
            expect([status < 500, status, body]).toEqual([true, status, body]);
            if (status >= 400) {
              expect(body.error).toMatch(/\S/);
              expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:\d/);
            }
          },
        ),
        { numRuns: 15 },
      );
    },
  );
});

describe('without the right keys', () => {
  it.each(names)('[F-SEC-13] %s is refused', async (_name, route) => {
    const call = (as: 'app' | 'nobody', headers = {}) =>
      api.call(route.method, pathOf(route, 'x'), {
        as,
        headers,
        ...(route.method !== 'GET' && { body: {} }),
      });
    const unauthorized = [401, 401, 'Unauthorized.'];
    expect(refusal(await call('nobody'))).toEqual(unauthorized);
    expect(refusal(await call('nobody', { 'X-LC-Id': parley.appId }))).toEqual(unauthorized);
    const wrong = { 'X-LC-Id': parley.appId, 'X-LC-Key': `${parley.appKey},master` };
    expect(refusal(await call('nobody', wrong))).toEqual(unauthorized);
    const withAppKey = await call('app');
    switch (route.needs) {
      case 'master':
      case 'conversations':
        expect(refusal(withAppKey)).toEqual([403, 403, 'Forbidden to read/write by class permissions']);
        break;
      case 'session':
        expect(refusal(withAppKey)).toEqual([401, 4112, 'SESSION_TOKEN_EXPIRED']);
        break;
      case 'app':
        expect(withAppKey.status).not.toBe(401);
    }
  });
});

describe('a body that is no JSON object', () => {
  it.each(names.filter(([, { body }]) => body !== undefined))('is refused by %s', async (_name, route) => {
    // Where the query says it all, JS sends `null` for no body.
    const nothing = route.bodyFromQuery === true ? [] : ['null'];
    for (const text of ['{', '[]', '"text"', '{"a":1}}', ...nothing]) {
      const refused = await api.call(route.method, pathOf(route, 'x'), { text });
      expect([text, ...refusal(refused).slice(0, 2)]).toEqual([text, 400, 107]);
    }
  });
});

describe('requests from elsewhere', () => {
  it('[F-GEN-11] are allowed to pages of every origin, with every header SDKs send', async () => {
    const response = await fetch(`${parley.url}/1.2/rtm/stats`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://chat.example.com',
        'Access-Control-Request-Headers': 'x-avoscloud-application-id',
      },
    });
    expect(response.status).toBeLessThan(300);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
    expect(response.headers.get('access-control-allow-headers')).toContain('x-avoscloud-application-id');
    expect(response.headers.get('access-control-max-age')).toBe('86400');
  });

  it('[F-GEN-11] reach nothing that is not there', async () => {
    expect(refusal(await api.get('/1.2/rtm/nothing')).slice(0, 2)).toEqual([404, 404]);
    expect(refusal(await api.call('PATCH', '/1.2/rtm/stats'))).toEqual([405, 405, 'Method not allowed.']);
    expect((await api.get('//1.2//rtm/stats/')).status).toBe(200);
  });
});
