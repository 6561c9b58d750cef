import type { Milliseconds } from '../identifiers.ts';
import type { World } from '../world.ts';
import { FILE, fileRules } from './file-rules.ts';
import { isStored } from './receive-upload.ts';
import { removeFile } from './remove-file.ts';

const DAY: Milliseconds = 24 * 3600 * 1000;
const BATCH = 100;

/**
 * Forgets files whose bytes did not come within a day (`storage-subset §7.4`). Those that came without being confirmed
 * stay: a message may name them. True while there may be more.
 */
export async function forgetUploads(
  world: Pick<World, 'store' | 'files'>,
  now: Milliseconds,
): Promise<boolean> {
  const old = await world.store.records.holdersOf(FILE, 'token', now - DAY, BATCH);
  for (const record of old) {
    if (!isStored(record)) {
      await removeFile(world, record);
      continue;
    }
    const { token: _, tokenUntil: __, ...secrets } = record.secrets;
    const keys = fileRules.keys(record.columns, secrets);
    await world.store.records.replace(record, {
      columns: record.columns,
      secrets,
      keys,
      now,
      expectedVersion: record.version,
    });
  }
  return old.length === BATCH;
}
