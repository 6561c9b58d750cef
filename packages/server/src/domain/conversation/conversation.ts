import type { AppKey, ClientId, ConversationId, ConversationKey, Milliseconds } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';

export type ConversationKind = 'basic' | 'chat-room' | 'service' | 'temporary';

/** Roles that are stored. The owner is never stored: it is the creator (`semantics §1.6`). */
export interface MemberRole {
  /** Object id of the role record, which Java echoes back. */
  readonly id: string;
  readonly client: ClientId;
  readonly role: 'manager' | 'member';
}

export interface TemporarySilence {
  readonly client: ClientId;
  readonly until: Milliseconds;
}

/**
 * One conversation as the store keeps it. Immutable: a change yields a new record with a higher `version`.
 */
export interface ConversationRecord {
  readonly app: AppKey;
  readonly key: ConversationKey;
  readonly id: ConversationId;
  readonly kind: ConversationKind;
  readonly creator?: ClientId;
  /** `name`, `attr` and whatever top-level columns the app made up. Never a server-controlled column. */
  readonly columns: JsonObject;
  /** In joining order. Empty for chat rooms and services. */
  readonly members: readonly ClientId[];
  /** Members who silenced push for themselves. */
  readonly mutedBy: readonly ClientId[];
  readonly roles: readonly MemberRole[];
  /** Clients that may read but not send. */
  readonly silenced: readonly ClientId[];
  /** Clients that may not send until a moment; that of some may have passed. */
  readonly silencedUntil: readonly TemporarySilence[];
  /** Clients that may neither join nor send. */
  readonly blocked: readonly ClientId[];
  readonly unique: boolean;
  /** 32 hex digits of the member set, for unique conversations that still own their set. */
  readonly uniqueId?: string;
  readonly createdAt: Milliseconds;
  /** Grows by at least 1 ms with every change, so clients can order changes by it. */
  readonly updatedAt: Milliseconds;
  readonly lastMessageAt?: Milliseconds;
  /** Temporary conversations: total lifetime in seconds, and its end. */
  readonly ttl?: number;
  readonly expiresAt?: Milliseconds;
  /** Counts changes of this record; messages do not count. */
  readonly version: number;
}
