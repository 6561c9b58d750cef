import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { compileCondition } from './matches.ts';
import { parseWhere } from './parse-where.ts';

/** The sentence a query is refused with. */
function refusal(where: JsonObject): string {
  try {
    parseWhere(where);
  } catch (error) {
    if (!(error instanceof ImError)) throw error;
    expect(error.code).toBe(4310);
    return error.message;
  }
  throw new Error('The query was accepted.');
}

function nested(depth: number, inner: JsonObject): JsonObject {
  return depth === 0 ? inner : { $and: [nested(depth - 1, inner)] };
}

describe('reading a query', () => {
  it('[F-CONV-54] understands what the SDKs wrap equality in', () => {
    expect(parseWhere({ $and: [{ name: 'x' }] })).toEqual({
      test: 'all',
      conditions: [{ test: 'equal', path: ['name'], value: 'x' }],
    });
  });

  it('[F-CONV-50] reads dates in both spellings', () => {
    const date = { date: Date.UTC(2025, 5, 15) };
    expect(parseWhere({ createdAt: { $gt: '2025-06-15T00:00:00.000Z' } })).toMatchObject({ value: date });
    expect(parseWhere({ 'attr.at': { __type: 'Date', iso: '2025-06-15' } })).toMatchObject({ value: date });
  });

  it('compares objects with a type as they are', () => {
    const pointer = { __type: 'Pointer', className: '_User', objectId: '1' };
    expect(parseWhere({ user: pointer })).toEqual({ test: 'equal', path: ['user'], value: pointer });
  });

  it('takes an empty query for everything', () => {
    expect(parseWhere({})).toEqual({ test: 'all', conditions: [] });
  });

  it('[F-CONV-51] takes as many ids as the SDKs ask for', () => {
    expect(parseWhere({ objectId: { $in: Array.from({ length: 999 }, String) } })).toMatchObject({
      test: 'in',
    });
  });

  it.each<[string, JsonObject]>([
    ['operator "$foo" is unknown', { a: { $foo: 1 } }],
    ['"$where" cannot stand', { $where: '1' }],
    ['mixes operators with the plain key "b"', { a: { $gt: 1, b: 2 } }],
    ['$or takes a list', { $or: [] }],
    ['$and takes a list', { $and: { a: 1 } }],
    ['$or takes a list', { $or: [1] }],
    ['$in takes a list', { a: { $in: 'x' } }],
    ['$size takes a whole number', { a: { $size: -1 } }],
    ['$exists takes true or false', { a: { $exists: 'yes' } }],
    ['$gt compares numbers', { a: { $gt: null } }],
    ['$lt compares numbers', { a: { $lt: { date: 5 } } }],
    ['$regex and $options take strings', { a: { $regex: 1 } }],
    ['$options has no $regex', { a: { $options: 'i' } }],
    ['"g" is no regular-expression option', { a: { $regex: 'x', $options: 'g' } }],
    ['missing closing )', { a: { $regex: '(' } }],
    ['not a date', { createdAt: 'yesterday' }],
    ['not a date', { a: { __type: 'Date', iso: '2025-99-99' } }],
    ['a string, "iso"', { a: { __type: 'Date' } }],
    ['empty part', { 'a..b': 1 }],
    ['by place', { a: { $nearSphere: { __type: 'GeoPoint', latitude: 1, longitude: 1 } } }],
    ['nest at most', nested(20, { a: 1 })],
    ['nest at most', { a: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) }],
    ['at most 500 conditions', { $or: Array.from({ length: 501 }, () => ({ a: 1 })) }],
    ['at most 1000 values', { a: { $in: Array.from({ length: 1001 }, () => 1) } }],
    ['at most 1000 characters', { a: { $regex: 'x'.repeat(1001) } }],
    ['too large together', { $or: Array.from({ length: 10 }, () => ({ a: { $regex: '[ab]{90}' } })) }],
  ])('refuses with a sentence: %s', (sentence, where) => {
    expect(refusal(where)).toContain(sentence);
  });

  it('accepts or refuses any JSON, and compiles whatever it accepts', () => {
    const operator = fc.constantFrom(
      '$lt',
      '$lte',
      '$gt',
      '$gte',
      '$ne',
      '$exists',
      '$in',
      '$nin',
      '$all',
      '$size',
      '$regex',
      '$options',
      '$or',
      '$and',
      '$nearSphere',
      '$x',
      '__type',
      '__proto__',
      'iso',
      'a',
      'lm',
      'a.b',
      '',
    );
    const { where } = fc.letrec<{ where: JsonObject; value: JsonValue }>((tie) => ({
      where: fc.dictionary(operator, tie('value'), { maxKeys: 4 }),
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<JsonValue>(null, true, 1, -1, 'x', '(', 'i', 'Date', '2025-01-01'),
        tie('where'),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(where, (query) => {
        try {
          compileCondition(parseWhere(query))({ value: () => 'x' });
        } catch (error) {
          if (!(error instanceof ImError)) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
