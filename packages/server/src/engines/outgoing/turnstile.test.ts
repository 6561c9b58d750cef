import { expect, it } from 'vitest';
import { GaveWay, Turnstile } from './turnstile.ts';

/** Calls by their names, and what became of them. */
function calls(turnstile: Turnstile) {
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const begun: string[] = [];
  return {
    begun,
    call(name: string): Promise<string> {
      const end = Promise.withResolvers<string>();
      ends.set(name, end);
      return turnstile.execute(() => {
        begun.push(name);
        return end.promise;
      });
    },
    end: (name: string) => ends.get(name)?.resolve(`answer to ${name}`),
    fail: (name: string) => ends.get(name)?.reject(new Error(`${name} failed`)),
  };
}

it('[F-HOOK-11] lets calls in as others end, the first that came first', async () => {
  const turnstile = new Turnstile(2, 10);
  const { begun, call, end, fail } = calls(turnstile);
  const [a, b, c, d] = [call('a'), call('b'), call('c'), call('d')];
  expect([begun, turnstile.waiting]).toEqual([['a', 'b'], 2]);
  fail('b');
  await expect(b).rejects.toThrow('b failed');
  end('c');
  expect(await c).toBe('answer to c');
  expect([begun, turnstile.waiting]).toEqual([['a', 'b', 'c', 'd'], 0]);
  end('a');
  end('d');
  expect(await Promise.all([a, d])).toEqual(['answer to a', 'answer to d']);
  const e = call('e');
  end('e');
  expect(await e).toBe('answer to e');
});

it('[F-HOOK-11] sends away who waits for the longest, where too many wait', async () => {
  const turnstile = new Turnstile(1, 2);
  const { begun, call, end } = calls(turnstile);
  const [a, b, c] = [call('a'), call('b'), call('c')];
  const d = call('d');
  await expect(b).rejects.toThrow(GaveWay);
  expect(turnstile.waiting).toBe(2);
  for (const name of ['a', 'c', 'd']) end(name);
  await Promise.all([a, c, d]);
  expect(begun).toEqual(['a', 'c', 'd']);
});
