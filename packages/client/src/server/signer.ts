import { createHmac, randomBytes } from 'node:crypto';
import type { Operation, Signature } from '../session/authorize.ts';

/** What clients do over REST alone: read the history of a conversation, where the app signs that. */
export interface HistoryQuery {
  readonly action: 'history';
  readonly clientId: string;
  readonly conversationId: string;
}

export interface SignerOptions {
  readonly appId: string;
  /** Never leaves the app's server. */
  readonly masterKey: string;
}

/**
 * Signs what clients are about to do, where the app asks for it. A signature is a permission: check first that this
 * user may do this, and that members are users: a text that was signed for one purpose is good for every purpose that
 * has the same text.
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
 * @throws TypeError where an id is empty, which no client has
 */
export function createSigner({
  appId,
  masterKey,
}: SignerOptions): (operation: Operation | HistoryQuery) => Signature {
  return (operation) => signAt(operation, { appId, masterKey }, Date.now(), randomBytes(12).toString('hex'));
}

/** With time and nonce passed in, for tests. @internal */
export function signAt(
  operation: Operation | HistoryQuery,
  { appId, masterKey }: SignerOptions,
  timestamp: number,
  nonce: string,
): Signature {
  if (idsIn(operation).includes('')) throw new TypeError('An id that is to be signed is empty.');
  const text = [appId, operation.clientId, ...rest(operation, timestamp, nonce)].join(':');
  return { signature: createHmac('sha1', masterKey).update(text).digest('hex'), timestamp, nonce };
}

function rest(operation: Operation | HistoryQuery, timestamp: number, nonce: string) {
  // The only one in which the nonce stands before the time.
  if (operation.action === 'history') return [operation.conversationId, nonce, timestamp];
  return [...subject(operation), timestamp, nonce, ...suffix(operation)];
}

function subject(operation: Operation): readonly string[] {
  if (operation.action === 'login') return [''];
  const members = [...new Set(operation.members)].sort().join(':');
  return operation.action === 'create' ? [members] : [operation.conversationId, members];
}

function idsIn(operation: Operation | HistoryQuery): readonly string[] {
  return [
    operation.clientId,
    ...('members' in operation ? operation.members : []),
    ...('conversationId' in operation ? [operation.conversationId] : []),
  ];
}

/** Logging in and creating are signed without a word for the action (`hooks-and-signatures §6.2`). */
function suffix({ action }: Operation): readonly string[] {
  return action === 'login' || action === 'create' ? [] : [action];
}
