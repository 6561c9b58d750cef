import type { App } from '../app/app.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import type { Clock } from '../ports/clock.ts';

export type LimitedClass = 'message' | 'history' | 'operation';

const WINDOW: Milliseconds = 60_000;

/** The moments of the last operations of one client in one class, oldest first, as a ring. */
interface Window {
  readonly moments: Float64Array;
  next: number;
  used: number;
}

/**
 * What clients may do per sliding minute (`semantics §11.1` L1–L3, D-21). Only requests that were allowed count, so
 * a client that keeps trying is not locked out for longer.
 */
export class ClientRates {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();
  #sweptAt: Milliseconds;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sweptAt = clock.elapsed();
  }

  /** Counts one operation; false where the client has used up its minute. */
  allow(app: App, client: ClientId, limited: LimitedClass): boolean {
    const limit = limitOf(app, limited);
    if (limit <= 0) return true;
    const now = this.#clock.elapsed();
    this.#sweep(now);
    const window = this.#windowOf(`${app.key}/${limited}/${client}`, limit);
    if (window.used === limit && (window.moments[window.next] as number) > now - WINDOW) return false;
    window.moments[window.next] = now;
    window.next = (window.next + 1) % limit;
    window.used = Math.min(window.used + 1, limit);
    return true;
  }

  #windowOf(key: string, limit: number): Window {
    const known = this.#windows.get(key);
    // A changed limit starts afresh: one generous minute is kinder than a wrong refusal.
    if (known !== undefined && known.moments.length === limit) return known;
    const window = { moments: new Float64Array(limit), next: 0, used: 0 };
    this.#windows.set(key, window);
    return window;
  }

  /** Once a minute, forgets clients that did nothing for a minute: memory is for those who are active. */
  #sweep(now: Milliseconds): void {
    if (now - this.#sweptAt < WINDOW) return;
    this.#sweptAt = now;
    for (const [key, window] of this.#windows) {
      const newest = window.moments[
        (window.next + window.moments.length - 1) % window.moments.length
      ] as number;
      if (newest <= now - WINDOW) this.#windows.delete(key);
    }
  }
}

function limitOf(app: App, limited: LimitedClass): number {
  const rates = app.settings.clientRateLimits;
  switch (limited) {
    case 'message':
      return rates.messagesPerMinute;
    case 'history':
      return rates.historyQueriesPerMinute;
    case 'operation':
      return rates.otherOperationsPerMinute;
  }
}
