import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Breaker, FAILURES_TO_OPEN, isLeftAlone } from './breaker.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const failing = () => Promise.reject(new Error('down'));

const outcomeOf = (breaker: Breaker) =>
  breaker
    .execute(async () => 'answered')
    .catch((error: unknown) => (isLeftAlone(error) ? 'left alone' : error));

it('[F-HOOK-11] leaves alone what failed ten times in a row, and tries it with one call, for which no other waits', async () => {
  const breaker = new Breaker();
  for (let times = 0; times < FAILURES_TO_OPEN; times++) {
    expect(breaker.state).toBe('closed');
    await expect(breaker.execute(failing)).rejects.toThrow('down');
  }
  expect([breaker.state, await outcomeOf(breaker)]).toEqual(['open', 'left alone']);

  vi.advanceTimersByTime(5_000);
  const { promise, reject } = Promise.withResolvers<string>();
  const trial = breaker.execute(() => promise);
  expect([breaker.state, await outcomeOf(breaker)]).toEqual(['half-open', 'left alone']);
  reject(new Error('still down'));
  await expect(trial).rejects.toThrow('still down');
  expect([breaker.state, await outcomeOf(breaker)]).toEqual(['open', 'left alone']);

  vi.advanceTimersByTime(5_000);
  expect([await outcomeOf(breaker), breaker.state]).toEqual(['answered', 'closed']);
});
