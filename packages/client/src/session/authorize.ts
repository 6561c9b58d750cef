import { type Http, isRefusal } from '../connection/http.ts';
import { localError, ParleyError } from '../errors.ts';

/** What a client is about to do that the app may want signed. `members` are sorted, as they are signed. */
export type Operation =
  | { readonly action: 'login'; readonly clientId: string }
  | { readonly action: 'create'; readonly clientId: string; readonly members: readonly string[] }
  | {
      readonly action: 'invite' | 'kick' | 'conversation-block-clients' | 'conversation-unblock-clients';
      readonly clientId: string;
      readonly conversationId: string;
      readonly members: readonly string[];
    };

/** Made by the app's server, for example with `createSigner` of `@parley/client/server`. */
export interface Signature {
  /** Hexadecimal. */
  readonly signature: string;
  /** Milliseconds. */
  readonly timestamp: number;
  readonly nonce: string;
}

/** For apps that keep their users in Parley: proves a login by the session of such a user. */
export interface UserSession {
  readonly userSessionToken: string;
}

/**
 * Asked before each operation that may need a signature, and before each login that has no valid session token; what it
 * answers is used once. `undefined` means that none is needed. Where it throws it is asked again later, unless what it
 * throws has a `status` that refuses, such as 403: the response of the app's server, for example.
 *
 * @example
 * const authorize: Authorize = async (operation) => {
 *   const response = await fetch('/chat-signature', { method: 'POST', body: JSON.stringify(operation) });
 *   if (!response.ok) throw response;
 *   return response.json();
 * };
 */
export type Authorize = (
  operation: Operation,
) => Signature | UserSession | undefined | Promise<Signature | UserSession | undefined>;

/** The signature as the fields of a command. */
export interface SignatureFields {
  readonly s?: string;
  readonly t?: number;
  readonly n?: string;
}

export async function authorizeWith(
  authorize: Authorize | undefined,
  operation: Operation,
  http: Http,
): Promise<SignatureFields> {
  if (authorize === undefined) return {};
  const answer = await ask(authorize, operation);
  if (answer === undefined) return {};
  const { signature, timestamp, nonce } =
    'userSessionToken' in answer ? await exchange(answer, http) : answer;
  return { s: signature, t: timestamp, n: nonce };
}

/** The app's own server may be out of reach for a moment, like ours; that is no reason to give up, but its refusal is. */
async function ask(authorize: Authorize, operation: Operation) {
  try {
    return await authorize(operation);
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    const { status } = (cause ?? {}) as { readonly status?: unknown };
    if (typeof status !== 'number') throw localError('AUTHORIZE_FAILED', undefined, { cause });
    const detail = `The app’s authorize function failed with status ${status}.`;
    throw localError('AUTHORIZE_FAILED', detail, { cause, isPassing: !isRefusal(status) });
  }
}

async function exchange({ userSessionToken }: UserSession, http: Http): Promise<Signature> {
  const answer = await http.post('/1.1/rtm/sign', { body: { session_token: userSessionToken } });
  const { signature, timestamp, nonce } = (answer ?? {}) as Partial<Signature>;
  if (signature === undefined || timestamp === undefined || nonce === undefined) {
    throw localError('HTTP_FAILED', 'The server signed nothing for this user.');
  }
  return { signature, timestamp, nonce };
}
