import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { ComparisonOperator, Condition, KeyPath, QueryValue } from './condition.ts';
import { isList } from './document.ts';
import { parseInstant } from './instants.ts';
import { invalidQuery, quote } from './invalid-query.ts';
import { parseKeyPath } from './parse-key-path.ts';
import { compilePattern, MAX_PATTERN_SIZE } from './pattern.ts';

/** How deep `$and`, `$or` and values may nest. The SDKs need three. */
const MAX_DEPTH = 16;
const MAX_CONDITIONS = 500;
/** JS asks for 999 ids at once. */
const MAX_LIST_LENGTH = 1000;

/** Columns whose dates clients write as plain ISO strings, because that is how they read them. */
const dateColumns: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'lm']);

/** What is left of the bounds of one query. */
interface Budget {
  conditions: number;
  patternSize: number;
}

/**
 * Reads a `where` object (`wire-protocol §4.5`, `storage-subset §4.2`) and checks it once and for all: what it
 * returns has sound operators, compiles, and is small enough to be evaluated on every conversation of an app.
 *
 * @example
 * parseWhere({ m: 'Tom', 'attr.level': { $gte: 3 } });
 * // { test: 'all', conditions: [
 * //   { test: 'equal', path: ['m'], value: 'Tom' },
 * //   { test: 'greater-or-equal', path: ['attr', 'level'], value: 3 } ] }
 * @throws ImError CONVERSATION_QUERY_FAILED where it is malformed, too large or asks for an unknown operator
 */
export function parseWhere(where: JsonObject): Condition {
  return parseGroup(where, { conditions: MAX_CONDITIONS, patternSize: MAX_PATTERN_SIZE }, 0);
}

/** All entries of an object must hold. */
function parseGroup(where: JsonObject, budget: Budget, depth: number): Condition {
  if (depth > MAX_DEPTH) throw invalidQuery(`A query may nest at most ${MAX_DEPTH} levels deep.`);
  const conditions = Object.entries(where).flatMap(([key, value]) => parseEntry(key, value, budget, depth));
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : { test: 'all', conditions };
}

function parseEntry(key: string, value: JsonValue, budget: Budget, depth: number): readonly Condition[] {
  spend(budget);
  if (key === '$and') return [{ test: 'all', conditions: parseAlternatives(key, value, budget, depth) }];
  if (key === '$or') return [{ test: 'any', conditions: parseAlternatives(key, value, budget, depth) }];
  if (key.startsWith('$')) throw invalidQuery(`${quote(key)} cannot stand where a key is expected.`);
  const path = parseKeyPath(key);
  if (!isOperators(value)) return [{ test: 'equal', path, value: parseValue(path, value) }];
  return Object.entries(value).flatMap(([operator, operand]) => {
    spend(budget);
    return parseOperator({ operator, operand, path, siblings: value, budget });
  });
}

function spend(budget: Budget): void {
  if (budget.conditions-- <= 0) throw invalidQuery(`A query may have at most ${MAX_CONDITIONS} conditions.`);
}

function parseAlternatives(
  key: string,
  value: JsonValue,
  budget: Budget,
  depth: number,
): readonly Condition[] {
  if (!isList(value) || value.length === 0 || !value.every(isJsonObject)) {
    throw invalidQuery(`${key} takes a list of at least one query.`);
  }
  return value.map((group) => parseGroup(group, budget, depth + 1));
}

function isOperators(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).some((key) => key.startsWith('$'));
}

interface Operation {
  readonly operator: string;
  readonly operand: JsonValue;
  readonly path: KeyPath;
  /** The object the operator stands in: `$options` belongs to the `$regex` beside it. */
  readonly siblings: JsonObject;
  readonly budget: Budget;
}

const comparisons: Readonly<Record<string, ComparisonOperator>> = {
  $lt: 'less',
  $lte: 'less-or-equal',
  $gt: 'greater',
  $gte: 'greater-or-equal',
};

const listOperators: Readonly<Record<string, 'in' | 'not-in' | 'contains-all'>> = {
  $in: 'in',
  $nin: 'not-in',
  $all: 'contains-all',
};

