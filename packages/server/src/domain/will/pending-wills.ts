import type { MessageSent } from '../events.ts';
import type { AppKey, ClientId, SessionId } from '../identifiers.ts';

/** One last message per client, held until it disconnects without logging out (`wire-protocol §4.9.5`, D-17). */
export class PendingWills {
  readonly #wills = new Map<string, Will>();

  /** A later will of the same client replaces it, whatever the conversation. */
  set(app: AppKey, client: ClientId, will: Will): void {
    this.#wills.set(keyOf(app, client), will);
  }

  discard(app: AppKey, client: ClientId): void {
    this.#wills.delete(keyOf(app, client));
  }

  /** Discards the will if this session set it; one set by another device of the client stays. */
  discardOf(app: AppKey, client: ClientId, session: SessionId): void {
    if (this.#wills.get(keyOf(app, client))?.session === session) this.discard(app, client);
  }

  /** Takes the will out: it fires once. */
  take(app: AppKey, client: ClientId): Will | undefined {
    const key = keyOf(app, client);
    const will = this.#wills.get(key);
    if (will !== undefined) this.#wills.delete(key);
    return will;
  }
}

export interface Will {
  readonly conversationId: string;
  readonly message: MessageSent['message'];
  /** The session that set it: the will fires when that session is lost, not when another device disconnects. */
  readonly session: SessionId | undefined;
  readonly receipt: boolean;
  /** The only ones who get it, where the app chose when it was set. */
  readonly receivers?: readonly ClientId[];
}

function keyOf(app: AppKey, client: ClientId): string {
  return `${app}/${client}`;
}
