import type { Milliseconds } from '../identifiers.ts';

/** Time as the domain sees it: passed in, so that tests move it by hand. */
export interface Clock {
  /** Wall clock. Never goes backwards within one process. */
  now(): Milliseconds;
  /**
   * How long something takes: milliseconds since a moment that means nothing. It goes on where {@link now} stands still,
   * because the machine's time was ahead and is corrected.
   */
  elapsed(): Milliseconds;
  /** Calls `action` once after `delay` ms; the returned function cancels it. */
  after(delay: Milliseconds, action: () => void): () => void;
}
