import { describe, expect, it } from 'vitest';
import { ImError } from '../errors.ts';
import { initialColumns } from './initial-columns.ts';

describe('the columns of a new conversation', () => {
  it('[F-CONV-24] keep custom keys where the SDK put them', () => {
    expect(initialColumns({ name: 'Lunch', attr: { type: 1 }, colour: 'red' })).toEqual({
      name: 'Lunch',
      attr: { type: 1 },
      colour: 'red',
    });
    expect(initialColumns({})).toEqual({});
  });

  it('[F-CONV-47] leave out what the server keeps', () => {
    const attributes = {
      m: ['Mallory'],
      'mu.0': 'x',
      c: 'Mallory',
      sys: true,
      conv_type: 3,
      tempConvTTL: 1,
      name: 'n',
    };
    expect(initialColumns(attributes)).toEqual({ name: 'n' });
  });

  it('leave out a name that is null, and start operations from nothing', () => {
    expect(initialColumns({ name: null, 'attr.n': { __op: 'Increment', amount: 1 } })).toEqual({
      attr: { n: 1 },
    });
  });

  it('are refused where they are malformed', () => {
    expect(() => initialColumns({ attr: 'text' })).toThrow(ImError);
    expect(() => initialColumns(JSON.parse('{"__proto__":{"polluted":true}}'))).toThrow(ImError);
  });
});
