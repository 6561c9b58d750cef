import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import { loginText, problemWith } from './check-signature.ts';
import { signedAt } from './is-fresh.ts';
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
  const { timestamp, nonce } = signature;
  const problem = problemWith(app, [loginText(app, client, timestamp, nonce)], signature, now);
  if (problem !== undefined) throw new ImError('SIGNATURE_FAILED', problem);
  if (signedAt(timestamp) <= signedAfter) {
    throw new ImError('SIGNATURE_FAILED', 'The client was sent away after this was signed; sign again.');
  }
}
