import { describe, expect, it } from 'vitest';
import { DataError } from '../errors.ts';
import { Passwords } from './passwords.ts';

describe('passwords', () => {
  it('are known again by their hash, which is different each time and says how it was made', async () => {
    const passwords = new Passwords();
    const [one, two] = await Promise.all([passwords.hash('pa55 ü 🐭'), passwords.hash('pa55 ü 🐭')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await passwords.isSame('pa55 ü 🐭', one)).toBe(true);
    expect(await passwords.isSame('pa55 ü', one)).toBe(false);
    for (const stored of [undefined, null, '', 'plain', one.replace('argon2id', 'argon2i')]) {
      expect(await passwords.isSame('plain', stored)).toBe(false);
    }
  });

  it('of older and cheaper hashes are still known', async () => {
    // A published vector of the reference implementation.
    const stored = await new Passwords().hash('x');
    const cheap = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect(await new Passwords().isSame('password', cheap)).toBe(true);
    expect(await new Passwords().isSame('password', stored)).toBe(false);
  });

  it('of more than can be computed in a moment are refused, and the others are not', async () => {
    const passwords = new Passwords();
    const results = await Promise.allSettled(Array.from({ length: 80 }, () => passwords.hash('x')));
    const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(80 - 66);
    for (const { reason } of refused) {
      expect(reason).toBeInstanceOf(DataError);
      expect((reason as DataError).code).toBe(429);
    }
    expect(await passwords.isSame('x', await passwords.hash('x'))).toBe(true);
  });
});
