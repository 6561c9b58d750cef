import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { App } from '../app/app.ts';
import { defaultAppSettings } from '../app/app-settings.ts';
import { ImError } from '../errors.ts';
import { sign } from './check-signature.ts';
import { vectors } from './testing/vectors.ts';
import { type PresentedSignature, requireHistorySignature } from './verify-history-signature.ts';
import { verifyLoginSignature } from './verify-login-signature.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3600 * 1000;
const CID = '5789a33a1b8694ad267d8040';

const app: App = {
  key: 1,
  id: 'appid',
  appKey: 'appkey',
  masterKey: 'masterkey',
  settings: { ...defaultAppSettings, signHistory: true },
};

function outcomeOf(check: () => void): string {
  try {
    check();
    return 'allowed';
  } catch (error) {
    if (error instanceof ImError) return error.reason;
    throw error;
  }
}

const login = (client: string, value: string, { t = NOW, n = 'abc123', now = NOW, signedAfter = 0 } = {}) =>
  outcomeOf(() => verifyLoginSignature(app, client, { value, timestamp: t, nonce: n }, now, signedAfter));

describe('the worked examples of the specification', () => {
  it.each(Object.entries(vectors))(
    '[F-SEC-06][F-SEC-07] %s is HMAC-SHA1 of its text',
    (_, { text, signature }) => {
      expect(createHmac('sha1', 'masterkey').update(text, 'utf8').digest('hex')).toBe(signature);
      expect(sign(app, text)).toBe(signature);
    },
  );
});

describe('the signature of a login', () => {
  it('[F-SEC-06] lets in whom it names, in milliseconds or seconds, whatever letters the id has', () => {
    expect(login('Tom', vectors.S1.signature)).toBe('allowed');
    expect(login('Tom', vectors.S2.signature, { t: NOW / 1000 })).toBe('allowed');
    expect(login('汤姆', vectors.S3.signature)).toBe('allowed');
    expect(login('Tom', vectors.S1.signature.toUpperCase())).toBe('allowed');
  });

  it('[F-SEC-06] lets in nobody else, and nothing that was touched', () => {
    const { signature } = vectors.S1;
    expect(login('Jerry', signature)).toBe('SIGNATURE_FAILED');
    expect(login('Tom', `3${signature.slice(1)}`)).toBe('SIGNATURE_FAILED');
    expect(login('Tom', `${signature}zz`)).toBe('SIGNATURE_FAILED');
    expect(login('Tom', signature, { n: 'abc124' })).toBe('SIGNATURE_FAILED');
    expect(login('Tom', signature, { t: NOW + 1 })).toBe('SIGNATURE_FAILED');
    expect(login('Tom', vectors.S2.signature)).toBe('SIGNATURE_FAILED');
    const withoutNonce = sign(app, `appid:Tom::${NOW}:`);
    expect(login('Tom', withoutNonce, { n: '' })).toBe('SIGNATURE_FAILED');
    expect(outcomeOf(() => verifyLoginSignature(app, 'Tom', undefined, NOW))).toBe('SIGNATURE_FAILED');
  });

  it('[F-SEC-08] is good for six hours, and for clocks that are six hours ahead', () => {
    const { signature } = vectors.S1;
    expect(login('Tom', signature, { now: NOW + 6 * HOUR })).toBe('allowed');
    expect(login('Tom', signature, { now: NOW + 6 * HOUR + 1 })).toBe('SIGNATURE_FAILED');
    expect(login('Tom', signature, { now: NOW + 7 * HOUR })).toBe('SIGNATURE_FAILED');
    expect(login('Tom', signature, { now: NOW - 6 * HOUR })).toBe('allowed');
    expect(login('Tom', signature, { now: NOW - 6 * HOUR - 1 })).toBe('SIGNATURE_FAILED');
    const inSeconds = { t: NOW / 1000 };
    expect(login('Tom', vectors.S2.signature, { ...inSeconds, now: NOW + 6 * HOUR })).toBe('allowed');
    expect(login('Tom', vectors.S2.signature, { ...inSeconds, now: NOW + 6 * HOUR + 1 })).toBe(
      'SIGNATURE_FAILED',
    );
  });

  it('[F-SESS-28] is void once the client was sent away after it was made', () => {
    expect(login('Tom', vectors.S1.signature, { signedAfter: NOW - 1 })).toBe('allowed');
    expect(login('Tom', vectors.S1.signature, { signedAfter: NOW })).toBe('SIGNATURE_FAILED');
    expect(login('Tom', vectors.S2.signature, { t: NOW / 1000, signedAfter: NOW })).toBe('SIGNATURE_FAILED');
  });
});

describe('the signature of a history query', () => {
  const history = (presented: Partial<PresentedSignature>) =>
    outcomeOf(() =>
      requireHistorySignature(
        app,
        { client: 'Tom', conversation: CID, timestamp: NOW, nonce: 'abc123', ...presented },
        NOW,
      ),
    );
  const FAILED = 'CONVERSATION_SIGNATURE_FAILED';

  it('[F-SEC-10] is good in the documented order and in that of the demos', () => {
    expect(history({ value: vectors.S15.signature })).toBe('allowed');
    expect(history({ value: vectors.S16.signature })).toBe('allowed');
  });

  it('[F-SEC-10] is for one client and one conversation, and whole', () => {
    const value = vectors.S15.signature;
    expect(history({ value, client: 'Jerry' })).toBe(FAILED);
    expect(history({ value, conversation: 'f'.repeat(24) })).toBe(FAILED);
    expect(history({ value, timestamp: NOW - 7 * HOUR })).toBe(FAILED);
    expect(history({})).toBe(FAILED);
    for (const missing of ['client', 'nonce', 'timestamp'] as const) {
      expect([missing, history({ value, [missing]: undefined })]).toEqual([missing, FAILED]);
    }
    // Signed as it is: what is empty is missing, whatever it is signed with.
    const emptyNonce = sign(app, `appid:Tom:${CID}::${NOW}`);
    expect(history({ value: emptyNonce, nonce: '' })).toBe(FAILED);
  });
});
