import { describe, expect, it } from 'vitest';
import type { App } from '../domain/app/app.ts';
import { defaultAppSettings } from '../domain/app/app-settings.ts';
import { issueToken, readToken, type SessionClaims } from './session-token.ts';

const app: App = {
  key: 1,
  id: 'app-under-test',
  appKey: 'k',
  masterKey: 'a master key',
  settings: defaultAppSettings,
};
const claims: SessionClaims = {
  client: 'Tom',
  session: 'session-1',
  device: 'phone',
  tag: 'Mobile',
  features: 0xbb,
  epoch: 0,
  expiresAt: 2_000,
};

describe('session tokens', () => {
  it('[F-SESS-29] carry client, device, tag and features across a restart', () => {
    expect(readToken(app, issueToken(app, claims), 1_999)).toEqual(claims);
  });

  it('[F-SESS-30] are worthless once expired', () => {
    expect(readToken(app, issueToken(app, claims), 2_000)).toBeUndefined();
  });

  it('[F-SESS-30] are worthless when a single character was changed', () => {
    const token = issueToken(app, claims);
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'A' ? 'B' : 'A';
      const forged = token.slice(0, index) + other + token.slice(index + 1);
      const read = readToken(app, forged, 1);
      // The last base64 character of the signature has bits nobody looks at.
      if (index < token.length - 1) expect(read, `character ${index}`).toBeUndefined();
    }
  });

  it('are worthless for another app and after the master key was reset', () => {
    const token = issueToken(app, claims);
    expect(readToken({ ...app, id: 'another-app' }, token, 1)).toBeUndefined();
    expect(readToken({ ...app, masterKey: 'a new master key' }, token, 1)).toBeUndefined();
  });

  it.each(['', '.', 'a.b', 'a.b.c', '💥', 'x'.repeat(5000)])(
    'are refused when they are garbage: %j',
    (garbage) => {
      expect(readToken(app, garbage, 1)).toBeUndefined();
    },
  );
});
