import type { ClientId, ConversationKey, MessageId, Milliseconds, SessionId } from '../domain/identifiers.ts';
import type { Push } from './push.ts';

/** What must reach a session in the order of a conversation's commits. */
export interface InSequence {
  readonly conversation: ConversationKey;
  /** Set for a message. Edits, recalls and unread counts have none. */
  readonly message?: { readonly id: MessageId; readonly timestamp: Milliseconds };
  /** Only for who subscribed to this service, which may turn out while the message waits. */
  readonly subscribersOf?: ConversationKey;
}

/** One push and who is to get it. */
export interface Delivery {
  readonly to: Iterable<ClientId>;
  /** Everybody who is in this chat room, on top of the clients. */
  readonly room?: ConversationKey;
  /** Every session of the app; with `inSequence.subscribersOf`, those that listen to the service. */
  readonly everybody?: true;
  /** Clients that are not to get it, although it is for everybody. */
  readonly exceptClients?: ReadonlySet<ClientId>;
  readonly push: Push;
  /** A client that is not to get it, although it is in the room. */
  readonly exceptClient?: ClientId;
  /** The session that caused it and knows already. */
  readonly except?: SessionId;
  /** Set for messages and what is said about them, which wait while a session is catching up. */
  readonly inSequence?: InSequence;
  /** What may happen to it on a congested connection; `required` where absent. */
  readonly urgency?: 'required' | 'normal' | 'low';
  /** Counts towards the app's ceiling of deliveries, and is discarded beyond it (F-LIM-05). */
  readonly isCapped?: true;
  /** Only for sessions whose SDK keeps unread counts; the old offline mode has no such command. */
  readonly unreadModeOnly?: boolean;
}
