import type { ConversationEvents } from './conversations/conversation-events.ts';
import type { ClientState } from './session/session.ts';

/** What happens to a client: everything in its conversations, and to the client itself. */
export interface ClientEvents extends ConversationEvents {
  /** Logging in, logged in, cut off, closed. */
  state: { readonly state: ClientState; readonly previous: ClientState };
}
