import type {
  ConversationKind,
  ConversationRecord,
  MemberRole,
  TemporarySilence,
} from '../conversation/conversation.ts';
import type {
  AppKey,
  ClientId,
  ConversationId,
  ConversationKey,
  MessageId,
  Milliseconds,
  SessionId,
} from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { MessageBody, StoredMessage } from '../message/message.ts';
import type { Condition, SortKey } from '../query/condition.ts';
import type { AuditDraft, AuditRepository } from './audit.ts';
import type { RecordRepository } from './records.ts';
import type { ServiceRepository } from './services.ts';
import type { TagHolderRepository } from './tag-holders.ts';
import type { WebhookRepository } from './webhooks.ts';

/**
 * What the domain asks of a store, as small repositories.
 *
 * Rules every engine keeps (proved by `store.contract.ts`):
 * - A promise that resolves says **committed and on disk**. A promise that rejects says nothing was written.
 * - Writes take effect in the order they were called, and their promises resolve in commit order.
 * - `ConversationRepository.load` is ordered with the writes: it never returns a state older than a write that
 *   resolved before, so a cache that takes what it is given never goes back in time.
 * - Timestamps are strictly increasing within a conversation; `seq` is gapless from 1 and is never reused.
 * - `updatedAt` grows by at least 1 ms with every change of a conversation.
 * - `eventAt` (the moment of a membership or attribute event) is strictly increasing across the whole store, so
 *   "everything after the event I saw last" neither misses nor repeats one.
 */
export interface Store {
  readonly apps: AppRepository;
  readonly conversations: ConversationRepository;
  readonly messages: MessageRepository;
  readonly services: ServiceRepository;
  readonly memberStates: MemberStateRepository;
  readonly notices: NoticeRepository;
  readonly sessionTokens: SessionTokenRepository;
  readonly records: RecordRepository;
  readonly refusedConversations: RefusedConversationRepository;
  readonly dailyClients: DailyClientRepository;
  readonly roomAbsences: RoomAbsenceRepository;
  readonly tagHolders: TagHolderRepository;
  readonly webhooks: WebhookRepository;
  readonly audit: AuditRepository;
  readonly keywords: KeywordRepository;
  readonly bans: BanRepository;
  readonly retention: RetentionRepository;
  /**
   * Resolves when the store answers; rejects when it does not. Ordered with the writes: once it resolves, every write
   * called before it has resolved, and so has every write that an earlier read may have seen.
   */
  ping(): Promise<void>;
  /** Finishes what was called, then releases files and connections. Calls made later reject. */
  close(): Promise<void>;
}

// ── apps ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface AppRecord {
  readonly key: AppKey;
  readonly id: string;
  readonly appKey: string;
  readonly masterKey: string;
  /** Overrides over the defaults; unknown names are kept. */
  readonly settings: JsonObject;
  readonly createdAt: Milliseconds;
}

export interface AppRepository {
  list(): Promise<readonly AppRecord[]>;
  /** Creates the app, and writes who did; or returns the one that already has this id untouched. */
  create(
    app: Omit<AppRecord, 'key'>,
    audit?: AuditDraft,
  ): Promise<{ readonly app: AppRecord; readonly existing: boolean }>;
  /** Replaces keys or settings, and writes who did in the same commit; `undefined` where there is no such app. */
  update(
    key: AppKey,
    change: { readonly appKey?: string; readonly masterKey?: string; readonly settings?: JsonObject },
    audit?: AuditDraft,
  ): Promise<AppRecord | undefined>;
}

// ── conversations ────────────────────────────────────────────────────────────────────────────────────────────

