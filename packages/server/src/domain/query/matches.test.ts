import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../conversation/conversation.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { conversationDocument } from './conversation-document.ts';
import { type QueryDocument, valueAtPath } from './document.ts';
import { compileCondition } from './matches.ts';
import { parseWhere } from './parse-where.ts';
import { sampleConversation } from './sample-conversation.ts';

function finds(where: JsonObject, overrides: Partial<ConversationRecord> = {}): boolean {
  return compileCondition(parseWhere(where))(conversationDocument(sampleConversation(overrides)));
}

/** A conversation with these attributes. */
function attr(attributes: JsonObject): Partial<ConversationRecord> {
  return { columns: { attr: attributes } };
}

const march = { __type: 'Date', iso: '2025-03-01T00:00:00.000Z' };

describe('comparing', () => {
  it('[F-CONV-50] finds equal and unequal values of every type', () => {
    const pointer = { __type: 'Pointer', className: 'Room', objectId: '1' };
    for (const value of [0, -1.5, '', 'x', true, false, { a: { b: 1 } }, pointer, march, [1, 2]]) {
      expect(finds({ 'attr.k': value }, attr({ k: value }))).toBe(true);
      expect(finds({ 'attr.k': { $ne: value } }, attr({ k: value }))).toBe(false);
      expect(finds({ 'attr.k': value }, attr({ k: 'other' }))).toBe(false);
      expect(finds({ 'attr.k': { $ne: value } }, attr({ k: 'other' }))).toBe(true);
    }
  });

  it('[F-CONV-50] finds less and greater numbers, strings and dates, never across types', () => {
    expect(finds({ 'attr.n': { $lt: 2 } }, attr({ n: 1 }))).toBe(true);
    expect(finds({ 'attr.n': { $lt: 1 } }, attr({ n: 1 }))).toBe(false);
    expect(finds({ 'attr.n': { $lte: 1, $gte: 1 } }, attr({ n: 1 }))).toBe(true);
    expect(finds({ 'attr.n': { $gt: 1 } }, attr({ n: '2' }))).toBe(false);
    expect(finds({ 'attr.s': { $gt: 'abc' } }, attr({ s: 'abd' }))).toBe(true);
    expect(finds({ 'attr.d': { $lt: march } }, attr({ d: { __type: 'Date', iso: '2025-02-28' } }))).toBe(
      true,
    );
    expect(finds({ 'attr.d': { $lt: march } }, attr({ d: 5 }))).toBe(false);
    expect(finds({ 'attr.n': { $lt: 5 } }, attr({}))).toBe(false);
  });

  it('[F-CONV-50] orders strings by code point, as their UTF-8 bytes are', () => {
    expect(finds({ name: { $gt: '\uffee' } }, { columns: { name: '😀' } })).toBe(true);
    expect(finds({ name: { $lt: '😀' } }, { columns: { name: '\uffee' } })).toBe(true);
  });

  it('[F-CONV-50] compares dates by moment, however they are written', () => {
    const stored = attr({ d: { __type: 'Date', iso: '2025-03-01T08:00:00+08:00' } });
    expect(finds({ 'attr.d': march }, stored)).toBe(true);
    expect(finds({ 'attr.d': { $gte: march, $lte: march } }, stored)).toBe(true);
    expect(finds({ 'attr.list': march }, attr({ list: [1, march] }))).toBe(true);
  });

  it('[F-CONV-50] takes createdAt, updatedAt and lm as dates or plain strings', () => {
    const record = { createdAt: Date.parse(march.iso), lastMessageAt: Date.parse(march.iso) };
    for (const date of [march, march.iso, '2025-03-01']) {
      expect(finds({ createdAt: date }, record)).toBe(true);
      expect(finds({ createdAt: { $gt: date } }, record)).toBe(false);
      expect(finds({ lm: { $lte: date } }, record)).toBe(true);
      expect(finds({ updatedAt: { $lt: date } }, record)).toBe(true);
    }
  });
});

