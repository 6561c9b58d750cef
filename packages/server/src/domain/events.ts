import type { MemberRole } from './conversation/conversation.ts';
import type { Conversation } from './conversation/known-conversation.ts';
import type { AppKey, ClientId, ConversationKey, MessageId, Milliseconds, SessionId } from './identifiers.ts';
import type { JsonObject } from './json.ts';
import type { StoredMessage } from './message/message.ts';
import type { UnreadState } from './ports/member-states.ts';
import type { ModerationEvent } from './ports/notices.ts';

/**
 * Committed facts: the only thing lane 1 hands to lane 2. An event is complete in itself, so that nobody who is
 * told has to ask back.
 */
export type DomainEvent =
  | ConversationCreated
  | MembersAdded
  | MembersRemoved
  | ConversationUpdated
  | MessageSent
  | MessagePatched
  | MessageDelivered
  | MessageRead
  | UnreadChanged
  | RoleChanged
  | MembersModerated
  | ClientKicked
  | SubscriptionChanged
  | ChatRoomVisited
  | ClientOnline
  | ClientOffline;

interface Fact {
  readonly app: AppKey;
  /** When it happened; the `serverTs` of every push that tells of it. */
  readonly at: Milliseconds;
  /** Hooks are not told of it: one of them did it. */
  readonly isUnhooked?: true;
  /** The session that caused it, where it must not be told what its reply already says. */
  readonly origin?: SessionId;
}

interface InConversation extends Fact {
  /** As committed, the change included. */
  readonly conversation: Conversation;
}

export interface ConversationCreated extends InConversation {
  readonly type: 'conversation-created';
  readonly by?: ClientId;
  /** Where it was asked for from. */
  readonly address?: string;
}

export interface MembersAdded extends InConversation {
  readonly type: 'members-added';
  readonly by?: ClientId;
  readonly clients: readonly ClientId[];
  /** Where it was asked for from. */
  readonly address?: string;
}

export interface MembersRemoved extends InConversation {
  readonly type: 'members-removed';
  readonly by?: ClientId;
  readonly clients: readonly ClientId[];
  /** Where it was asked for from. */
  readonly address?: string;
}

export interface ConversationUpdated extends InConversation {
  readonly type: 'conversation-updated';
  readonly by?: ClientId;
  /** The update as asked for, and the resulting value of every top-level key it touched. */
  readonly requested: JsonObject;
  readonly resulting: JsonObject;
}

/** What every recipient is shown of a message, whether or not it is stored. */
export type DeliverableMessage = Pick<
  StoredMessage,
  'id' | 'timestamp' | 'sender' | 'body' | 'mentions' | 'mentionAll' | 'patchedAt'
>;

export interface MessageSent extends InConversation {
  readonly type: 'message-sent';
  readonly message: DeliverableMessage;
  /** `stored` messages reach those who are away through unread and history; the others are for those online now. */
  readonly kind: 'stored' | 'transient' | 'will';
  readonly priority: MessagePriority;
  /** Set in services, which have no members. */
  readonly audience?: ServiceAudience;
  /**
   * The only ones who get it besides its sender, where the app chose; absent: whoever is in the conversation. In a
   * service, where each of its receivers is told by an event of its own, all of them.
   */
  readonly receivers?: readonly ClientId[];
  /** Another event told of this message already; only who is named in this one is not told yet. */
  readonly isContinued?: true;
  readonly receipt?: boolean;
  /** Where it was sent from. */
  readonly address?: string;
  /** Push content the sender gave for those who are offline. */
  readonly pushData?: string;
  /** Whether the sender's own devices get it, member or not; absent: as any member. */
  readonly reachesSender?: boolean;
  /** A client said it to a service. */
  readonly isToService?: true;
}

/**
 * Who hears what is said in a service: clients one by one, whoever subscribed, or every client of the app. `log` is
 * where the message is kept; within it, messages are told in the order of their commits.
 */
export type ServiceAudience =
  | { readonly to: 'clients'; readonly clients: readonly ClientId[]; readonly log: ConversationKey }
  | {
      readonly to: 'subscribers' | 'everybody';
      readonly log: ConversationKey;
      /** Those of them that do not see the message. */
      readonly except?: readonly ClientId[];
    };

