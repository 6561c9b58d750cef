import type { Clock } from '../domain/ports/clock.ts';

let latest = 0;

/** The wall clock, held back from going backwards when the machine's time is corrected. */
export const systemClock: Clock = {
  now() {
    latest = Math.max(latest, Date.now());
    return latest;
  },
  after(delay, action) {
    const timer = setTimeout(action, delay);
    return () => clearTimeout(timer);
  },
};
