import { DataError, ImError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { Condition, SortKey } from '../query/condition.ts';
import { everything } from '../query/condition.ts';
import { isList } from '../query/document.ts';
import { parseSort } from '../query/parse-sort.ts';
import { parseWhere } from '../query/parse-where.ts';
import type { ClassRules } from './class-rules.ts';
import { quote } from './limits.ts';
import type { Requester } from './requester.ts';

/** What other services answer and this one does not; ignoring them would find too much (`storage-subset §4.2`). */
const NOT_IMPLEMENTED: ReadonlySet<string> = new Set([
  '$select',
  '$dontSelect',
  '$inQuery',
  '$notInQuery',
  '$relatedTo',
  '$nearSphere',
  '$within',
]);

/**
 * A `where` of the data API; a list of them means all of them.
 *
 * @throws DataError NOT_IMPLEMENTED, MALFORMED_JSON
 */
export function parseCondition(where: JsonObject | readonly JsonObject[] | undefined): Condition {
  if (where === undefined) return everything;
  refuseUnknown(where);
  return asDataError(() => {
    if (!isList(where)) return parseWhere(where as JsonObject);
    return where.length === 0 ? everything : parseWhere({ $and: where });
  });
}

/** @throws DataError MALFORMED_JSON */
export function parseOrder(order: string | undefined): readonly SortKey[] {
  return asDataError(() => parseSort(order));
}

/** What is wrong with a query has another code here than in a command. */
function asDataError<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ImError) throw new DataError('MALFORMED_JSON', error.message);
    throw error;
  }
}

function refuseUnknown(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (NOT_IMPLEMENTED.has(key)) {
      throw new DataError('NOT_IMPLEMENTED', `The operator ${key} is not implemented.`);
    }
    refuseUnknown(inner);
  }
}

/** What a caller does not see, it cannot find out by asking or sorting either. @throws DataError FORBIDDEN */
export function refusePrivate(
  { isMaster }: Requester,
  { privateColumns }: ClassRules,
  condition: Condition,
  sort: readonly SortKey[],
): void {
  if (isMaster) return;
  const asked = [...columnsIn(condition), ...sort.map(({ path }) => path[0] ?? '')];
  const hidden = asked.find((column) => privateColumns.has(column));
  if (hidden !== undefined) throw new DataError('FORBIDDEN', `${quote(hidden)} is for the user itself.`);
}

function columnsIn(condition: Condition): readonly string[] {
  switch (condition.test) {
    case 'all':
    case 'any':
      return condition.conditions.flatMap(columnsIn);
    default:
      return [condition.path[0] ?? ''];
  }
}
