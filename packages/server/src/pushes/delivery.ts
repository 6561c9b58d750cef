import type { ClientId, ConversationKey, Milliseconds, SessionId } from '../domain/identifiers.ts';
import type { Push } from './push.ts';

/** One push and who is to get it. */
export interface Delivery {
  readonly to: Iterable<ClientId>;
  readonly push: Push;
  /** The session that caused it and knows already. */
  readonly except?: SessionId;
  /** Set for messages, which wait while a session is catching up. */
  readonly message?: { readonly conversation: ConversationKey; readonly timestamp: Milliseconds };
  /** What may happen to it on a congested connection; `required` where absent. */
  readonly urgency?: 'required' | 'normal' | 'low';
  /** Only for sessions whose SDK keeps unread counts; the old offline mode has no such command. */
  readonly unreadModeOnly?: boolean;
}
