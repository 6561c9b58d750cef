import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { App } from '../domain/app/app.ts';
import type { Apps } from '../domain/ports/apps.ts';
import { unauthorized } from './rest-error.ts';

/** Who calls: a client of the app, or one of its servers, which may do everything. */
export interface Caller {
  readonly app: App;
  readonly level: 'app' | 'master';
}

/** Names of earlier years first to last; deployed callers still send them (`storage-subset §1.5`). */
const ID_HEADERS = ['x-lc-id', 'x-avoscloud-application-id', 'x-uluru-application-id'];
const KEY_HEADERS = ['x-lc-key', 'x-avoscloud-application-key', 'x-uluru-application-key'];
const MASTER_HEADERS = ['x-avoscloud-master-key', 'x-uluru-master-key'];
const SIGN_HEADERS = ['x-lc-sign', 'x-avoscloud-request-sign', 'x-uluru-request-sign'];
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
  return { app, level };
}

function levelOf(app: App, headers: IncomingHttpHeaders): Caller['level'] | undefined {
  const masterKey = first(headers, MASTER_HEADERS);
  if (masterKey !== undefined) return isSame(masterKey, app.masterKey) ? 'master' : undefined;
  const key = first(headers, KEY_HEADERS);
  if (key !== undefined) {
    if (key.endsWith(MASTER_SUFFIX)) {
      return isSame(key.slice(0, -MASTER_SUFFIX.length), app.masterKey) ? 'master' : undefined;
    }
    return isSame(key, app.appKey) || isSame(key, app.masterKey) ? 'app' : undefined;
  }
  const sign = first(headers, SIGN_HEADERS);
  return sign === undefined ? undefined : levelOfSign(app, sign);
}

/** `{md5 of time and key},{time}` with `,master` for the master key. Devices have wrong clocks, so age is no reason. */
function levelOfSign(app: App, sign: string): Caller['level'] | undefined {
  const [digest = '', time = '', kind, ...rest] = sign.split(',').map((part) => part.trim());
  if (rest.length > 0 || (kind !== undefined && kind !== 'master') || !/^\d{1,16}$/.test(time))
    return undefined;
  const level = kind === 'master' ? 'master' : 'app';
  const key = level === 'master' ? app.masterKey : app.appKey;
  const expected = createHash('md5').update(`${time}${key}`).digest('hex');
  return isSame(digest.toLowerCase(), expected) ? level : undefined;
}

function first(headers: IncomingHttpHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** In a time that says nothing about where two texts differ; hashed, because the comparison wants equal lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
