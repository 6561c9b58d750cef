import type { Milliseconds } from '../domain/identifiers.ts';
import type { Clock } from '../domain/ports/clock.ts';

let latest = 0;

/** The wall clock, held back from going backwards when the machine's time is corrected. */
export const systemClock: Clock = {
  now() {
    latest = Math.max(latest, Date.now());
    return latest;
  },
  elapsed() {
    return performance.now();
  },
  after(delay, action) {
    const timer = setTimeout(action, delay);
    return () => clearTimeout(timer);
  },
};

/**
 * Goes on at the time an earlier process had come to, also where the machine's was corrected between the two: clients
 * ask for what came after the last they know, and would not be told of what is dated before.
 */
export function continueFrom(time: Milliseconds): void {
  latest = Math.max(latest, time);
}
