import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { App } from '../domain/app/app.ts';
import type { ClientId, Milliseconds, SessionId } from '../domain/identifiers.ts';

/**
 * What a session token vouches for. A JS or Java reconnect brings neither tag nor device, so both are bound to the
 * token (`wire-protocol §4.1.1`).
 */
export interface SessionClaims {
  readonly client: ClientId;
  readonly session: SessionId;
  readonly device: string;
  readonly tag: string | undefined;
  readonly features: number;
  /** The client's epoch when the token was issued; a kick raises the epoch and so voids the token. */
  readonly epoch: number;
  readonly expiresAt: Milliseconds;
}

const MAX_TOKEN_LENGTH = 2048;
const keys = new Map<string, Buffer>();

/** Signed, not stored: a login writes nothing. A new master key voids every token. */
export function issueToken(app: App, claims: SessionClaims): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${signature(app, payload).toString('base64url')}`;
}

/** The claims of a token this app signed and that has not expired at `now`; `undefined` for anything else. */
export function readToken(app: App, token: string, now: Milliseconds): SessionClaims | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const [payload, given, ...rest] = token.split('.');
  if (payload === undefined || given === undefined || rest.length > 0) return undefined;
  const expected = signature(app, payload);
  const received = Buffer.from(given, 'base64url');
  if (received.length !== expected.length || !timingSafeEqual(received, expected)) return undefined;
  // The signature is ours, so the content has the shape we gave it.
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as SessionClaims;
  return claims.expiresAt > now ? { ...claims, tag: claims.tag } : undefined;
}

function signature(app: App, payload: string): Buffer {
  return createHmac('sha256', keyOf(app)).update(payload).digest();
}

/** A key of its own for this purpose: the master key also signs what app servers issue. */
function keyOf(app: App): Buffer {
  const secret = `${app.id}\n${app.masterKey}`;
  let key = keys.get(secret);
  if (key === undefined) {
    key = Buffer.from(hkdfSync('sha256', app.masterKey, app.id, 'parley session token', 32));
    keys.set(secret, key);
  }
  return key;
}
