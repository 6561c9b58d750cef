import type { ComparisonOperator, Condition, KeyPath, QueryValue } from './condition.ts';
import { type DocumentValue, isList, type QueryDocument } from './document.ts';
import { instantOf, isDateValue } from './instants.ts';
import { compilePattern } from './pattern.ts';
import { compareText, equalValues } from './values.ts';

export type Matcher = (document: QueryDocument) => boolean;

/** A test of the one value at a path. */
type ValueTest = (value: DocumentValue | undefined) => boolean;

/**
 * Turns a condition into a function, once, so that nothing but the comparing is left to do per conversation.
 * The meaning is MongoDB's, as `storage-subset §4.2` tells it:
 *
 * - a list field meets a condition when any element does; equality and `$in` also hold for the whole list
 * - `$ne` and `$nin` are the exact opposite of equality and `$in`, so they hold where the field is missing
 * - `null` equals a missing field; for `$exists` a stored `null` is present
 * - `$lt` and its like hold only between values of one type
 *
 * @example
 * const isMine = compileCondition({ test: 'equal', path: ['m'], value: 'Tom' });
 * isMine(conversationDocument(record));
 */
export function compileCondition(condition: Condition): Matcher {
  switch (condition.test) {
    case 'all': {
      const matchers = condition.conditions.map(compileCondition);
      return (document) => matchers.every((matches) => matches(document));
    }
    case 'any': {
      const matchers = condition.conditions.map(compileCondition);
      return (document) => matchers.some((matches) => matches(document));
    }
    default:
      return at(condition.path, compileTest(condition));
  }
}

function at(path: KeyPath, test: ValueTest): Matcher {
  return (document) => test(document.value(path));
}

function compileTest(condition: Exclude<Condition, { readonly test: 'all' | 'any' }>): ValueTest {
  switch (condition.test) {
    case 'equal':
      return equalTo(condition.value);
    case 'not-equal':
      return not(equalTo(condition.value));
    case 'in':
      return oneOf(condition.values);
    case 'not-in':
      return not(oneOf(condition.values));
    case 'contains-all':
      return containsAll(condition.values);
    case 'size':
      return (value) => isList(value) && value.length === condition.size;
    case 'exists':
      return (value) => (value !== undefined) === condition.present;
    case 'matches': {
      const pattern = compilePattern(condition.pattern, condition.options);
      return anyElement((value) => typeof value === 'string' && pattern.test(value));
    }
    default:
      return anyElement(ordered(condition.test, condition.value));
  }
}

function not(test: ValueTest): ValueTest {
  return (value) => !test(value);
}

function anyElement(test: ValueTest): ValueTest {
  return (value) => (isList(value) ? value.some(test) : test(value));
}

function equalTo(wanted: QueryValue): ValueTest {
  if (wanted === null) return orElement((value) => value === null || value === undefined);
  if (typeof wanted !== 'object') return orElement((value) => value === wanted);
  return orElement((value) => value !== undefined && equalValues(value, wanted));
}

/** The value itself or, where it is a list, any element. */
function orElement(test: ValueTest): ValueTest {
  return (value) => test(value) || (isList(value) && value.some(test));
}

/** Plain values are looked up in a set: SDKs ask for up to 999 ids at once. */
function oneOf(wanted: readonly QueryValue[]): ValueTest {
  const plain = new Set<unknown>(wanted.filter((value) => typeof value !== 'object'));
  const others = wanted.filter((value) => typeof value === 'object').map(equalTo);
  const isPlain = orElement((value) => plain.has(value));
  return (value) => isPlain(value) || others.some((equals) => equals(value));
}

function containsAll(wanted: readonly QueryValue[]): ValueTest {
  if (wanted.length === 0) return () => false;
  const tests = wanted.map(equalTo);
  return (value) => value !== undefined && tests.every((equals) => equals(value));
}

const verdicts: Record<ComparisonOperator, (order: number) => boolean> = {
  less: (order) => order < 0,
  'less-or-equal': (order) => order <= 0,
  greater: (order) => order > 0,
  'greater-or-equal': (order) => order >= 0,
};

function ordered(operator: ComparisonOperator, wanted: QueryValue): ValueTest {
  const verdict = verdicts[operator];
  if (isDateValue(wanted)) {
    return (value) => {
      const instant = instantOf(value);
      return instant !== undefined && verdict(instant - wanted.date);
    };
  }
  switch (typeof wanted) {
    case 'number':
      return (value) => typeof value === 'number' && verdict(value - wanted);
    case 'string':
      return (value) => typeof value === 'string' && verdict(compareText(value, wanted));
    case 'boolean':
      return (value) => typeof value === 'boolean' && verdict(Number(value) - Number(wanted));
    default:
      // Objects, lists and null have no order.
      return () => false;
  }
}
