import { DataError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { applyFields, parseFields } from '../records/field-operations.ts';
import type { DataRecord } from '../records/record.ts';
import type { Requester } from '../records/requester.ts';
import { writableFields } from '../records/writable-fields.ts';
import { insertRecord } from '../records/write-record.ts';
import type { World } from '../world.ts';
import { FILE, fileRules } from './file-rules.ts';

const MAX_URL = 4096;

/** A file that lies elsewhere: only its address is kept (`storage-subset §7.7`). @throws DataError */
export async function createExternalFile(
  world: World,
  requester: Requester,
  fields: JsonObject,
): Promise<DataRecord> {
  const columns = applyFields({}, parseFields(writableFields(requester, fileRules, fields)));
  checkFile(columns);
  const ref = { app: requester.app.key, className: FILE, id: world.random.objectId() };
  return insertRecord(world, ref, { columns, secrets: {} });
}

/**
 * What a save may not leave behind: a file was uploaded, or lies at an address. Clients open what stands there, so no
 * other scheme than those of the web.
 *
 * @throws DataError BAD_ARGUMENT
 */
export function checkFile({ key, url }: JsonObject): void {
  if (key !== undefined && (url ?? null) === null) return;
  const isWeb =
    typeof url === 'string' && url.length <= MAX_URL && URL.canParse(url) && /^https?:/i.test(url);
  if (!isWeb) throw new DataError('BAD_ARGUMENT', '"url" must be a web address, http or https.');
}
