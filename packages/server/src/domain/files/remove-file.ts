import type { DataRecord } from '../records/record.ts';
import type { World } from '../world.ts';
import { storedName } from './create-upload.ts';

/** Deletes a file with its bytes. The record goes first: nobody finds a file whose bytes are gone. */
export async function removeFile(
  { store, files }: Pick<World, 'store' | 'files'>,
  record: DataRecord,
): Promise<void> {
  await store.records.remove(record);
  if (typeof record.columns.key === 'string') await files.remove(storedName(record));
}
