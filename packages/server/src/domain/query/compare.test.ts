import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../conversation/conversation.ts';
import type { JsonValue } from '../json.ts';
import { compareValues, compileSort } from './compare.ts';
import { conversationDocument } from './conversation-document.ts';
import { parseSort } from './parse-sort.ts';
import { sampleConversation } from './sample-conversation.ts';

function sorted(order: string | undefined, records: readonly Partial<ConversationRecord>[]): unknown[] {
  return records
    .map((overrides) => conversationDocument(sampleConversation(overrides)))
    .sort(compileSort(parseSort(order)))
    .map((document) => document.value(['objectId']));
}

describe('sorting', () => {
  it('[F-CONV-55] sorts by several keys, each ascending or descending', () => {
    const records = [
      { id: '1', columns: { name: 'b' }, createdAt: 1 },
      { id: '2', columns: { name: 'a' }, createdAt: 1 },
      { id: '3', columns: { name: 'a' }, createdAt: 2 },
    ];
    expect(sorted('name,-createdAt', records)).toEqual(['3', '2', '1']);
    expect(sorted('-name,createdAt', records)).toEqual(['1', '2', '3']);
  });

  it('[F-CONV-55] shows the latest message first by default, conversations without one last', () => {
    const records = [
      { id: '1', updatedAt: 5 },
      { id: '2', lastMessageAt: 1 },
      { id: '3', lastMessageAt: 2 },
      { id: '4', updatedAt: 6 },
    ];
    expect(sorted(undefined, records)).toEqual(['3', '2', '4', '1']);
    expect(sorted('lm', records)).toEqual(['1', '4', '2', '3']);
  });

  it('[F-CONV-55] sorts values of different types by type and equal ones by id', () => {
    const values: (JsonValue | undefined)[] = [
      undefined,
      2,
      'a',
      { a: 1 },
      [1],
      true,
      { __type: 'Date', iso: '2025-01-01' },
    ];
    const records = values.map((value, index) => ({
      id: String(index),
      columns: value === undefined ? {} : { k: value },
    }));
    expect(sorted('k', records.toReversed())).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect(sorted('-nothing', records.toReversed())).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  it('[F-CONV-55] is a total order on any values', () => {
    const value = fc.oneof(
      fc.jsonValue() as fc.Arbitrary<JsonValue>,
      fc.date({ noInvalidDate: true }),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(Math.sign(compareValues(a, b))).toBe(-Math.sign(compareValues(b, a)) + 0);
        const [x, y, z] = [a, b, c].sort((left, right) => compareValues(left, right));
        // `sort` moves undefined to the end by itself.
        if (z === undefined) return;
        expect(compareValues(x, y)).toBeLessThanOrEqual(0);
        expect(compareValues(y, z)).toBeLessThanOrEqual(0);
        expect(compareValues(x, z)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('[F-CONV-55] orders text as its UTF-8 bytes are ordered', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '\u{d7ff}', '\u{e000}', '\u{ffff}', '😀', '\u{10ffff}'),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareValues(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
