import { afterEach, expect, it, vi } from 'vitest';
import { Burst } from './burst.ts';

afterEach(() => void vi.useRealTimers());

it('[F-HOOK-02][F-HOOK-07] of many failures one is told, and one more a minute later', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const burst = new Burst();
  const told: number[] = [];
  for (let second = 0; second <= 125; second++) {
    if (burst.isNew()) told.push(second);
    vi.advanceTimersByTime(1000);
  }
  expect(told).toEqual([0, 60, 120]);
});
