import type { App } from '../app/app.ts';
import type { Milliseconds } from '../identifiers.ts';
import type { World } from '../world.ts';
import { FILE } from './file-rules.ts';
import { removeFile } from './remove-file.ts';

const DAY: Milliseconds = 24 * 3600 * 1000;
const BATCH = 100;
/** Milliseconds a query may work. */
const BUDGET = 2000;

/** Deletes one batch of files that are older than their app keeps them. True while there may be more. */
export async function expireFiles(
  world: Pick<World, 'store' | 'files'>,
  apps: readonly App[],
  now: Milliseconds,
): Promise<boolean> {
  let hasMore = false;
  for (const { key, settings } of apps) {
    if (settings.fileRetentionDays === 0) continue;
    const old = await world.store.records.query({
      app: key,
      className: FILE,
      condition: {
        test: 'less',
        path: ['createdAt'],
        value: { date: now - settings.fileRetentionDays * DAY },
      },
      sort: [{ path: ['createdAt'], descending: false }],
      skip: 0,
      limit: BATCH,
      budget: BUDGET,
    });
    for (const record of old) await removeFile(world, record);
    hasMore ||= old.length === BATCH;
  }
  return hasMore;
}