export interface ConversationDraft {
  readonly app: AppKey;
  readonly id: ConversationId;
  readonly kind: ConversationKind;
  readonly creator?: ClientId;
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
  readonly sort: readonly SortKey[];
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

/** A query that ran out of its budget. */
export class QueryTooSlow extends Error {
  override readonly name = 'QueryTooSlow';
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

// ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────

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
  | { readonly state: 'refused'; readonly reason: 'not-found' | 'not-the-author' };

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

// ── what a member has received and read ──────────────────────────────────────────────────────────────────────

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
   * The newest message with a receipt request among those this read covered for the first time, in a conversation
   * of at most two members. `before` is the timestamp of the first message after the read position, if any.
   */
  readonly receipt?: { readonly id: MessageId; readonly sender: ClientId; readonly before?: Milliseconds };
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

// ── notices: membership and attribute events kept for those who were away ────────────────────────────────────

/**
 * One committed membership or attribute event. Engines write it in the transaction of the change, with the
 * members before and after as recipients (basic and temporary conversations only).
 */
export interface Notice {
  readonly at: Milliseconds;
  readonly conversation: {
    readonly key: ConversationKey;
    readonly id: ConversationId;
    readonly kind: ConversationKind;
  };
  readonly updatedAt: Milliseconds;
  readonly by?: ClientId;
  readonly what:
    | {
        readonly event: 'members-added' | 'members-removed';
        readonly clients: readonly ClientId[];
        readonly ttl?: number;
      }
    | { readonly event: 'updated'; readonly requested: JsonObject; readonly resulting: JsonObject }
    | { readonly event: 'message-read'; readonly id: MessageId; readonly readBefore: Milliseconds }
    | { readonly event: 'role-changed'; readonly role: MemberRole }
    | { readonly event: ModerationEvent; readonly clients: readonly ClientId[] };
}

export type ModerationEvent =
  | 'members-silenced'
  | 'members-unsilenced'
  | 'members-blocked'
  | 'members-unblocked';

export interface NoticeRepository {
  /** Adds a notice that no conversation change wrote by itself (a read receipt); returns it with its moment. */
  add(
    app: AppKey,
    recipients: readonly ClientId[],
    notice: Omit<Notice, 'at'>,
    now: Milliseconds,
  ): Promise<Notice>;
  /** Notices for the client after `since`, oldest first. */
  since(app: AppKey, client: ClientId, since: Milliseconds, limit: number): Promise<readonly Notice[]>;
}

// ── session tokens ───────────────────────────────────────────────────────────────────────────────────────────

/** Tokens are signed, not stored; only what makes a valid signature worthless is kept. */
export interface SessionTokenRepository {
  /** Everything still in force at `now`, read once at start. */
  loadInvalidations(now: Milliseconds): Promise<{
    readonly epochs: readonly { readonly app: AppKey; readonly client: ClientId; readonly epoch: number }[];
    readonly closedSessions: readonly { readonly session: SessionId; readonly until: Milliseconds }[];
  }>;
  /**
   * Makes every token of the client worthless; returns the new epoch, which is higher than the one before and never
   * before `now`, so that it also says when.
   */
  raiseEpoch(app: AppKey, client: ClientId, now: Milliseconds): Promise<number>;
  /** Makes the tokens of one session worthless; needed only `until` the last of them would have expired. */
  closeSession(session: SessionId, until: Milliseconds): Promise<void>;
}

// ── conversations that clients do not want to be brought into ────────────────────────────────────────────────

export interface RefusedConversationRepository {
  /** Refusing again keeps the first place in the list. */
  add(app: AppKey, client: ClientId, conversation: ConversationId): Promise<void>;
  remove(app: AppKey, client: ClientId, conversation: ConversationId): Promise<void>;
  /** In the order they were refused. */
  list(app: AppKey, client: ClientId, skip: number, limit: number): Promise<readonly ConversationId[]>;
  /** Of these clients, the ones that refuse. */
  refusedBy(
    app: AppKey,
    conversation: ConversationId,
    clients: readonly ClientId[],
  ): Promise<readonly ClientId[]>;
}

// ── chat rooms that sessions may come back to, kept while no server runs ─────────────────────────────────────

export interface RoomAbsence {
  /** A name that whoever comes back may have: of its session, or of its device. */
  readonly name: string;
  readonly app: AppKey;
  readonly client: ClientId;
  readonly room: ConversationKey;
  readonly until: Milliseconds;
}

export interface RoomAbsenceRepository {
  keep(absences: readonly RoomAbsence[]): Promise<void>;
  /** Everything that was kept, the first to end first. It is forgotten with that: what comes later is not in it. */
  take(): Promise<readonly RoomAbsence[]>;
}

// ── who was there on which day ───────────────────────────────────────────────────────────────────────────────

export interface DailyClientRepository {
  /** @param day such as `2026-01-31`, in the zone of the server */
  add(app: AppKey, day: string, clients: readonly ClientId[]): Promise<void>;
  count(app: AppKey, day: string): Promise<number>;
  has(app: AppKey, day: string, client: ClientId): Promise<boolean>;
  /** Forgets the clients of days before; returns how many rows. */
  forget(before: string, limit: number): Promise<number>;
}

// ── what may not be said, and who may not come in ────────────────────────────────────────────────────────────

export interface StoredKeywords {
  /** One keyword a line. */
  readonly list: string;
  readonly count: number;
  readonly changedAt: Milliseconds;
}

export interface KeywordRepository {
  /** Apps that ever had a list. */
  apps(): Promise<readonly AppKey[]>;
  read(app: AppKey): Promise<StoredKeywords | undefined>;
  replace(app: AppKey, keywords: StoredKeywords): Promise<void>;
}

/** A client that may not log in. */
export interface Ban {
  readonly client: ClientId;
  readonly since: Milliseconds;
  /** Absent: for good. */
  readonly until?: Milliseconds;
  /** What the client is told. */
  readonly reason: string;
}

export interface BanRepository {
  /** Everything in force at `now`, read once at start. */
  loadAll(now: Milliseconds): Promise<readonly (Ban & { readonly app: AppKey })[]>;
  /** Takes the place of an earlier ban of the client. */
  put(app: AppKey, ban: Ban): Promise<void>;
  /** False where the client is not banned. */
  lift(app: AppKey, client: ClientId): Promise<boolean>;
  /** Those in force at `now` after a client, by ascending id. */
  list(app: AppKey, now: Milliseconds, after: ClientId | undefined, limit: number): Promise<readonly Ban[]>;
}

// ── retention: bounded batches, called by jobs ───────────────────────────────────────────────────────────────

/** One batch of conversations that are gone. */
export interface Deleted<Name> {
  readonly deleted: readonly Name[];
  /** Call again: there may be more. */
  readonly hasMore: boolean;
}

export interface RetentionRepository {
  /**
   * Deletes at most `limit` messages of the app sent before the moment; returns how many, and what went with those that
   * were hidden from somebody.
   */
  deleteMessages(app: AppKey, before: Milliseconds, limit: number): Promise<number>;
  /**
   * Deletes conversations without message or change since the moment, with their messages. Conversations and messages
   * together are at most about `limit`, so a large conversation takes several calls.
   */
  deleteInactiveConversations(
    app: AppKey,
    before: Milliseconds,
    limit: number,
  ): Promise<Deleted<ConversationId>>;
  /** Bounded like {@link deleteInactiveConversations}. */
  deleteExpiredTemporary(
    now: Milliseconds,
    limit: number,
  ): Promise<Deleted<{ readonly app: AppKey; readonly id: ConversationId }>>;
  /** Messages of conversations that were deleted. Returns how many rows; 0 says that all are gone. */
  deleteRemainsOfConversations(limit: number): Promise<number>;
  /** What services left behind that are gone: subscribers and logs. Returns how much was deleted; 0 says all of it. */
  deleteRemainsOfServices(limit: number): Promise<number>;
  /** Broadcasts to everybody that are not delivered any more; they stay in history. */
  forgetBroadcasts(now: Milliseconds, limit: number): Promise<number>;
  /**
   * Forgets send tokens older than the moment. What is forgotten may still take space: returns how many rows were
   * deleted, and there may be more where that is `limit`.
   */
  forgetSendTokens(before: Milliseconds, limit: number): Promise<number>;
  deleteNotices(app: AppKey, before: Milliseconds, limit: number): Promise<number>;
  deleteAuditEntries(app: AppKey, before: Milliseconds, limit: number): Promise<number>;
  deleteClosedSessions(now: Milliseconds, limit: number): Promise<number>;
  /** Forgets bans that are over. */
  deleteEndedBans(now: Milliseconds, limit: number): Promise<number>;
}
