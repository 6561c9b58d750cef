import type { ClientId, ConversationKey, Milliseconds } from '../identifiers.ts';
import type { SentMessage } from './message-to-send.ts';
import { unstored } from './unstored.ts';

/** Tokens of SDKs have 36 characters; nobody is to fill the memory with longer ones. */
const MAX_TOKEN = 256;

/** The bounded map behind it; `lru-cache` fits. */
export interface BoundedMap {
  get(key: string): SentMessage | undefined;
  set(key: string, value: SentMessage): unknown;
}

interface Unstored {
  readonly conversation: ConversationKey;
  readonly sender: ClientId;
  readonly token?: string;
  readonly at: Milliseconds;
}

/**
 * Knows messages again that are kept nowhere: one whose answer was lost comes a second time, under the token it had
 * (`wire-protocol §4.9.6`). Of many the oldest are forgotten first.
 */
export class RecentUnstored {
  readonly #recent: BoundedMap;

  constructor(recent: BoundedMap) {
    this.#recent = recent;
  }

  /** Id and time of a message, and whether it is here for the first time. */
  take({ conversation, sender, token, at }: Unstored): {
    readonly sent: SentMessage;
    readonly isNew: boolean;
  } {
    if (token === undefined || token.length > MAX_TOKEN) return { sent: unstored(at), isNew: true };
    const name = `${conversation}/${sender.length}/${sender}/${token}`;
    const known = this.#recent.get(name);
    if (known !== undefined) return { sent: known, isNew: false };
    const sent = unstored(at);
    this.#recent.set(name, sent);
    return { sent, isNew: true };
  }
}
