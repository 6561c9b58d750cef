import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { errorTable } from '@parley/protocol/errors';
import type { App } from '../domain/app/app.ts';
import type { Apps } from '../domain/ports/apps.ts';
import { isSameSecret } from '../domain/same-secret.ts';
import { forbidden, RestError, unauthorized } from './rest-error.ts';
import type { Needs, RestServices } from './route.ts';

/** Who calls: a client of the app, or one of its servers, which may do everything. */
export interface Caller {
  readonly app: App;
  readonly level: 'app' | 'master';
  /** Session token of a user of the app, unchecked. A stale one is no reason to refuse (`storage-subset §1.4`). */
  readonly userToken?: string;
}

/** Names of earlier years come last; deployed callers still send them (`storage-subset §1.5`). */
const ID_HEADERS = ['x-lc-id', 'x-avoscloud-application-id', 'x-uluru-application-id'];
const KEY_HEADERS = ['x-lc-key'];
const EARLIER_KEY_HEADERS = ['x-avoscloud-application-key', 'x-uluru-application-key'];
const MASTER_HEADERS = ['x-avoscloud-master-key', 'x-uluru-master-key'];
const SIGN_HEADERS = ['x-lc-sign', 'x-avoscloud-request-sign', 'x-uluru-request-sign'];
const USER_HEADERS = ['x-lc-session', 'x-avoscloud-session-token', 'x-uluru-session-token'];
const IM_TOKEN_HEADERS = ['x-lc-im-session-token'];
const MASTER_SUFFIX = ',master';

/**
 * The app and level a request presents (`storage-subset §1.4`).
 *
 * @throws RestError 401
 */
export function authenticate(apps: Apps, headers: IncomingHttpHeaders): Caller {
  const app = apps.find(first(headers, ID_HEADERS) ?? '');
  if (app === undefined) throw unauthorized();
  const level = levelOf(app, headers);
  if (level === undefined) throw unauthorized();
  const userToken = first(headers, USER_HEADERS);
  return { app, level, ...(userToken !== undefined && { userToken }) };
}

/**
 * Refuses who presents less than a route needs. Who has the master key needs no session (`rest §6.3`).
 *
 * @throws RestError 401, 403
 */
export function requireLevel(
  { isSessionToken }: RestServices,
  caller: Caller,
  needs: Needs,
  request: { readonly headers: IncomingHttpHeaders; readonly query: unknown },
): void {
  if (caller.level === 'master' || needs === 'app') return;
  switch (needs) {
    case 'master':
      throw forbidden('This needs the master key.');
    case 'conversations':
      if (caller.app.settings.appKeyManagesConversations) return;
      throw forbidden('This needs the master key, unless the app lets its app key manage conversations.');
    case 'session': {
      const token = first(request.headers, IM_TOKEN_HEADERS);
      const client = (request.query as { readonly client_id?: unknown }).client_id;
      const isValid =
        typeof client === 'string' && token !== undefined && isSessionToken(caller.app, client, token);
      // ObjC answers this very code with a fresh token (`rest §1.3`).
      if (!isValid) throw new RestError(401, errorTable.SESSION_TOKEN_EXPIRED.code, 'SESSION_TOKEN_EXPIRED');
    }
  }
}

/** What is said under the present name of the key counts, whatever earlier names say beside it. */
function levelOf(app: App, headers: IncomingHttpHeaders): Caller['level'] | undefined {
  const key = first(headers, KEY_HEADERS);
  if (key !== undefined) return levelOfKey(app, key);
  const masterKey = first(headers, MASTER_HEADERS);
  if (masterKey !== undefined) return isSameSecret(masterKey, app.masterKey) ? 'master' : undefined;
  const earlier = first(headers, EARLIER_KEY_HEADERS);
  if (earlier !== undefined) return levelOfKey(app, earlier);
  const sign = first(headers, SIGN_HEADERS);
  return sign === undefined ? undefined : levelOfSign(app, sign);
}

function levelOfKey(app: App, key: string): Caller['level'] | undefined {
  if (key.endsWith(MASTER_SUFFIX)) {
    return isSameSecret(key.slice(0, -MASTER_SUFFIX.length), app.masterKey) ? 'master' : undefined;
  }
  return isSameSecret(key, app.appKey) || isSameSecret(key, app.masterKey) ? 'app' : undefined;
}

/** `{md5 of time and key},{time}` with `,master` for the master key. Devices have wrong clocks, so age is no reason. */
function levelOfSign(app: App, sign: string): Caller['level'] | undefined {
  const [digest = '', time = '', kind, ...rest] = sign.split(',').map((part) => part.trim());
  if (rest.length > 0 || (kind !== undefined && kind !== 'master') || !/^\d{1,16}$/.test(time))
    return undefined;
  const level = kind === 'master' ? 'master' : 'app';
  const key = level === 'master' ? app.masterKey : app.appKey;
  const expected = createHash('md5').update(`${time}${key}`).digest('hex');
  return isSameSecret(digest.toLowerCase(), expected) ? level : undefined;
}

function first(headers: IncomingHttpHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
