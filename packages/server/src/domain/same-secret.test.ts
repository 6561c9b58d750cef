import { describe, expect, it } from 'vitest';
import { isSameSecret } from './same-secret.ts';

describe('isSameSecret', () => {
  it.each([
    ['key', 'key', true],
    ['', '', true],
    ['key', 'kex', false],
    ['key', 'keys', false],
    ['', 'key', false],
    // As many characters, not as many bytes.
    ['ä', 'a', false],
    ['鍵', '鍵', true],
  ])('compares %j with %j', (given, expected, isSame) => {
    expect(isSameSecret(given, expected)).toBe(isSame);
  });
});
