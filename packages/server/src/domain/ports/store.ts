import type { Milliseconds } from '../identifiers.ts';
import type { AppRepository } from './app-repository.ts';
import type { AuditRepository } from './audit.ts';
import type { BanRepository } from './bans.ts';
import type { ConversationRepository } from './conversations.ts';
import type { DailyClientRepository } from './daily-clients.ts';
import type { KeywordRepository } from './keywords.ts';
import type { MemberStateRepository } from './member-states.ts';
import type { MessageRepository } from './messages.ts';
import type { NoticeRepository } from './notices.ts';
import type { RecordRepository } from './records.ts';
import type { RefusedConversationRepository } from './refused-conversations.ts';
import type { RetentionRepository } from './retention.ts';
import type { RoomAbsenceRepository } from './room-absences.ts';
import type { ServiceRepository } from './services.ts';
import type { SessionTokenRepository } from './session-tokens.ts';
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
  /** A time that no message came or was changed after, later than it needs to be by a second at most; 0 where none did. */
  latestTime(): Promise<Milliseconds>;
  /** Finishes what was called, then releases files and connections. Calls made later reject. */
  close(): Promise<void>;
}
