import { createHmac, randomBytes } from 'node:crypto';
import type { Operation, Signature } from '../session/authorize.ts';

export interface SignerOptions {
  readonly appId: string;
  /** Never leaves the app's server. */
  readonly masterKey: string;
}

/**
 * Signs what clients are about to do, where the app asks for it. A signature is a permission: check first that this
 * user may do this.
 *
 * @example
 * const sign = createSigner({ appId, masterKey });
 * app.post('/chat-signature', async (request, response) => {
 *   const operation = request.body; // what `authorize` of the SDK was asked
 *   if (operation.clientId !== request.user.id) return response.sendStatus(403);
 *   response.json(sign(operation));
 * });
 *
 * @returns a function that signs one operation for six hours
 */
export function createSigner({ appId, masterKey }: SignerOptions): (operation: Operation) => Signature {
  return (operation) => signAt(operation, { appId, masterKey }, Date.now(), randomBytes(12).toString('hex'));
}

/** With time and nonce passed in, for tests. @internal */
export function signAt(
  operation: Operation,
  { appId, masterKey }: SignerOptions,
  timestamp: number,
  nonce: string,
): Signature {
  const text = [
    appId,
    operation.clientId,
    ...subject(operation),
    timestamp,
    nonce,
    ...suffix(operation),
  ].join(':');
  return { signature: createHmac('sha1', masterKey).update(text).digest('hex'), timestamp, nonce };
}

function subject(operation: Operation): readonly string[] {
  if (operation.action === 'login') return [''];
  const members = [...operation.members].sort().join(':');
  return operation.action === 'create' ? [members] : [operation.conversationId, members];
}

/** Logging in and creating are signed without a word for the action (`hooks-and-signatures §6.2`). */
function suffix({ action }: Operation): readonly string[] {
  return action === 'login' || action === 'create' ? [] : [action];
}
