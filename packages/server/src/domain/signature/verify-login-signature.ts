import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import { isSigned, loginText } from './check-signature.ts';
import { isFresh, signedAt } from './is-fresh.ts';
import type { Signature } from './signature.ts';

/**
 * Checks a login signature over `appId:clientId::timestamp:nonce` (F-SEC-06, F-SEC-08).
 *
 * @param signedAfter what was signed up to then is void
 * @throws ImError SIGNATURE_FAILED
 */
export function verifyLoginSignature(
  app: App,
  client: ClientId,
  signature: Signature | undefined,
  now: Milliseconds,
  signedAfter: Milliseconds = 0,
): void {
  if (signature === undefined) throw new ImError('SIGNATURE_FAILED', 'This app requires a login signature.');
  const { value, timestamp, nonce } = signature;
  if (!isFresh(timestamp, now)) {
    throw new ImError('SIGNATURE_FAILED', 'The login signature is older than six hours; sign again.');
  }
  if (signedAt(timestamp) <= signedAfter) {
    throw new ImError('SIGNATURE_FAILED', 'The client was sent away after this was signed; sign again.');
  }
  if (!isSigned(app, [loginText(app, client, timestamp, nonce)], value)) {
    throw new ImError(
      'SIGNATURE_FAILED',
      'The login signature does not match; check master key, fields and order.',
    );
  }
}
