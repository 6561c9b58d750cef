import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { MAX_COLUMNS_BYTES } from './attribute-limits.ts';
import { type AppliedUpdate, applyAttributeUpdate, parseAttributeUpdate } from './attribute-operations.ts';

function update(columns: JsonObject, change: JsonObject): AppliedUpdate {
  return applyAttributeUpdate(columns, parseAttributeUpdate(change));
}

/** The sentence an update is refused with. */
function refusal(change: JsonObject, columns: JsonObject = {}): string {
  try {
    update(columns, change);
  } catch (error) {
    if (!(error instanceof ImError)) throw error;
    expect(error.code).toBe(4306);
    return error.message;
  }
  throw new Error('The update was accepted.');
}

describe('setting', () => {
  it('[F-CONV-44] changes single paths and leaves their neighbours', () => {
    const columns = { name: 'old', attr: { keep: 7, a: { b: 1, c: 2 } }, colour: 'red' };
    expect(update(columns, { name: 'new', 'attr.a.b': 9, 'attr.x.y': 1 })).toEqual({
      columns: { name: 'new', attr: { keep: 7, a: { b: 9, c: 2 }, x: { y: 1 } }, colour: 'red' },
      resulting: { name: 'new', attr: { keep: 7, a: { b: 9, c: 2 }, x: { y: 1 } } },
    });
    expect(columns.attr.a.b).toBe(1);
  });

  it('[F-CONV-44] replaces attr as a whole', () => {
    expect(update({ attr: { old: 1 } }, { attr: { new: 2 } })).toEqual({
      columns: { attr: { new: 2 } },
      resulting: { attr: { new: 2 } },
    });
  });

  it('[F-CONV-44] refuses attr and a path within it in one update', () => {
    expect(refusal({ attr: {}, 'attr.k': 1 })).toBe('An update may change "attr" or "attr.k", not both.');
    expect(refusal({ 'attr.a.b.c': 1, 'attr.a': 1 })).toContain('not both');
    expect(update({}, { attr: {}, attribute: 1 }).resulting).toEqual({ attr: {}, attribute: 1 });
  });

  it('stores values with a type as they are', () => {
    const date = { __type: 'Date', iso: '2025-06-15T00:00:00.000Z' };
    expect(
      update({}, { 'attr.at': date, where: { __type: 'GeoPoint', latitude: 1, longitude: 2 } }).columns,
    ).toEqual({
      attr: { at: date },
      where: { __type: 'GeoPoint', latitude: 1, longitude: 2 },
    });
  });

  it('removes name and attr instead of storing null for them', () => {
    expect(update({ name: 'n', attr: {}, k: 1 }, { name: null, attr: null, k: null })).toEqual({
      columns: { k: null },
      resulting: { k: null },
    });
  });

  it('[F-CONV-47] refuses every column the server keeps', () => {
    for (const column of [
      'objectId',
      'm',
      'mu',
      'c',
      'lm',
      'tr',
      'sys',
      'unique',
      'uniqueId',
      'createdAt',
      'ACL',
    ]) {
      expect(refusal({ [column]: 'x' })).toContain(`"${column}" is kept by the server`);
      expect(refusal({ [`${column}.0`]: 'x' })).toContain('is kept by the server');
      expect(refusal({ [column]: { __op: 'Delete' } })).toContain('is kept by the server');
    }
    expect(update({}, { 'attr.m': 1, member: 1 }).columns).toEqual({ attr: { m: 1 }, member: 1 });
  });
});

describe('operations', () => {
  it('deletes columns and paths, and says so by leaving them out', () => {
    const columns = { attr: { old: 5, keep: 7 }, colour: 'red' };
    expect(update(columns, { name: 'n', 'attr.set': 1, 'attr.old': { __op: 'Delete' } }).resulting).toEqual({
      name: 'n',
      attr: { keep: 7, set: 1 },
    });
    expect(update(columns, { colour: { __op: 'Delete' } })).toEqual({
      columns: { attr: { old: 5, keep: 7 } },
      resulting: {},
    });
  });

  it('deletes what is not there without a trace', () => {
    const columns = { attr: { a: 5 } };
    const change = {
      'attr.a.b': { __op: 'Delete' },
      'attr.c.d': { __op: 'Delete' },
      'x.y': { __op: 'Delete' },
    };
    expect(update(columns, change)).toEqual({ columns, resulting: columns });
  });

  it('adds to numbers', () => {
    const change = { 'attr.n': { __op: 'Increment', amount: 2 }, 'attr.m': { __op: 'Decrement', amount: 1 } };
    expect(update({ attr: { n: 40 } }, change).columns).toEqual({ attr: { n: 42, m: -1 } });
    expect(refusal(change, { attr: { n: 'x' } })).toContain('"attr.n" is no number');
    expect(refusal({ n: { __op: 'Increment', amount: 1e308 } }, { n: 1.7e308 })).toContain(
      '"n" is no number',
    );
  });

  it('combines the bits of whole numbers', () => {
    const columns = { attr: { and: 6, or: 6, xor: 6, none: null } };
    const bits = (op: string, value: JsonValue) => ({ __op: op, value });
    const change = {
      'attr.and': bits('BitAnd', 3),
      'attr.or': bits('BitOr', 2 ** 40),
      'attr.xor': bits('BitXor', 3),
      'attr.none': bits('BitOr', 1),
    };
    expect(update(columns, change).columns).toEqual({ attr: { and: 2, or: 2 ** 40 + 6, xor: 5, none: 1 } });
    expect(refusal({ n: bits('BitAnd', 1) }, { n: 0.5 })).toContain('"n" is no whole number');
    expect(refusal({ n: bits('BitAnd', 'x') })).toContain('BitAnd on "n" needs a number, "value"');
  });

  it('adds to and takes from lists', () => {
    const columns = { attr: { list: [1, { a: 1, b: 2 }, 1] } };
    const apply = (op: string, objects: JsonValue[]) =>
      update(columns, { 'attr.list': { __op: op, objects } }).columns;
    expect(apply('Add', [1])).toEqual({ attr: { list: [1, { a: 1, b: 2 }, 1, 1] } });
    expect(apply('AddUnique', [{ b: 2, a: 1 }, 2, 2])).toEqual({ attr: { list: [1, { a: 1, b: 2 }, 1, 2] } });
    expect(apply('Remove', [1, { b: 2, a: 1 }])).toEqual({ attr: { list: [] } });
    expect(update({}, { 'attr.list': { __op: 'Add', objects: ['x'] } }).columns).toEqual({
      attr: { list: ['x'] },
    });
    expect(update({}, { 'attr.list': { __op: 'Remove', objects: ['x'] } })).toEqual({
      columns: {},
      resulting: {},
    });
    expect(refusal({ 'attr.list.x': { __op: 'Add', objects: [1] } }, columns)).toContain(
      '"attr.list" is not an object',
    );
    expect(refusal({ attr: { __op: 'Add', objects: [1] } }, columns)).toContain('"attr" is not a list');
  });
});

