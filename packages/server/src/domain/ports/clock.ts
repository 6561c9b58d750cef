import type { Milliseconds } from '../identifiers.ts';

/** Time as the domain sees it: passed in, so that tests move it by hand. */
export interface Clock {
  /** Wall clock. Never goes backwards within one process. */
  now(): Milliseconds;
  /** Calls `action` once after `delay` ms; the returned function cancels it. */
  after(delay: Milliseconds, action: () => void): () => void;
}
