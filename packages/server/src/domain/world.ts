import type { BannedClients } from './ban/banned-clients.ts';
import type { ConversationCache } from './conversation/conversation-cache.ts';
import type { KeywordFilters } from './keyword-filter/keyword-filters.ts';
import type { RecentUnstored } from './message/recent-unstored.ts';
import type { Apps } from './ports/apps.ts';
import type { Clock } from './ports/clock.ts';
import type { FileStore } from './ports/files.ts';
import type { Hooks } from './ports/hooks.ts';
import type { Presence } from './ports/presence.ts';
import type { Publisher } from './ports/publisher.ts';
import type { Random } from './ports/random.ts';
import type { Rooms } from './ports/rooms.ts';
import type { Store } from './ports/store.ts';
import type { DailyClients } from './presence/daily-clients.ts';
import type { KnownClients } from './presence/known-clients.ts';
import type { Turns } from './turns.ts';
import type { ChangesUnderWay } from './unread/changes-under-way.ts';
import type { Accounts } from './users/accounts.ts';
import type { PendingWills } from './will/pending-wills.ts';

/** Everything a domain operation may reach: the ports, and the little state the domain itself keeps in memory. */
export interface World {
  readonly apps: Apps;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly presence: Presence;
  readonly knownClients: KnownClients;
  readonly rooms: Rooms;
  readonly hooks: Hooks;
  readonly dailyClients: DailyClients;
  readonly outbox: Publisher;
  readonly conversations: ConversationCache;
  readonly unstored: RecentUnstored;
  readonly turns: Turns;
  readonly wills: PendingWills;
  readonly changesUnderWay: ChangesUnderWay;
  readonly keywords: KeywordFilters;
  readonly bans: BannedClients;
  readonly accounts: Accounts;
  readonly files: FileStore;
}