export type MessagePriority = 'high' | 'normal' | 'low';

/** What is told of a message that changed. */
export type PatchedMessage = DeliverableMessage & Pick<StoredMessage, 'recalled'>;

export interface MessagePatched extends InConversation {
  readonly type: 'message-patched';
  /** Set where not everybody in the conversation is told, and in services, which have no members. */
  readonly audience?: ServiceAudience;
  readonly message: PatchedMessage;
  /** Why the server itself changed the message; absent where its author did. */
  readonly reason?: { readonly code?: number; readonly detail?: string };
  /** The author hears of it from an event of its own, which has a reason. */
  readonly authorToldApart?: true;
}

/** The receiver's device has it. Told to the sender only. */
export interface MessageDelivered extends InConversation {
  readonly type: 'message-delivered';
  readonly id: MessageId;
  readonly sender: ClientId;
  readonly by: ClientId;
}

/** The receiver has read it and everything before. Told to the sender only. */
export interface MessageRead extends InConversation {
  readonly type: 'message-read';
  readonly id: MessageId;
  readonly sender: ClientId;
  readonly by: ClientId;
  /** Everything sent strictly before this moment is read. */
  readonly readBefore: Milliseconds;
}

/** A member became a manager, or a member like any other again. */
export interface RoleChanged extends InConversation {
  readonly type: 'role-changed';
  readonly by?: ClientId;
  readonly role: MemberRole;
}

/** Members may not send any more or may again; clients may not come in any more or may again. */
export interface MembersModerated extends InConversation {
  readonly type: 'members-moderated';
  readonly what: ModerationEvent;
  readonly by?: ClientId;
  readonly clients: readonly ClientId[];
  /** Those of them who were in the chat room and are not any more. */
  readonly putOut?: readonly ClientId[];
}

/** A client began or ceased to listen to a service. */
export interface SubscriptionChanged extends InConversation {
  readonly type: 'subscription-changed';
  readonly client: ClientId;
  readonly subscribed: boolean;
  /** Absent where the app's own server did it, of which the client is not told. */
  readonly by?: ClientId;
  readonly address?: string;
}

/** A client entered a chat room or left it, by its own will. Nobody in the room is told (F-ROOM-08). */
export interface ChatRoomVisited extends InConversation {
  readonly type: 'chat-room-visited';
  readonly client: ClientId;
  readonly entered: boolean;
  readonly address?: string;
}

/** The app's own server sent a client away, from every device, or banned it. */
export interface ClientKicked extends Fact {
  readonly type: 'client-kicked';
  readonly client: ClientId;
  /** Tokens of earlier epochs are void. */
  readonly epoch: number;
  readonly reason: string;
  /** It may not come back, and is told so. */
  readonly isBan?: true;
  /** Of who asked for it. */
  readonly address?: string;
}

/** A client logged in on a device. */
export interface ClientOnline extends Fact {
  readonly type: 'client-online';
  readonly client: ClientId;
  readonly address: string;
  /** Set where sessions of the same tag had to go. */
  readonly displacing?: string;
  readonly isReconnect: boolean;
}

/** A session of a client ended, one way or another. */
export interface ClientOffline extends Fact {
  readonly type: 'client-offline';
  readonly client: ClientId;
  readonly how: 'logout' | 'lost' | 'displaced' | 'kicked';
  readonly tag?: string;
  /** Of whoever ended it; absent where the connection was lost. */
  readonly address?: string;
  /** Why the server itself cut the connection. */
  readonly cause?: LossCause;
}

export type LossCause = 'silent' | 'no-login' | 'frame-too-long' | 'unparseable' | 'server-failure';

/** A client's read position moved; every device of it shows the new count. */
export interface UnreadChanged extends Fact {
  readonly type: 'unread-changed';
  readonly client: ClientId;
  readonly state: UnreadState;
  /** Whatever changed before is in what the client was told. */
  readonly completeUpTo: Milliseconds;
}
