import { DataError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { QueryTooSlow } from '../ports/query-too-slow.ts';
import type { World } from '../world.ts';
import { knownRules, requireClass } from './objects.ts';
import { readable, requireMay } from './permissions.ts';
import type { ClassName, DataRecord } from './record.ts';
import type { Requester } from './requester.ts';
import { parseCondition, parseOrder, refusePrivate } from './where.ts';

/** Milliseconds a query may work before it is refused. */
const BUDGET = 2000;

export interface ObjectQuery {
  readonly where?: JsonObject | readonly JsonObject[];
  /** Keys divided by commas, `-` in front for descending; oldest first where there are none. */
  readonly order?: string;
  readonly skip: number;
  readonly limit: number;
  /** Also say how many match. */
  readonly count: boolean;
}

export interface FoundObjects {
  readonly records: readonly DataRecord[];
  readonly count?: number;
}

/** Objects that meet a condition and that the requester may read (`storage-subset §4`). @throws DataError */
export async function findObjects(
  world: World,
  requester: Requester,
  className: ClassName,
  query: ObjectQuery,
): Promise<FoundObjects> {
  const rules = knownRules(className);
  requireMay(requester, rules, 'find');
  await requireClass(world, requester, className);
  const wanted = parseCondition(query.where);
  const sort = parseOrder(query.order);
  refusePrivate(requester, rules, wanted, sort);
  const select = {
    app: requester.app.key,
    className,
    condition: { test: 'all', conditions: [wanted, ...readable(requester)] },
    budget: BUDGET,
  } as const;
  const oldestFirst = [{ path: ['createdAt'], descending: false }];
  const page = { sort: sort.length > 0 ? sort : oldestFirst, skip: query.skip, limit: query.limit };
  try {
    const records = query.limit === 0 ? [] : await world.store.records.query({ ...select, ...page });
    return query.count ? { records, count: await world.store.records.count(select) } : { records };
  } catch (error) {
    if (!(error instanceof QueryTooSlow)) throw error;
    throw new DataError('BAD_ARGUMENT', 'The query took too long; add a condition that names a value.');
  }
}
