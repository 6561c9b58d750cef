import type { JsonObject } from '../json.ts';
import type { Message } from '../messages/message.ts';
import type { Conversation } from './conversation.ts';
import type { Role } from './roles.ts';

interface Happening {
  readonly conversation: Conversation;
}

interface ByClient extends Happening {
  /** The client that did it; `undefined` where the app's server did. */
  readonly by: string | undefined;
}

interface ByClientToMembers extends ByClient {
  readonly members: readonly string[];
}

interface WithMessage extends Happening {
  readonly message: Message;
}

/** What happens in a conversation. Clients emit the same events for all of theirs. */
export interface ConversationEvents {
  /** Somebody else, or this client on another device, said something. What this device sends is not repeated. */
  message: WithMessage;
  messageEdited: WithMessage;
  messageRecalled: WithMessage;
  /** This client is a member now: invited by another, or by its own doing. */
  joined: ByClient;
  /** This client is no member any more: removed by another, or by its own doing. */
  left: ByClient;
  membersJoined: ByClientToMembers;
  membersLeft: ByClientToMembers;
  /** Name, attributes or columns; `changes` has the new values by their paths. */
  updated: ByClient & { readonly changes: JsonObject };
  roleChanged: ByClient & { readonly clientId: string; readonly role: Role };
  /** This client may not speak, and may again. */
  silenced: ByClient;
  unsilenced: ByClient;
  membersSilenced: ByClientToMembers;
  membersUnsilenced: ByClientToMembers;
  /** This client was shut out, and may come back. */
  blocked: ByClient;
  unblocked: ByClient;
  membersBlocked: ByClientToMembers;
  membersUnblocked: ByClientToMembers;
  /** A message of this client, asked for a receipt, arrived at `clientId` or was read there; `at` in milliseconds. */
  receipt: Happening & {
    readonly kind: 'delivered' | 'read';
    readonly messageId: string;
    readonly clientId: string | undefined;
    readonly at: number;
  };
  /** Somebody began or stopped to type. */
  typing: Happening & { readonly clientId: string; readonly isTyping: boolean };
  unread: Happening & { readonly count: number; readonly isMentioned: boolean };
  /** Anything of {@link Conversation.data} changed. */
  changed: Happening;
}
