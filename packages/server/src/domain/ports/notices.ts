import type { ConversationKind, MemberRole } from '../conversation/conversation.ts';
import type {
  AppKey,
  ClientId,
  ConversationId,
  ConversationKey,
  MessageId,
  Milliseconds,
} from '../identifiers.ts';
import type { JsonObject } from '../json.ts';

/**
 * One committed membership or attribute event, or that a message was read. Engines write it in the transaction of the change, with the
 * members before and after as recipients, and those whom moderation is about. Chat rooms and services have no list of
 * members, so only the latter are told of those.
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

/** Membership and attribute events, kept for those who were away. */
export interface NoticeRepository {
  /** Notices for the client after `since`, oldest first. */
  since(app: AppKey, client: ClientId, since: Milliseconds, limit: number): Promise<readonly Notice[]>;
}
