import type { App } from '../app/app.ts';
import type { AppKey, Milliseconds } from '../identifiers.ts';
import type { World } from '../world.ts';
import { storedName } from './create-upload.ts';
import { FILE } from './file-rules.ts';

const DAY: Milliseconds = 24 * 3600 * 1000;
const BATCH = 100;
/** Milliseconds a query may work. */
const BUDGET = 2000;

/**
 * Deletes one batch of files that are older than their app keeps them. True while there may be more. What fails for one
 * app is thrown once the others had their turn.
 */
export async function expireFiles(
  world: Pick<World, 'store' | 'files'>,
  apps: readonly App[],
  now: Milliseconds,
): Promise<boolean> {
  let hasMore = false;
  const failures: unknown[] = [];
  for (const { key, settings } of apps) {
    if (settings.fileRetentionDays === 0) continue;
    try {
      const deleted = await deleteCreatedBefore(world, key, now - settings.fileRetentionDays * DAY);
      hasMore ||= deleted === BATCH;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Old files could not be deleted.');
  return hasMore;
}

async function deleteCreatedBefore(
  { store, files }: Pick<World, 'store' | 'files'>,
  app: AppKey,
  date: Milliseconds,
): Promise<number> {
  const old = await store.records.query({
    app,
    className: FILE,
    condition: { test: 'less', path: ['createdAt'], value: { date } },
    sort: [{ path: ['createdAt'], descending: false }],
    skip: 0,
    limit: BATCH,
    budget: BUDGET,
  });
  for (const record of old) {
    // The bytes first: if that fails, the record is still there to try it again.
    if (typeof record.columns.key === 'string') await files.remove(storedName(record));
    await store.records.remove(record);
  }
  return old.length;
}
