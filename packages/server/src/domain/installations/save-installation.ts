import type { JsonObject } from '../json.ts';
import { applyFields, parseFields } from '../records/field-operations.ts';
import type { DataRecord, RecordKey } from '../records/record.ts';
import type { Requester } from '../records/requester.ts';
import { writableFields } from '../records/writable-fields.ts';
import { changeRecord, insertRecord } from '../records/write-record.ts';
import type { World } from '../world.ts';
import { INSTALLATION, installationRules } from './installation-rules.ts';

export interface SavedInstallation {
  readonly record: DataRecord;
  readonly isNew: boolean;
}

/**
 * Saves the installation of a device: the one with this id, else with this installation id, else with this device
 * token, else a new one (`storage-subset §8.2`). A device that was set up again has one installation, so another one
 * with the same names gives way.
 *
 * @throws DataError
 */
export async function saveInstallation(
  world: World,
  requester: Requester,
  fields: JsonObject,
): Promise<SavedInstallation> {
  const operations = parseFields(writableFields(requester, installationRules, fields));
  const wished = applyFields({}, operations);
  const keys = installationRules.keys(wished, {});
  const known = await knownInstallation(world, requester, fields, keys);
  if (known === undefined) {
    const ref = { app: requester.app.key, className: INSTALLATION, id: world.random.objectId() };
    try {
      const record = await insertRecord(world, ref, { columns: { valid: true, ...wished }, secrets: {} });
      return { record, isNew: true };
    } catch (error) {
      // A device that saves itself twice at once is still one.
      if ((await knownInstallation(world, requester, fields, keys)) === undefined) throw error;
      return saveInstallation(world, requester, fields);
    }
  }
  await makeRoom(world, requester, known, wished);
  const record = await changeRecord(world, known, ({ columns, secrets }) => ({
    columns: applyFields(columns, operations),
    secrets,
  }));
  return record === undefined ? saveInstallation(world, requester, fields) : { record, isNew: false };
}

async function knownInstallation(
  world: World,
  { app }: Requester,
  { objectId }: JsonObject,
  keys: readonly RecordKey[],
): Promise<DataRecord | undefined> {
  const { records } = world.store;
  if (typeof objectId === 'string') {
    const [byId] = await records.load(app.key, INSTALLATION, [objectId]);
    if (byId !== undefined) return byId;
  }
  for (const key of keys) {
    const holder = await records.findByKey(app.key, INSTALLATION, key);
    if (holder !== undefined) return holder;
  }
  return undefined;
}

/** Removes installations that the device of this one had before it was set up again. */
export async function makeRoom(
  world: World,
  { app }: Requester,
  installation: DataRecord,
  wished: JsonObject,
): Promise<void> {
  for (const key of installationRules.keys({ ...installation.columns, ...wished }, {})) {
    const holder = await world.store.records.findByKey(app.key, INSTALLATION, key);
    if (holder !== undefined && holder.id !== installation.id) await world.store.records.remove(holder);
  }
}