function parseOperator(operation: Operation): readonly Condition[] {
  const { operator, operand, path, siblings } = operation;
  const comparison = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (comparison !== undefined)
    return [{ test: comparison, path, value: parseOrdered(operator, path, operand) }];
  const listOperator = Object.hasOwn(listOperators, operator) ? listOperators[operator] : undefined;
  if (listOperator !== undefined)
    return [{ test: listOperator, path, values: parseList(operator, path, operand) }];
  switch (operator) {
    case '$ne':
      return [{ test: 'not-equal', path, value: parseValue(path, operand) }];
    case '$exists':
      if (typeof operand !== 'boolean') throw invalidQuery('$exists takes true or false.');
      return [{ test: 'exists', path, present: operand }];
    case '$size':
      if (typeof operand !== 'number' || !Number.isInteger(operand) || operand < 0) {
        throw invalidQuery('$size takes a whole number of elements.');
      }
      return [{ test: 'size', path, size: operand }];
    case '$regex':
      return [parsePattern(operation)];
    case '$options':
      if (!Object.hasOwn(siblings, '$regex')) throw invalidQuery('$options has no $regex to apply to.');
      return [];
    case '$nearSphere':
    case '$within':
      throw invalidQuery(`Conversations cannot be searched by place; ${operator} is not supported.`);
    default:
      throw invalidQuery(
        operator.startsWith('$')
          ? `The operator ${quote(operator)} is unknown.`
          : `The condition on ${quote(path.join('.'))} mixes operators with the plain key ${quote(operator)}.`,
      );
  }
}

function parsePattern({ operand, path, siblings, budget }: Operation): Condition {
  const options = Object.hasOwn(siblings, '$options') ? siblings.$options : '';
  if (typeof operand !== 'string' || typeof options !== 'string') {
    throw invalidQuery('$regex and $options take strings.');
  }
  // Compiled here only to refuse it early and to know what it costs; whoever evaluates compiles again.
  budget.patternSize -= compilePattern(operand, options).size;
  if (budget.patternSize < 0)
    throw invalidQuery('The regular expressions of the query are too large together.');
  return { test: 'matches', path, pattern: operand, options };
}

function parseOrdered(operator: string, path: KeyPath, operand: JsonValue): QueryValue {
  const isOrdered = isJsonObject(operand)
    ? operand.__type === 'Date'
    : ['number', 'string', 'boolean'].includes(typeof operand);
  if (!isOrdered) throw invalidQuery(`${operator} compares numbers, strings, dates and booleans only.`);
  return parseValue(path, operand);
}

function parseList(operator: string, path: KeyPath, operand: JsonValue): readonly QueryValue[] {
  if (!isList(operand)) throw invalidQuery(`${operator} takes a list of values.`);
  if (operand.length > MAX_LIST_LENGTH) {
    throw invalidQuery(`${operator} takes at most ${MAX_LIST_LENGTH} values, not ${operand.length}.`);
  }
  return operand.map((value) => parseValue(path, value));
}

/** A value to compare with: dates become moments, everything else is taken as it is. */
function parseValue(path: KeyPath, value: JsonValue): QueryValue {
  const isColumn = path.length === 1 && dateColumns.has(path[0] ?? '');
  if (isColumn && typeof value === 'string') return { date: instant(value) };
  if (isJsonObject(value) && value.__type === 'Date') {
    const iso = value.iso;
    if (typeof iso !== 'string') throw invalidQuery('A date needs its moment as a string, "iso".');
    return { date: instant(iso) };
  }
  checkDepth(value, 0);
  return value;
}

function instant(text: string): number {
  const moment = parseInstant(text);
  if (moment === undefined)
    throw invalidQuery(`${quote(text)} is not a date such as 2025-06-15T15:06:40.123Z.`);
  return moment;
}

function checkDepth(value: JsonValue, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw invalidQuery(`A value in a query may nest at most ${MAX_DEPTH} levels deep.`);
  for (const inner of Object.values(value)) checkDepth(inner, depth + 1);
}
