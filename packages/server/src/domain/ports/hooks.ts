import type { App } from '../app/app.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { ClientId, MessageId, Milliseconds } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { MessageBody } from '../message/message.ts';
import type { DataRecord } from '../records/record.ts';

/** The app's own logic, wherever it runs: asked before something happens (`hooks-and-signatures §1`). */
export interface Hooks {
  /** What an app has something to say about right now; absent where that is nothing. */
  before(app: App): BeforeHooks | undefined;
}

/** Each of these is absent where the app has no such hook, so that nothing waits for it. They reject with {@link HookFailed}. */
export interface BeforeHooks {
  readonly messageReceived?: (message: IncomingMessage) => Promise<MessageVerdict>;
  readonly messageUpdate?: (message: MessageUpdate) => Promise<MessageVerdict>;
  /** Asked when a message is told already, before those who are away are notified. */
  readonly receiversOffline?: (message: MissedMessage) => Promise<PushVerdict>;
  readonly conversationStart?: (start: ConversationStart) => Promise<StartVerdict>;
  readonly conversationAdd?: (change: MembershipRequest) => Promise<Verdict>;
  readonly conversationRemove?: (change: MembershipRequest) => Promise<Verdict>;
  readonly conversationUpdate?: (update: ConversationUpdate) => Promise<UpdateVerdict>;
  /** Whether a user of the app may have a login signed. */
  readonly clientSign?: (user: DataRecord, sessionToken: string) => Promise<SignVerdict>;
}

/** The hook did not answer, or not in a way that can be understood. What follows is a setting of the app. */
export class HookFailed extends Error {
  override readonly name = 'HookFailed';
}

export interface IncomingMessage {
  readonly conversation: Conversation;
  readonly sender: ClientId;
  /** Without the sender; empty where nobody can name them all. */
  readonly receivers: readonly ClientId[];
  readonly body: MessageBody;
  readonly transient: boolean;
  readonly receipt: boolean;
  readonly at: Milliseconds;
  readonly address?: string;
}

export interface MessageUpdate extends Omit<IncomingMessage, 'transient' | 'receipt'> {
  readonly id: MessageId;
  readonly recall: boolean;
}

/** A committed message, and who was not there when it was told. */
export interface MissedMessage {
  readonly conversation: Conversation;
  readonly sender: ClientId;
  /** Those who silenced the conversation included. */
  readonly offline: readonly ClientId[];
  readonly body: MessageBody;
  readonly at: Milliseconds;
  readonly mentions: readonly ClientId[];
  readonly mentionAll: boolean;
}

export type PushVerdict =
  | { readonly verdict: 'skip' }
  | {
      readonly verdict: 'push';
      /** The only ones who are notified. */
      readonly receivers?: readonly ClientId[];
      /** Instead of whatever content the message or the app has. */
      readonly content?: JsonObject;
      /** Also those who silenced the conversation. */
      readonly force: boolean;
    };

/** What the app says of its refusal or change: its own code, and a text for people. */
export interface Explanation {
  readonly code?: number;
  readonly detail?: string;
}

export type MessageVerdict =
  | ({ readonly verdict: 'drop' } & Explanation)
  | ({
      readonly verdict: 'pass';
      /** Instead of what was written. */
      readonly body?: MessageBody;
      /** The only ones who get it. */
      readonly receivers?: readonly ClientId[];
    } & Explanation);

export type Verdict = { readonly verdict: 'pass' } | ({ readonly verdict: 'reject' } & Explanation);

export interface SignVerdict {
  readonly isAllowed: boolean;
  /** Told to who asked. */
  readonly error?: string;
}

export interface ConversationStart {
  readonly by?: ClientId;
  readonly members: readonly ClientId[];
  readonly attributes: JsonObject;
  readonly address?: string;
}

export type StartVerdict =
  | ({ readonly verdict: 'reject' } & Explanation)
  | {
      readonly verdict: 'pass';
      /** On top of the attributes that were asked for. */
      readonly attributes?: JsonObject;
    };

export interface MembershipRequest {
  readonly conversation: Conversation;
  readonly by?: ClientId;
  readonly members: readonly ClientId[];
  readonly address?: string;
}

export type ConversationUpdate = {
  readonly conversation: Conversation;
  readonly by?: ClientId;
  readonly address?: string;
} & ({ readonly attributes: JsonObject } | { readonly muted: boolean });

export type UpdateVerdict =
  | ({ readonly verdict: 'reject' } & Explanation)
  | {
      readonly verdict: 'pass';
      /** Instead of what was asked for; without meaning where the request was about something else. */
      readonly attributes?: JsonObject;
      readonly muted?: boolean;
    };
