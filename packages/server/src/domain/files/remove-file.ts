import type { DataRecord } from '../records/record.ts';
import type { World } from '../world.ts';

/** Deletes a file with its bytes. The record goes first: nobody finds a file whose bytes are gone. */
export async function removeFile(world: World, record: DataRecord): Promise<void> {
  await world.store.records.remove(record);
}
