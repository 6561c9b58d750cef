import type {
  ConversationKind,
  ConversationRecord,
  MemberRole,
  TemporarySilence,
} from '../conversation/conversation.ts';
import type { AppKey, ClientId, ConversationId, ConversationKey, Milliseconds } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { StoredMessage } from '../message/message.ts';
import type { Condition, SortKey } from '../query/condition.ts';
import type { Notice } from './notices.ts';
import type { QueryTooSlow } from './query-too-slow.ts';

export interface ConversationDraft {
  readonly app: AppKey;
  readonly id: ConversationId;
  readonly kind: ConversationKind;
  readonly creator?: ClientId;
  /** Who did it, for the notices; absent for the app's own server, whoever it names as the creator. */
  readonly by?: ClientId;
  readonly columns: JsonObject;
  /** Distinct ids in joining order; empty for chat rooms and services. */
  readonly members: readonly ClientId[];
  /** Return the conversation that already has exactly these members, if there is one alive. */
  readonly unique: boolean;
  readonly ttl?: number;
  readonly expiresAt?: Milliseconds;
  /** No notice of it for the members; raw writes of the data API tell nobody. */
  readonly quiet?: true;
  readonly now: Milliseconds;
}

/** Everything of a conversation that its record in the data API may change; lists replace lists. */
export interface ConversationOverwrite {
  readonly expectedVersion: number;
  readonly columns: JsonObject;
  readonly creator?: ClientId;
  /** Distinct; ignored for chat rooms and services. */
  readonly members: readonly ClientId[];
  /** Who of them is no member is left out. */
  readonly mutedBy: readonly ClientId[];
  readonly now: Milliseconds;
}

/** Names one conversation whichever way the engine likes to look it up. */
export interface ConversationRef {
  readonly app: AppKey;
  readonly key: ConversationKey;
}

interface Change {
  /** Who acts; absent for operators. */
  readonly by?: ClientId;
  readonly now: Milliseconds;
}

export interface MembershipChange extends Change {
  readonly clients: readonly ClientId[];
}

/** `undefined` stands for a conversation that is gone. */
export type MembershipOutcome =
  | {
      readonly conversation: ConversationRecord;
      /** Ids whose membership changed, in request order. Empty: nothing was written and `eventAt` is just a time. */
      readonly changed: readonly ClientId[];
      /** Ids that already were as wished. */
      readonly unchanged: readonly ClientId[];
      /** Ids refused because the conversation is full (adding only). */
      readonly refused: readonly ClientId[];
      readonly eventAt: Milliseconds;
    }
  | undefined;

export interface ModerationChange extends Change {
  readonly expectedVersion: number;
  readonly roles?: readonly MemberRole[];
  readonly silenced?: readonly ClientId[];
  readonly silencedUntil?: readonly TemporarySilence[];
  readonly blocked?: readonly ClientId[];
  readonly remove?: readonly ClientId[];
  readonly notices: readonly { readonly to: readonly ClientId[]; readonly what: Notice['what'] }[];
}

export type ModerationOutcome =
  | {
      readonly conversation: ConversationRecord;
      /** Of the notices, in their order. */
      readonly moments: readonly Milliseconds[];
    }
  | 'conflict'
  | undefined;

export interface ConversationQuery {
  readonly app: AppKey;
  readonly condition: Condition;
  /** Empty: the latest conversation first. `insertion`: the oldest first, where a page stays what it was. */
  readonly sort: readonly SortKey[] | 'insertion';
  readonly skip: number;
  readonly limit: number;
  /** Attach the newest message of each result. */
  readonly withLastMessage: boolean;
  /** Milliseconds of work after which the engine gives up with {@link QueryTooSlow}. */
  readonly budget: Milliseconds;
}

export interface FoundConversation {
  readonly conversation: ConversationRecord;
  readonly lastMessage?: StoredMessage;
}

/** The roles that were given in one conversation. */
export interface RolesOfConversation {
  readonly key: ConversationKey;
  readonly id: ConversationId;
  readonly roles: readonly MemberRole[];
}

export interface ConversationRepository {
  /** Records in no particular order; unknown, deleted and expired ids are missing. `now` decides what is expired. */
  load(
    app: AppKey,
    ids: readonly ConversationId[],
    now: Milliseconds,
  ): Promise<readonly ConversationRecord[]>;
  create(draft: ConversationDraft): Promise<{
    readonly conversation: ConversationRecord;
    readonly existing: boolean;
    readonly eventAt: Milliseconds;
  }>;
  addMembers(
    ref: ConversationRef,
    change: MembershipChange & { readonly limit: number },
  ): Promise<MembershipOutcome>;
  /** A removed member loses role, mute mark and read position with its membership, but stays silenced. */
  removeMembers(ref: ConversationRef, change: MembershipChange): Promise<MembershipOutcome>;
  /**
   * Replaces `columns` if the record still has `expectedVersion`; otherwise returns `'conflict'` and the caller
   * reads again. `attributes` is what the notice of the change tells (what was asked, and the resulting values).
   */
  replaceColumns(
    ref: ConversationRef,
    change: Change & {
      readonly expectedVersion: number;
      readonly columns: JsonObject;
      readonly attributes: { readonly requested: JsonObject; readonly resulting: JsonObject };
    },
  ): Promise<
    { readonly conversation: ConversationRecord; readonly eventAt: Milliseconds } | 'conflict' | undefined
  >;
  /** Writes over the record as the data API does: from the version that was seen, and nobody is told. */
  overwrite(
    ref: ConversationRef,
    change: ConversationOverwrite,
  ): Promise<ConversationRecord | 'conflict' | undefined>;
  /**
   * Replaces whole lists of who may do what, and puts members out with it, if the record still has
   * `expectedVersion`; otherwise returns `'conflict'` and the caller reads again. Each notice gets a moment of its own.
   */
  moderate(ref: ConversationRef, change: ModerationChange): Promise<ModerationOutcome>;
  /** Puts a member into `mutedBy` or takes it out. Always moves `updatedAt`. */
  setMuted(
    ref: ConversationRef,
    change: { readonly client: ClientId; readonly muted: boolean; readonly now: Milliseconds },
  ): Promise<ConversationRecord | undefined>;
  /**
   * Deletes a conversation with its members and attributes at once; its messages go bit by bit with
   * `RetentionRepository.deleteRemainsOfConversations`. False where it is gone already.
   */
  delete(ref: ConversationRef): Promise<boolean>;
  /** Temporary conversations are never found by query, only by {@link load}. Rejects with {@link QueryTooSlow}. */
  query(query: ConversationQuery): Promise<readonly FoundConversation[]>;
  count(query: Pick<ConversationQuery, 'app' | 'condition' | 'budget'>): Promise<number>;
  /** Conversations of an app in which roles were given, by their keys, beginning after one. */
  roles(app: AppKey, after: ConversationKey, limit: number): Promise<readonly RolesOfConversation[]>;
}
