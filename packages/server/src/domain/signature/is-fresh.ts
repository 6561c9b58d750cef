import type { Milliseconds } from '../identifiers.ts';

const VALIDITY = 6 * 3600 * 1000;
/** Smaller timestamps are seconds: as milliseconds they would lie in 1973. */
const LARGEST_SECONDS = 1e11;

/** Whether a signature of this time, in milliseconds or seconds, is still good (F-SEC-08). */
export function isFresh(timestamp: number, now: Milliseconds): boolean {
  return Math.abs(now - signedAt(timestamp)) <= VALIDITY;
}

export function signedAt(timestamp: number): Milliseconds {
  return timestamp < LARGEST_SECONDS ? timestamp * 1000 : timestamp;
}
