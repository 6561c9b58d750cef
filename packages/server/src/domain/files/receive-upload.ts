import type { App } from '../app/app.ts';
import { DataError } from '../errors.ts';
import { NoRoomForFiles } from '../ports/files.ts';
import type { DataRecord, ObjectId } from '../records/record.ts';
import { changeRecord } from '../records/write-record.ts';
import { isSameSecret } from '../same-secret.ts';
import type { World } from '../world.ts';
import { storedName } from './create-upload.ts';
import { FILE } from './file-rules.ts';
import { removeFile } from './remove-file.ts';

/**
 * The file a token allows to upload; until the upload is confirmed, again and again (`storage-subset §7.3`).
 *
 * @throws DataError FORBIDDEN
 */
export async function expectedFile(world: World, app: App, id: ObjectId, token: string): Promise<DataRecord> {
  const [record] = await world.store.records.load(app.key, FILE, [id]);
  const expected = record?.secrets.token;
  const until = record?.secrets.tokenUntil;
  const isAllowed =
    typeof expected === 'string' &&
    isSameSecret(token, expected) &&
    typeof until === 'number' &&
    world.clock.now() < until;
  if (record === undefined || !isAllowed) {
    throw new DataError('FORBIDDEN', 'The token of the upload is wrong, too old or used up.');
  }
  return record;
}

/**
 * Takes the bytes of a file. From then on it can be fetched, confirmed or not: messages may be faster than the
 * confirmation.
 *
 * @param maxBytes a longer file is refused, and what was there before stays
 * @throws DataError TOO_LARGE, STORAGE_FULL, BAD_ARGUMENT (the bytes ended early), FORBIDDEN (the file was deleted meanwhile)
 */
export async function receiveUpload(
  world: World,
  record: DataRecord,
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<DataRecord> {
  const mimeType = String(record.columns.mime_type);
  const { size } = await world.files
    .write(storedName(record), limited(bytes, maxBytes), { mimeType })
    .catch((error: unknown) => {
      throw error instanceof NoRoomForFiles ? new DataError('STORAGE_FULL', error.message) : error;
    });
  const stored = await changeRecord(world, record, ({ columns, secrets }) => ({
    columns,
    secrets: { ...secrets, size, storedAt: world.clock.now() },
  }));
  if (stored === undefined) {
    await removeFile(world, record);
    throw new DataError('FORBIDDEN', 'The file was deleted while it was uploaded.');
  }
  return stored;
}

/**
 * Confirms an upload or takes it back (`storage-subset §7.4`). An unknown token is no error, because Java confirms
 * twice; nor are missing bytes, because Java confirms uploads that failed.
 */
export async function finishUpload(world: World, app: App, token: string, isDone: boolean): Promise<void> {
  const record = await world.store.records.findByKey(app.key, FILE, { name: 'token', value: token });
  if (record === undefined) return;
  if (!isDone) {
    await removeFile(world, record);
    return;
  }
  const stored =
    isStored(record) || !isEmpty(record) ? record : await receiveUpload(world, record, nothing(), 0);
  if (!isStored(stored)) return;
  await changeRecord(world, stored, ({ columns, secrets: { token: _, tokenUntil: __, ...secrets } }) => ({
    columns,
    secrets,
  }));
}

export function isStored({ secrets }: DataRecord): boolean {
  return typeof secrets.size === 'number';
}

/** Java uploads nothing where there is nothing. */
function isEmpty({ columns }: DataRecord): boolean {
  const { metaData } = columns as { readonly metaData?: { readonly size?: unknown } };
  return metaData?.size === 0;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* limited(bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const piece of bytes) {
      size += piece.length;
      if (size > most) throw new DataError('TOO_LARGE', `A file has at most ${most} bytes.`);
      yield piece;
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError('BAD_ARGUMENT', 'The upload ended before the file did.');
  }
}
