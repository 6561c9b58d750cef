import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { App } from '../domain/app/app.ts';
import { defaultAppSettings } from '../domain/app/app-settings.ts';
import { authenticate } from './authenticate.ts';
import { RestError } from './rest-error.ts';

const app: App = {
  key: 1,
  id: 'Pz7mWq2LkTn4RxVb',
  appKey: 'kA9dQe3sUy6HfJ1w',
  masterKey: 'mX5cVb8nGt2ZrL0p',
  settings: defaultAppSettings,
};
const apps = {
  find: (id: string) => (id === app.id ? app : undefined),
  byKey: () => app,
  list: () => [app],
  whenChanged: () => {},
};

/** Level of who presents these headers; `undefined` where it is refused. */
function levelOf(headers: Record<string, string>, id: string | undefined = app.id): string | undefined {
  try {
    return authenticate(apps, { ...(id !== '' && { 'x-lc-id': id }), ...headers }).level;
  } catch (error) {
    expect(error).toBeInstanceOf(RestError);
    expect(error).toMatchObject({ status: 401, code: 401, message: 'Unauthorized.' });
    return undefined;
  }
}

const signOf = (key: string, at = 1_750_000_000_123) =>
  `${createHash('md5').update(`${at}${key}`).digest('hex')},${at}`;

describe('the caller of an API', () => {
  it('is known by a key', () => {
    expect(levelOf({ 'x-lc-key': app.appKey })).toBe('app');
    expect(levelOf({ 'x-lc-key': `${app.masterKey},master` })).toBe('master');
    // Without saying so, the master key is worth no more than the other.
    expect(levelOf({ 'x-lc-key': app.masterKey })).toBe('app');
    for (const key of ['wrong', `${app.appKey},master`, `${app.appKey} `, ',master', 'x'.repeat(500)]) {
      expect([key, levelOf({ 'x-lc-key': key })]).toEqual([key, undefined]);
    }
  });

  it('is known by a signature, however old, in either case', () => {
    // The published vectors.
    expect(levelOf({ 'x-lc-sign': '475779d2699a63320979937a35d68c7b,1750000000123' })).toBe('app');
    expect(levelOf({ 'x-lc-sign': '69127e93d5fb475425d9e5a481745cf7,1750000000123,master' })).toBe('master');
    expect(levelOf({ 'x-lc-sign': signOf(app.appKey, 1) })).toBe('app');
    expect(levelOf({ 'x-lc-sign': signOf(app.appKey).toUpperCase() })).toBe('app');
    expect(levelOf({ 'x-lc-sign': signOf(app.appKey).replace(',', ' , ') })).toBe('app');
    for (const sign of [
      `${signOf(app.appKey)},master`,
      signOf(app.masterKey),
      `${signOf(app.appKey)},ax-sig-1`,
      `${signOf(app.masterKey)},master,more`,
      signOf(app.appKey).split(',')[0] ?? '',
      signOf(app.appKey).replace(/,.*/, ',0'),
      ',',
      '',
    ]) {
      expect([sign, levelOf({ 'x-lc-sign': sign })]).toEqual([sign, undefined]);
    }
  });

  it('is believed its key before its signature', () => {
    const signed = { 'x-lc-sign': signOf(app.appKey) };
    expect(levelOf({ ...signed, 'x-lc-key': `${app.masterKey},master` })).toBe('master');
    expect(levelOf({ ...signed, 'x-lc-key': 'wrong' })).toBeUndefined();
  });

  it('is believed what it says under the present name before what it says under an earlier one', () => {
    for (const earlier of ['x-avoscloud-master-key', 'x-uluru-master-key', 'x-avoscloud-application-key']) {
      const wrong = { [earlier]: 'wrong' };
      expect(levelOf({ ...wrong, 'x-lc-key': `${app.masterKey},master` })).toBe('master');
      expect(levelOf({ ...wrong, 'x-lc-key': app.appKey })).toBe('app');
      expect(levelOf({ [earlier]: app.masterKey, 'x-lc-key': 'wrong' })).toBeUndefined();
    }
  });

  it('has to say which app it means', () => {
    for (const id of ['', 'unknown', `${app.id}x`]) {
      expect([id, levelOf({ 'x-lc-key': app.appKey }, id)]).toEqual([id, undefined]);
    }
    expect(levelOf({})).toBeUndefined();
  });

  it('may use the names of earlier years', () => {
    const names: readonly (readonly [string, string, string])[] = [
      ['x-avoscloud-application-id', 'x-avoscloud-application-key', 'x-avoscloud-master-key'],
      ['x-uluru-application-id', 'x-uluru-application-key', 'x-uluru-master-key'],
    ];
    for (const [id, key, master] of names) {
      expect(levelOf({ [id]: app.id, [key]: app.appKey }, '')).toBe('app');
      expect(levelOf({ [id]: app.id, [master]: app.masterKey }, '')).toBe('master');
      expect(levelOf({ [id]: app.id, [master]: app.appKey }, '')).toBeUndefined();
    }
    expect(levelOf({ 'x-avoscloud-request-sign': signOf(app.appKey) })).toBe('app');
    for (const session of ['x-lc-session', 'x-avoscloud-session-token', 'x-uluru-session-token']) {
      const caller = authenticate(apps, { 'x-lc-id': app.id, 'x-lc-key': app.appKey, [session]: 'token' });
      expect(caller.userToken).toBe('token');
    }
  });
});