describe('refusing', () => {
  it.each<[string, JsonObject]>([
    ['operation "Explode" on "a" is not implemented', { a: { __op: 'Explode' } }],
    ['Increment on "a" needs a number', { a: { __op: 'Increment', amount: '1' } }],
    ['Add on "a" needs a list', { a: { __op: 'Add', objects: 'x' } }],
    ['has an empty part', { 'attr.': 1 }],
    ['at most 16 parts', { [`${'a.'.repeat(16)}a`]: 1 }],
    ['"name" must be a string', { name: 5 }],
    ['"attr" must be an object', { attr: [] }],
    ['at most 256 keys', Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`k${index}`, 1]))],
    ['levels deep', { a: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) }],
    ['bytes of attributes', { a: 'x'.repeat(MAX_COLUMNS_BYTES) }],
    ['may be called "__proto__"', JSON.parse('{"__proto__":{"polluted":1}}')],
    ['may be called "__proto__"', { 'attr.__proto__.polluted': 1 }],
    ['may be called "__proto__"', { attr: JSON.parse('{"a":[{"__proto__":{"polluted":1}}]}') }],
  ])('has a sentence: %s', (sentence, change) => {
    expect(refusal(change)).toContain(sentence);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('treats constructor as any other key', () => {
    const { columns } = update({}, { 'attr.constructor.prototype.polluted': 1 });
    expect(columns).toEqual({ attr: { constructor: { prototype: { polluted: 1 } } } });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('lets columns that are too large already shrink', () => {
    const columns = { a: 'x'.repeat(MAX_COLUMNS_BYTES), b: 'yy' };
    expect(update(columns, { b: { __op: 'Delete' } }).resulting).toEqual({});
    expect(refusal({ b: 'zz' }, columns)).toContain('bytes of attributes');
  });
});

describe('any update', () => {
  const segment = fc.constantFrom('a', 'b', 'attr', 'constructor', 'toString');
  const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('.'));
  const plain = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
  const operation = fc.oneof(
    plain,
    fc.constant({ __op: 'Delete' }),
    fc.record({ __op: fc.constantFrom('Increment', 'Decrement'), amount: fc.integer() }),
    fc.record({
      __op: fc.constantFrom('Add', 'AddUnique', 'Remove'),
      objects: fc.array(plain, { maxLength: 3 }),
    }),
  );
  const columns = fc.dictionary(segment, fc.oneof(plain, fc.dictionary(segment, plain)), { maxKeys: 4 });

  it('[F-CONV-44] keeps every column it does not name, and reports exactly those it does', () => {
    fc.assert(
      fc.property(columns, fc.dictionary(path, operation, { maxKeys: 4 }), (before, change) => {
        const copy = structuredClone(before);
        const result = attempt(before, change);
        expect(before).toEqual(copy);
        if (result === undefined) return;
        const touched = new Set(Object.keys(change).map((key) => key.split('.')[0]));
        const entries = Object.entries(result.columns);
        expect(entries.filter(([key]) => !touched.has(key))).toEqual(
          Object.entries(before).filter(([key]) => !touched.has(key)),
        );
        expect(Object.entries(result.resulting)).toEqual(entries.filter(([key]) => touched.has(key)));
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same whether its keys are sent at once or one after the other', () => {
    fc.assert(
      fc.property(columns, fc.dictionary(path, operation, { maxKeys: 3 }), (before, change) => {
        const atOnce = attempt(before, change);
        if (atOnce === undefined) return;
        let step: JsonObject = before;
        for (const [key, value] of Object.entries(change)) step = update(step, { [key]: value }).columns;
        expect(step).toEqual(atOnce.columns);
      }),
    );
  });

  it('is applied or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<JsonValue>), (change) => {
        attempt({}, change);
      }),
    );
  });

  function attempt(before: JsonObject, change: JsonObject): AppliedUpdate | undefined {
    try {
      return update(before, change);
    } catch (error) {
      if (!(error instanceof ImError)) throw error;
      return undefined;
    }
  }
});
