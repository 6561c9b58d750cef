import { createHmac, timingSafeEqual } from 'node:crypto';
import type { App } from '../app/app.ts';

/** Whether a hex digest is the HMAC-SHA1 of one of these texts under the app's master key. In constant time each. */
export function isSigned(app: App, texts: readonly string[], digest: string): boolean {
  const received = Buffer.from(digest, 'hex');
  return texts.some((text) => {
    const expected = createHmac('sha1', app.masterKey).update(text).digest();
    return received.length === expected.length && timingSafeEqual(received, expected);
  });
}