describe('lists', () => {
  it('[F-CONV-51] finds conversations by one member, some of them and all of them', () => {
    expect(finds({ m: 'Tom' })).toBe(true);
    expect(finds({ m: 'Butch' })).toBe(false);
    expect(finds({ m: { $ne: 'Tom' } })).toBe(false);
    expect(finds({ m: { $in: ['Butch', 'Jerry'] } })).toBe(true);
    expect(finds({ m: { $nin: ['Butch', 'Jerry'] } })).toBe(false);
    expect(finds({ m: { $all: ['Jerry', 'Tom'] } })).toBe(true);
    expect(finds({ m: { $all: ['Jerry', 'Butch'] } })).toBe(false);
    expect(finds({ m: { $all: [] } })).toBe(false);
    expect(finds({ m: { $all: ['Tom', 'Jerry'], $size: 2 } })).toBe(true);
    expect(finds({ m: { $all: ['Tom', 'Jerry'], $size: 2 } }, { members: ['Tom', 'Jerry', 'Butch'] })).toBe(
      false,
    );
    expect(finds({ m: ['Tom', 'Jerry'] })).toBe(true);
    expect(finds({ m: ['Jerry', 'Tom'] })).toBe(false);
  });

  it('[F-CONV-51] finds single values in a list of wanted ones', () => {
    const id = sampleConversation().id;
    expect(finds({ objectId: { $in: ['other', id] } })).toBe(true);
    expect(finds({ objectId: { $nin: ['other', id] } })).toBe(false);
    expect(finds({ 'attr.k': { $in: [] } }, attr({ k: 1 }))).toBe(false);
    expect(finds({ 'attr.k': { $in: [{ a: 1 }, march] } }, attr({ k: { a: 1 } }))).toBe(true);
    expect(finds({ 'attr.k': { $all: [1] } }, attr({ k: 1 }))).toBe(true);
    expect(finds({ 'attr.k': { $nin: [1] } }, attr({}))).toBe(true);
  });

  it('[F-CONV-51] meets a comparison with any element', () => {
    expect(finds({ 'attr.k': { $gt: 5 } }, attr({ k: [1, 9] }))).toBe(true);
    expect(finds({ 'attr.k.name': 'a' }, attr({ k: [{ name: 'a' }, { name: 'b' }] }))).toBe(true);
    expect(finds({ 'attr.k.1': 'b' }, attr({ k: ['a', 'b'] }))).toBe(true);
    expect(finds({ 'm.0': 'Tom' })).toBe(true);
  });
});

describe('existence', () => {
  it('[F-CONV-52] tells present from absent, a stored null being present', () => {
    expect(finds({ lm: { $exists: false } })).toBe(true);
    expect(finds({ lm: { $exists: true } }, { lastMessageAt: 1 })).toBe(true);
    expect(finds({ 'attr.k': { $exists: true } }, attr({ k: null }))).toBe(true);
    expect(finds({ 'attr.k': { $exists: false } }, attr({ k: null }))).toBe(false);
    expect(finds({ 'attr.k.deep': { $exists: false } }, attr({ k: 1 }))).toBe(true);
  });

  it('[F-CONV-52] lets null equal a missing field', () => {
    expect(finds({ lm: null })).toBe(true);
    expect(finds({ lm: null }, { lastMessageAt: 1 })).toBe(false);
    expect(finds({ lm: { $ne: null } }, { lastMessageAt: 1 })).toBe(true);
    expect(finds({ 'attr.k': { $in: [null, 1] } }, attr({}))).toBe(true);
    expect(finds({ 'attr.k': { $all: [null] } }, attr({}))).toBe(false);
  });

  it('sees nothing that JavaScript objects inherit', () => {
    for (const key of ['constructor', 'toString', '__proto__', 'attr.constructor.name', 'm.length']) {
      expect(finds({ [key]: { $exists: true } }, attr({}))).toBe(false);
    }
  });
});

