import type { Clock } from './platform.ts';

/** Timers take 32 bits; a longer delay would fire at once. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, action) {
    const timer = setTimeout(action, Math.min(delay, LONGEST));
    return () => clearTimeout(timer);
  },
};
