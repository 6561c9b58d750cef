import { CloseCode } from '@parley/protocol';
import type { Timers } from './options.ts';

/** A connection as the keep-alive sees it. Times are sweep numbers. */
export interface Watched {
  readonly openedAt: number;
  readonly heardAt: number;
  readonly isLoggedIn: boolean;
  close(code: number, reason: string): void;
}

export interface Deadlines {
  readonly readTimeoutMs: number;
  readonly loginTimeoutMs: number;
}

const MAX_SWEEP_INTERVAL_MS = 5_000;
/** How much later than its deadline a connection may be closed, at worst: one part in this many. */
const SWEEPS_PER_DEADLINE = 12;

/**
 * Closes connections that say nothing (4107) or on which nobody logs in (4108).
 *
 * One sweep over all of them every few seconds instead of a timer per connection, which would cost a third of an
 * idle connection's memory. Time is counted in sweeps: hearing from a client is then one small store, and neither a
 * jump of the wall clock nor a process that was suspended makes everybody look silent.
 */
export class KeepAlive {
  /** The number of the current sweep: what {@link Watched} times refer to. */
  now = 0;

  readonly #watched: Iterable<Watched>;
  readonly #timers: Timers;
  readonly #intervalMs: number;
  readonly #silentSweeps: number;
  readonly #loginSweeps: number;
  #cancel: (() => void) | undefined;

  constructor(watched: Iterable<Watched>, deadlines: Deadlines, timers: Timers) {
    this.#watched = watched;
    this.#timers = timers;
    const shortest = Math.min(deadlines.readTimeoutMs, deadlines.loginTimeoutMs);
    this.#intervalMs = Math.min(
      MAX_SWEEP_INTERVAL_MS,
      Math.max(1, Math.floor(shortest / SWEEPS_PER_DEADLINE)),
    );
    this.#silentSweeps = Math.ceil(deadlines.readTimeoutMs / this.#intervalMs);
    this.#loginSweeps = Math.ceil(deadlines.loginTimeoutMs / this.#intervalMs);
  }

  start(): void {
    this.#cancel = this.#timers.after(this.#intervalMs, () => {
      this.#sweep();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  #sweep(): void {
    this.now++;
    for (const connection of this.#watched) {
      // Strictly more: what happened during a sweep's interval happened up to one interval after its number.
      if (this.now - connection.heardAt > this.#silentSweeps) {
        connection.close(CloseCode.READ_TIMEOUT, 'Nothing was received for too long.');
      } else if (!connection.isLoggedIn && this.now - connection.openedAt > this.#loginSweeps) {
        // Whatever traffic there was: a deadline that traffic renews is no protection.
        connection.close(CloseCode.LOGIN_TIMEOUT, 'Nobody logged in in time.');
      }
    }
  }
}
