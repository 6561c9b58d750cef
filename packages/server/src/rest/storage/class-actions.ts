import type { Static } from 'typebox';
import { INSTALLATION } from '../../domain/installations/installation-rules.ts';
import type { JsonObject } from '../../domain/json.ts';
import { chooseColumns, chooseKeys } from '../../domain/records/choose-keys.ts';
import { expand } from '../../domain/records/expand.ts';
import type { FieldOperation } from '../../domain/records/field-operations.ts';
import { findObjects } from '../../domain/records/find-objects.ts';
import { createObject, deleteObjects, readObject, updateObject } from '../../domain/records/objects.ts';
import { present, presentWithSession } from '../../domain/records/present.ts';
import type { DataRecord } from '../../domain/records/record.ts';
import type { Requester } from '../../domain/records/requester.ts';
import { USER } from '../../domain/users/user-rules.ts';
import type { World } from '../../domain/world.ts';
import { limitOf } from '../page-size.ts';
import { type Answer, created, ok } from '../route.ts';
import {
  type CreateQuery,
  choiceIn,
  type DeleteQuery,
  type FindQuery,
  type ReadQuery,
  type UpdateQuery,
  whereOf,
} from './parts.ts';

/** Whose objects, and who asks. */
export interface ClassRequest {
  readonly world: World;
  readonly requester: Requester;
  readonly className: string;
}

/** What HTTP can do with a class, whatever keeps its objects. */
export interface ClassActions {
  /** @param inBatch also tells `updatedAt`, as SDKs that save in batches expect */
  create(
    request: ClassRequest,
    fields: JsonObject,
    query: Static<typeof CreateQuery>,
    inBatch?: boolean,
  ): Promise<Answer>;
  find(request: ClassRequest, query: Static<typeof FindQuery>): Promise<Answer>;
  read(request: ClassRequest, id: string, query: Static<typeof ReadQuery>): Promise<Answer>;
  /** @param inBatch also tells what operators made, or on request the whole object rather than what was touched */
  update(
    request: ClassRequest,
    id: string,
    fields: JsonObject,
    query: Static<typeof UpdateQuery>,
    inBatch?: boolean,
  ): Promise<Answer>;
  remove(request: ClassRequest, ids: readonly string[], query: Static<typeof DeleteQuery>): Promise<Answer>;
}

/** Objects that the store of records keeps (`storage-subset §5.2`). */
export const recordActions: ClassActions = {
  async create({ world, requester, className }, fields, query, inBatch = false) {
    const { record, isNew } = await createObject(
      world,
      requester,
      className,
      fields,
      query.failOnNotExist === true,
    );
    const isWhole = wantsAll(query) || className === '_File';
    const body = savedBody(requester, record, isWhole, inBatch);
    return isNew ? created(body, locationOf(record)) : ok(body);
  },
  async find({ world, requester, className }, query) {
    const where = whereOf(query.where);
    const { records, count } = await findObjects(world, requester, className, {
      ...(where !== undefined && { where }),
      ...(query.order !== undefined && { order: query.order }),
      skip: query.skip ?? 0,
      limit: limitOf(query),
      count: query.count === true,
    });
    const plain = records.map((record) => present(requester, record, query.returnACL));
    const results = await asAsked(world, requester, plain, query);
    return ok({ results, ...(count !== undefined && { count }) });
  },
  async read({ world, requester, className }, id, query) {
    const record = await readObject(world, requester, className, id);
    if (record === undefined) return ok({});
    const plain = present(requester, record, query.returnACL);
    const [object] = await asAsked(world, requester, [plain], query);
    const headers = { 'last-modified': new Date(record.updatedAt).toUTCString() };
    return { status: 200, body: object, headers };
  },
  async update({ world, requester, className }, id, fields, query, inBatch = false) {
    const { record, operations } = await updateObject(
      world,
      requester,
      className,
      id,
      fields,
      whereOf(query.where),
    );
    const values = valuesTold(present(requester, record), operations, wantsAll(query), inBatch);
    return ok({ ...values, ...identityOf(record) });
  },
  async remove({ world, requester, className }, ids, query) {
    await deleteObjects(world, requester, className, ids, whereOf(query.where));
    return ok({});
  },
};

/** Objects with what the caller wants of them, and what it wants included. */
export async function asAsked(
  world: World,
  requester: Requester,
  objects: readonly JsonObject[],
  query: Static<typeof ReadQuery>,
): Promise<readonly JsonObject[]> {
  const choice = choiceIn(query);
  const columns = objects.map((object) => chooseColumns(object, choice));
  const expanded = await expand(world, requester, columns, query.include);
  // Only now: what is chosen of an included object has just come.
  return expanded.map((object) => chooseKeys(object, choice));
}

/** Whether a caller that saves wants the values that were saved. */
export function wantsAll(query: Static<typeof CreateQuery> | Static<typeof UpdateQuery>): boolean {
  return query.fetchWhenSave === true || query.new === true;
}

/** What a caller learns about an object it created; of a user everything, with its session. */
function savedBody(
  requester: Requester,
  record: DataRecord,
  isWhole: boolean,
  withDates: boolean,
): JsonObject {
  if (record.className === USER) return presentWithSession(record);
  if (isWhole) return present(requester, record);
  const createdAt = new Date(record.createdAt).toISOString();
  if (record.className === INSTALLATION || withDates) return { ...identityOf(record), createdAt };
  return { objectId: record.id, createdAt };
}

/** What a caller learns of the columns it changed, as they are now; deleted ones are missing. */
export function valuesTold(
  whole: JsonObject,
  operations: readonly FieldOperation[],
  isAllWanted: boolean,
  inBatch: boolean,
): JsonObject {
  if (inBatch && isAllWanted) return whole;
  const told = operations.filter(({ isOperator }) => isAllWanted || (inBatch && isOperator));
  return Object.fromEntries(
    told.flatMap(({ path: [column = ''] }) =>
      Object.hasOwn(whole, column) ? [[column, whole[column] ?? null]] : [],
    ),
  );
}

export function identityOf(record: DataRecord): { readonly updatedAt: string; readonly objectId: string } {
  return { updatedAt: new Date(record.updatedAt).toISOString(), objectId: record.id };
}

export function locationOf({ className, id }: DataRecord): Readonly<Record<string, string>> {
  return { location: `/1.1/classes/${className}/${id}` };
}
