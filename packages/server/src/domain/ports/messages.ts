import type { ConversationKind, ConversationRecord } from '../conversation/conversation.ts';
import type {
  AppKey,
  ClientId,
  ConversationId,
  ConversationKey,
  MessageId,
  Milliseconds,
} from '../identifiers.ts';
import type { MessageBody, StoredMessage } from '../message/message.ts';
import type { QueryTooSlow } from './query-too-slow.ts';

export interface MessageDraft {
  readonly conversation: ConversationKey;
  readonly sender: ClientId;
  readonly body: MessageBody;
  readonly receipt: boolean;
  readonly mentions: readonly ClientId[];
  readonly mentionAll: boolean;
  /** Names one logical message of this sender in this conversation; a repeat is answered with the original. */
  readonly token?: string;
  /** Refuse unless the sender is a member at the moment of commit. */
  readonly membersOnly: boolean;
  /** The address the message came from. */
  readonly fromIp?: string;
  /** The only ones it is unread for; absent: all other members. Everybody finds it in history. */
  readonly receivers?: readonly ClientId[];
  readonly now: Milliseconds;
}

export type AppendOutcome =
  | {
      readonly state: 'appended';
      readonly id: MessageId;
      readonly timestamp: Milliseconds;
      readonly seq: number;
    }
  | { readonly state: 'duplicate'; readonly id: MessageId; readonly timestamp: Milliseconds }
  | { readonly state: 'refused'; readonly reason: 'no-conversation' | 'not-a-member' };

/** A place in history. Without `id` the place is the timestamp alone. */
export interface HistoryBound {
  readonly timestamp: Milliseconds;
  readonly id?: MessageId;
  readonly included: boolean;
}

export interface HistoryRange {
  readonly conversation: ConversationKey;
  /** `older` walks from `start` into the past, `newer` into the future. */
  readonly direction: 'older' | 'newer';
  /** Absent: from the newest (`older`) or the first (`newer`) message. */
  readonly start?: HistoryBound;
  readonly end?: HistoryBound;
  readonly limit: number;
  /** Only text messages that are JSON objects with this `_lctype`. */
  readonly type?: number;
  /** Milliseconds a search by type may take, which has to look at every message until it has enough. */
  readonly budget?: Milliseconds;
  /** What is hidden from this client is passed over (`ServiceRepository.hide`). */
  readonly seenBy?: ClientId;
}

export interface PatchDraft {
  readonly conversation: ConversationKey;
  readonly id: MessageId;
  /** Where the client believes the message to be; a help for ids that carry no time. */
  readonly timestampHint?: Milliseconds;
  /** Refuse unless this client wrote the message; absent for operators. */
  readonly author?: ClientId;
  readonly body: MessageBody;
  readonly mentions: readonly ClientId[];
  readonly mentionAll: boolean;
  readonly recalled: boolean;
  readonly now: Milliseconds;
}

export interface Overwrite {
  readonly timestampHint?: Milliseconds;
  readonly body: MessageBody;
  /** `null` takes it away; absent leaves it. */
  readonly fromIp?: string | null;
  readonly deliveredAt?: Milliseconds | null;
}

export interface LogRange extends Omit<HistoryRange, 'conversation' | 'type' | 'seenBy'> {
  readonly app: AppKey;
  readonly sender?: ClientId;
  /** Milliseconds after which the engine gives up; what it prepared by then is not lost. */
  readonly budget: Milliseconds;
}

export interface LoggedMessage {
  readonly conversation: { readonly id: ConversationId; readonly kind: ConversationKind };
  /** Whose exchange with a service the message belongs to. */
  readonly client?: ClientId;
  readonly message: StoredMessage;
}

export type PatchOutcome =
  | {
      readonly state: 'patched';
      readonly message: StoredMessage;
      /** Clients that do not see the message; absent where everybody does, as nearly always. */
      readonly hiddenFrom?: readonly ClientId[];
    }
  | { readonly state: 'refused'; readonly reason: PatchRefusal };

/** `recalled`: what was taken back stays so, whoever edits it at the same moment. */
export type PatchRefusal = 'not-found' | 'not-the-author' | 'recalled';

export interface MessageRepository {
  append(draft: MessageDraft): Promise<AppendOutcome>;
  /** The `limit` messages nearest to the start, always oldest first. */
  history(range: HistoryRange): Promise<readonly StoredMessage[]>;
  find(
    conversation: ConversationKey,
    id: MessageId,
    timestampHint?: Milliseconds,
  ): Promise<StoredMessage | undefined>;
  /** Deletes one message for good, for everybody. */
  delete(
    conversation: ConversationKey,
    id: MessageId,
    /** As of {@link PatchDraft}. */
    place: Pick<PatchDraft, 'timestampHint' | 'author'>,
  ): Promise<'deleted' | 'not-found' | 'not-the-author'>;
  /** Writes over a message as if it had been sent so; readers see no edit. False where there is none. */
  overwrite(conversation: ConversationKey, id: MessageId, change: Overwrite): Promise<boolean>;
  /**
   * What was said in all conversations of an app, or what one client said outside of services; broadcasts left out.
   * The `limit` messages nearest to the start, always oldest first by (timestamp, id). Rejects with {@link QueryTooSlow}.
   */
  log(range: LogRange): Promise<readonly LoggedMessage[]>;
  /** `patchedAt` grows strictly per message and is never before `now`. */
  patch(draft: PatchDraft): Promise<PatchOutcome>;
  /** Messages patched after `since` in the client's conversations, oldest patch first. */
  patchedSince(
    app: AppKey,
    client: ClientId,
    since: Milliseconds,
    limit: number,
    now: Milliseconds,
  ): Promise<readonly { readonly conversation: ConversationRecord; readonly message: StoredMessage }[]>;
}
