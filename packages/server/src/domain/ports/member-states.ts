import type { ConversationKind, ConversationRecord } from '../conversation/conversation.ts';
import type {
  AppKey,
  ClientId,
  ConversationId,
  ConversationKey,
  MessageId,
  Milliseconds,
} from '../identifiers.ts';
import type { StoredMessage } from '../message/message.ts';

/** Everything a client needs to draw one row of its conversation list. */
export interface UnreadState {
  readonly conversation: {
    readonly key: ConversationKey;
    readonly id: ConversationId;
    readonly kind: ConversationKind;
  };
  /** Messages from others after the read position. Exact. */
  readonly count: number;
  readonly mentioned: boolean;
  readonly lastMessage?: StoredMessage;
  /** Of a service: the logs that were merged, and the time of the newest message of each, hidden or not. */
  readonly logs?: readonly { readonly key: ConversationKey; readonly upTo: Milliseconds }[];
}

/** Up to where a client has read: a message, else a time, else everything there is. */
export interface ReadPosition {
  readonly id?: MessageId;
  readonly timestamp?: Milliseconds;
}

export interface ReadOutcome {
  readonly unread: UnreadState;
  /** False where the position was not beyond the one known; state is unchanged then. */
  readonly advanced: boolean;
  /**
   * About the newest message with a receipt request among those this read covered for the first time, in a
   * conversation of at most two members. Its sender has a notice of it, written with the read.
   */
  readonly receipt?: ReadReceipt;
}

export interface ReadReceipt {
  readonly id: MessageId;
  readonly sender: ClientId;
  /** The moment of the notice. */
  readonly at: Milliseconds;
  /** When it was read; smaller than the time of the first message after it (`wire-protocol §4.10`). */
  readonly readBefore: Milliseconds;
}

/** Messages a client says it received: one by id, or everything in a range of timestamps, ends included. */
export type Acknowledgement =
  | { readonly id: MessageId }
  | { readonly from?: Milliseconds; readonly upTo: Milliseconds };

export interface MemberPositions {
  readonly client: ClientId;
  /** When the member last acknowledged or read something; absent if never. */
  readonly deliveredAt?: Milliseconds;
  /** Smaller than the timestamp of the first message after the read position (`wire-protocol §4.10`). */
  readonly readAt?: Milliseconds;
}

/** What members have received and read. */
export interface MemberStateRepository {
  /**
   * Marks delivered. In conversations of at most two members each covered message of others gets its
   * `deliveredAt`, and those that asked for a receipt and had none are returned, oldest first.
   */
  acknowledge(
    conversation: ConversationKey,
    client: ClientId,
    what: Acknowledgement,
    now: Milliseconds,
  ): Promise<
    readonly { readonly id: MessageId; readonly sender: ClientId; readonly timestamp: Milliseconds }[]
  >;
  /** `undefined` where the client is no member. Reading implies delivery. */
  markRead(
    conversation: ConversationKey,
    client: ClientId,
    position: ReadPosition,
    now: Milliseconds,
  ): Promise<ReadOutcome | undefined>;
  /**
   * Conversations of the client whose unread state changed after `changedSince`, the one with the newest message
   * first. With `changedSince` 0: those with a count above 0. Expired temporary conversations are left out.
   */
  unread(
    app: AppKey,
    client: ClientId,
    changedSince: Milliseconds,
    now: Milliseconds,
  ): Promise<readonly UnreadState[]>;
  positions(conversation: ConversationKey): Promise<readonly MemberPositions[]>;
  /**
   * What a client of the old offline mode has not acknowledged: per conversation the newest
   * `limitPerConversation` messages of others after its last acknowledgement, oldest first.
   */
  unacknowledged(
    app: AppKey,
    client: ClientId,
    limitPerConversation: number,
    now: Milliseconds,
  ): Promise<
    readonly {
      readonly conversation: ConversationRecord;
      readonly messages: readonly StoredMessage[];
      readonly hasMore: boolean;
    }[]
  >;
}
