import { describe, expect, it } from 'vitest';
import { ImError } from '../errors.ts';
import { parseSort } from './parse-sort.ts';

describe('the sort order of a query', () => {
  it('[F-CONV-55] is read as keys divided by commas', () => {
    expect(parseSort('-lm, attr.level')).toEqual([
      { path: ['lm'], descending: true },
      { path: ['attr', 'level'], descending: false },
    ]);
  });

  it('is the default order where nothing is said', () => {
    expect(parseSort(undefined)).toEqual([]);
    expect(parseSort('')).toEqual([]);
  });

  it.each(['-', 'a..b', '-.a', 'a,'.repeat(9), ','.repeat(100) + 'a'.repeat(600), 'a'.repeat(600)])(
    'is refused where it is malformed or too long (%#)',
    (text) => {
      if (text.startsWith(',')) expect(parseSort(text)).toEqual([]);
      else expect(() => parseSort(text)).toThrow(ImError);
    },
  );
});