describe('text', () => {
  it('[F-CONV-53] finds prefixes, substrings and patterns as the SDKs write them', () => {
    const named = { columns: { name: 'Lunch (Friday)' } };
    expect(finds({ name: { $regex: '^\\QLunch (\\E' } }, named)).toBe(true);
    expect(finds({ name: { $regex: '\\Q(Fri\\E' } }, named)).toBe(true);
    expect(finds({ name: { $regex: '\\Qday)\\E$' } }, named)).toBe(true);
    expect(finds({ name: { $regex: 'lunch.*friday', $options: 'i' } }, named)).toBe(true);
    expect(finds({ name: { $regex: 'lunch', $options: '' } }, named)).toBe(false);
    expect(finds({ name: { $regex: '.' } })).toBe(false);
    expect(finds({ m: { $regex: '^Jer' } })).toBe(true);
    expect(finds({ 'attr.k': { $regex: '1' } }, attr({ k: 1 }))).toBe(false);
  });
});

describe('combining', () => {
  it('[F-CONV-54] combines conditions with and, or and both nested', () => {
    const where = { $or: [{ name: 'x' }, { $and: [{ m: 'Tom' }, { c: 'Tom' }] }] };
    expect(finds(where)).toBe(true);
    expect(finds(where, { creator: 'Jerry' })).toBe(false);
    expect(finds(where, { creator: 'Jerry', columns: { name: 'x' } })).toBe(true);
    expect(finds({ $and: [{ m: 'Tom' }], $or: [{ c: 'Tom' }] })).toBe(true);
  });
});

/** The table of `storage-subset §4.2` once more, as literally as it can be written. */
const model: Record<string, (field: JsonValue | undefined, operand: JsonValue) => boolean> = {
  $eq: (field, operand) =>
    same(field ?? null, operand) || (Array.isArray(field) && field.some((element) => same(element, operand))),
  $ne: (field, operand) => !model.$eq?.(field, operand),
  $in: (field, operand) => (operand as JsonValue[]).some((value) => model.$eq?.(field, value)),
  $nin: (field, operand) => !model.$in?.(field, operand),
  $all: (field, operand) =>
    field !== undefined &&
    (operand as JsonValue[]).length > 0 &&
    (operand as JsonValue[]).every((value) => model.$eq?.(field, value)),
  $size: (field, operand) => Array.isArray(field) && field.length === operand,
  $exists: (field, operand) => (field !== undefined) === operand,
  $lt: (field, operand) =>
    [field]
      .flat()
      .some((element) => typeof element === typeof operand && (element as number) < (operand as number)),
  $gte: (field, operand) =>
    [field]
      .flat()
      .some((element) => typeof element === typeof operand && (element as number) >= (operand as number)),
};

function same(a: JsonValue, b: JsonValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const scalar = fc.constantFrom<JsonValue>(null, 0, 1, 2, 'a', 'b', '', true, false);
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.constant({ x: 1 }), fc.constant({}));
const key = fc.constantFrom('k', 'l');
const operators: fc.Arbitrary<[string, JsonValue]> = fc.oneof(
  fc.tuple(fc.constantFrom('$eq', '$ne'), value),
  fc.tuple(fc.constantFrom('$in', '$nin', '$all'), fc.array(value, { maxLength: 3 })),
  fc.tuple(fc.constantFrom('$lt', '$gte'), fc.constantFrom<JsonValue>(0, 1, 'a', 'b', true)),
  fc.tuple(fc.constant('$size'), fc.nat({ max: 3 })),
  fc.tuple(fc.constant('$exists'), fc.boolean()),
);

describe('the evaluator', () => {
  it('[F-CONV-50] agrees with the table of operators on any values', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value), key, operators, (stored, wanted, [operator, operand]) => {
        const document: QueryDocument = { value: (path) => valueAtPath(stored, path) };
        const where = { [wanted]: operator === '$eq' ? operand : { [operator]: operand } };
        const field = Object.hasOwn(stored, wanted) ? stored[wanted] : undefined;
        expect(compileCondition(parseWhere(where))(document)).toBe(model[operator]?.(field, operand));
      }),
      { numRuns: 3000 },
    );
  });
});
