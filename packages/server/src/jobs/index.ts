import type { Logger } from 'pino';
import type { App } from '../domain/app/app.ts';
import type { BannedClients } from '../domain/ban/banned-clients.ts';
import { expireFiles } from '../domain/files/expire-files.ts';
import { forgetUploads } from '../domain/files/forget-uploads.ts';
import type { Clock } from '../domain/ports/clock.ts';
import type { FileStore } from '../domain/ports/files.ts';
import type { Store } from '../domain/ports/store.ts';
import type { DailyClients } from '../domain/presence/daily-clients.ts';
import { keepLifespans } from '../domain/retention/keep-lifespans.ts';

/** How often the jobs look for work. Each look does bounded work and goes on at the next. */
const INTERVAL = 60_000;
/** While there is more to delete, the next batch follows after this, so that traffic comes first. */
const PAUSE_BETWEEN_BATCHES = 50;
const BATCH_OF_DAYS = 200;
const BATCH_OF_HOLDERS = 200;

export interface JobParts {
  readonly store: Store;
  readonly files: FileStore;
  readonly apps: { list(): readonly App[] };
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
  readonly sessions: {
    pruneInvalidations(): void;
    forgetOldestHolders(limit: number): Promise<boolean>;
  };
  readonly bans: Pick<BannedClients, 'prune'>;
  readonly dailyClients: Pick<DailyClients, 'save' | 'forgetDays'>;
}

/** Starts everything that time drives. The returned function stops it. */
export function startJobs({
  store,
  files,
  apps,
  clock,
  logger,
  sessions,
  bans,
  dailyClients,
}: JobParts): () => void {
  let stopped = false;
  let cancel = () => {};

  async function run(): Promise<void> {
    let next = INTERVAL;
    try {
      sessions.pruneInvalidations();
      bans.prune(clock.now());
      await dailyClients.save();
      const hasMoreDays = await dailyClients.forgetDays(BATCH_OF_DAYS);
      const hasMoreHolders = await sessions.forgetOldestHolders(BATCH_OF_HOLDERS);
      const hasMore = await keepLifespans(store, apps.list(), clock.now());
      const hasMoreUploads = await forgetUploads({ store, files }, clock.now());
      const hasMoreFiles = await expireFiles({ store, files }, apps.list(), clock.now());
      if (hasMore || hasMoreDays || hasMoreHolders || hasMoreUploads || hasMoreFiles)
        next = PAUSE_BETWEEN_BATCHES;
    } catch (error) {
      logger.error({ err: error }, 'Deleting what is past its lifespan failed; it is tried again.');
    }
    if (!stopped) cancel = clock.after(next, () => void run());
  }

  cancel = clock.after(INTERVAL, () => void run());
  return () => {
    stopped = true;
    cancel();
  };
}
