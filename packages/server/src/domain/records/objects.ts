import { DataError } from '../errors.ts';
import { checkFile, createExternalFile } from '../files/external-file.ts';
import { FILE } from '../files/file-rules.ts';
import { removeFile } from '../files/remove-file.ts';
import { INSTALLATION } from '../installations/installation-rules.ts';
import { makeRoom, saveInstallation } from '../installations/save-installation.ts';
import type { JsonObject } from '../json.ts';
import { compileCondition } from '../query/matches.ts';
import { recordDocument } from '../query/record-document.ts';
import { signUp } from '../users/sign-up.ts';
import { prepareUserSave } from '../users/update-user.ts';
import { USER } from '../users/user-rules.ts';
import type { World } from '../world.ts';
import type { ClassRules } from './class-rules.ts';
import { applyFields, type FieldOperation, parseFields } from './field-operations.ts';
import { checkClassName } from './limits.ts';
import { requireMay, requireMayTouch } from './permissions.ts';
import type { ClassName, DataRecord, ObjectId } from './record.ts';
import type { Requester } from './requester.ts';
import { rulesOf } from './rules-of-class.ts';
import { parseCondition } from './where.ts';
import { writableFields } from './writable-fields.ts';
import { changeRecord, insertRecord } from './write-record.ts';

export interface CreatedObject {
  readonly record: DataRecord;
  /** False where saving a new object found one that is the same: a user by its identity, a device by its token. */
  readonly isNew: boolean;
}

/**
 * Creates an object of any class (`storage-subset §5.2`). A user is signed up, an installation replaces the one of the
 * same device, a file is one that lies elsewhere.
 *
 * @param onlyExisting users: refuse an unknown identity instead of creating a user
 * @throws DataError
 */
export async function createObject(
  world: World,
  requester: Requester,
  className: ClassName,
  fields: JsonObject,
  onlyExisting = false,
): Promise<CreatedObject> {
  const rules = knownRules(className);
  requireMay(requester, rules, 'create');
  switch (className) {
    case USER: {
      const { user, isNew } = await signUp(world, requester, fields, onlyExisting);
      return { record: user, isNew };
    }
    case INSTALLATION:
      return saveInstallation(world, requester, fields);
    case FILE:
      return { record: await createExternalFile(world, requester, fields), isNew: true };
    default: {
      const columns = applyFields({}, parseFields(writableFields(requester, rules, fields)));
      const ref = { app: requester.app.key, className, id: world.random.objectId() };
      return { record: await insertRecord(world, ref, { columns, secrets: {} }), isNew: true };
    }
  }
}

/** `undefined` where there is no such object in a class that takes it easy. @throws DataError */
export async function readObject(
  world: World,
  requester: Requester,
  className: ClassName,
  id: ObjectId,
): Promise<DataRecord | undefined> {
  const rules = knownRules(className);
  requireMay(requester, rules, 'get');
  const [record] = await world.store.records.load(requester.app.key, className, [id]);
  if (record !== undefined) {
    requireMayTouch(requester, rules, 'get', record);
    return record;
  }
  if (rules.missing !== undefined) throw new DataError(rules.missing);
  await requireClass(world, requester, className);
  return undefined;
}

export interface UpdatedObject {
  readonly record: DataRecord;
  /** New values of what operators changed, by the keys of the request; deleted ones are missing. */
  readonly operations: readonly FieldOperation[];
}

/**
 * Saves changes of an object.
 *
 * @param where what the object must meet at that moment, or nothing is written
 * @throws DataError NO_EFFECT where it does not meet it, CLASS_NOT_FOUND, …
 */
export async function updateObject(
  world: World,
  requester: Requester,
  className: ClassName,
  id: ObjectId,
  fields: JsonObject,
  where?: JsonObject | readonly JsonObject[],
): Promise<UpdatedObject> {
  const rules = knownRules(className);
  requireMay(requester, rules, 'update');
  const ref = { app: requester.app.key, className, id };
  // Before the costly part: a hash is not computed for who may not save it.
  const [found] = await world.store.records.load(ref.app, className, [id]);
  if (found === undefined) throw gone(rules);
  requireMayTouch(requester, rules, 'update', found);
  const save = className === USER ? await prepareUserSave(world, requester, fields) : undefined;
  const operations = parseFields(writableFields(requester, rules, save?.fields ?? fields));
  const meets = compileCondition(parseCondition(where));
  if (!meets(recordDocument(found))) throw new DataError('NO_EFFECT');
  if (className === INSTALLATION) await makeRoom(world, requester, found, applyFields({}, operations));
  const record = await changeRecord(world, ref, (before) => {
    requireMayTouch(requester, rules, 'update', before);
    if (!meets(recordDocument(before))) throw new DataError('NO_EFFECT');
    const columns = applyFields(before.columns, operations);
    if (className === FILE) checkFile(columns);
    return save?.finish(before, columns) ?? { columns, secrets: before.secrets };
  });
  if (record === undefined) throw gone(rules);
  return { record, operations };
}

/** Deletes what there is of these objects. @throws DataError NO_EFFECT where one does not meet `where` */
export async function deleteObjects(
  world: World,
  requester: Requester,
  className: ClassName,
  ids: readonly ObjectId[],
  where?: JsonObject | readonly JsonObject[],
): Promise<void> {
  const rules = knownRules(className);
  requireMay(requester, rules, 'delete');
  const meets = compileCondition(parseCondition(where));
  const found = await world.store.records.load(requester.app.key, className, ids);
  for (const record of found) requireMayTouch(requester, rules, 'delete', record);
  if (where !== undefined && !(found.length > 0 && found.every((record) => meets(recordDocument(record))))) {
    throw new DataError('NO_EFFECT');
  }
  for (const record of found) {
    await (className === FILE ? removeFile(world, record) : world.store.records.remove(record));
  }
}

/** @throws DataError INVALID_CLASS_NAME, CLASS_NOT_KEPT */
export function knownRules(className: ClassName): ClassRules {
  if (!className.startsWith('_')) checkClassName(className);
  const rules = rulesOf(className);
  if (rules === undefined) {
    throw new DataError('CLASS_NOT_KEPT', `The class ${JSON.stringify(className)} is not kept here.`);
  }
  return rules;
}

/** A misspelt class is an error; an empty one is not. @throws DataError CLASS_NOT_FOUND */
export async function requireClass(world: World, requester: Requester, className: ClassName): Promise<void> {
  if (className.startsWith('_')) return;
  if (await world.store.records.hasClass(requester.app.key, className)) return;
  throw new DataError('CLASS_NOT_FOUND', `No object of the class ${className} was ever saved.`);
}

function gone(rules: ClassRules): DataError {
  return new DataError(rules.missing ?? 'CLASS_NOT_FOUND');
}
