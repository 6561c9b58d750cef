import { createHmac, timingSafeEqual } from 'node:crypto';
import type { App } from '../app/app.ts';
import type { ClientId } from '../identifiers.ts';

/** Whether a hex digest is the HMAC-SHA1 of one of these texts under the app's master key. In constant time each. */
export function isSigned(app: App, texts: readonly string[], digest: string): boolean {
  const received = Buffer.from(digest, 'hex');
  return texts.some((text) => {
    const expected = hmac(app, text);
    return received.length === expected.length && timingSafeEqual(received, expected);
  });
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
