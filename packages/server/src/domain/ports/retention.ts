import type { AppKey, ConversationId, Milliseconds } from '../identifiers.ts';

/** One batch of conversations that are gone. */
export interface Deleted<Name> {
  readonly deleted: readonly Name[];
  /** Call again: there may be more. */
  readonly hasMore: boolean;
}

/** What is too old, deleted in bounded batches, for jobs to call. */
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
