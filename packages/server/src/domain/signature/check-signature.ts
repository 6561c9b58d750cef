import { createHmac, timingSafeEqual } from 'node:crypto';
import type { App } from '../app/app.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import { isFresh } from './is-fresh.ts';
import type { Signature } from './signature.ts';

const HEX_DIGEST = /^[0-9a-f]{40}$/i;

/**
 * What is wrong with a signature, as a sentence that says what to do; `undefined` where it is a fresh one of one of
 * these texts (`hooks-and-signatures §6.4`).
 */
export function problemWith(
  app: App,
  texts: readonly string[],
  { value, timestamp, nonce }: Signature,
  now: Milliseconds,
): string | undefined {
  if (nonce === '') return 'The signature comes without the nonce that was signed; send all three.';
  if (!isFresh(timestamp, now)) {
    return 'The signature is not within six hours of the clock of this server; sign again.';
  }
  if (isSigned(app, texts, value)) return undefined;
  return 'The signature does not match; check master key, fields, their order, and the action.';
}

/** Whether a hex digest is the HMAC-SHA1 of one of these texts under the app's master key. In constant time each. */
function isSigned(app: App, texts: readonly string[], digest: string): boolean {
  // Buffer.from would leave out what is no hex, and take the rest for a signature.
  if (!HEX_DIGEST.test(digest)) return false;
  const received = Buffer.from(digest, 'hex');
  return texts.some((text) => timingSafeEqual(received, hmac(app, text)));
}

/** In hex, as clients send it. */
export function sign(app: App, text: string): string {
  return hmac(app, text).toString('hex');
}

/** What the signature of a login is of; the part in the middle has always been empty (`wire-protocol §5.4`). */
export function loginText(app: App, client: ClientId, timestamp: number, nonce: string): string {
  return `${app.id}:${client}::${timestamp}:${nonce}`;
}

function hmac(app: App, text: string): Buffer {
  return createHmac('sha1', app.masterKey).update(text).digest();
}
