import type { App } from '../app/app.ts';
import type { Milliseconds } from '../identifiers.ts';
import type { Clock } from '../ports/clock.ts';
import { dayOf } from '../presence/daily-clients.ts';

/** REST calls that share one budget per app (`rest §7`). */
export type RestClass = 'normal' | 'subscription' | 'broadcast' | 'upload';

const MINUTE: Milliseconds = 60_000;

interface Budget {
  /** When the running minute began, as the clock counts what elapsed, and how much of it is used. */
  since: Milliseconds;
  used: number;
  /** Everything is refused until then. */
  closedUntil: Milliseconds;
  day: string;
  usedToday: number;
}

/**
 * What an app's server may send per minute and day. Who exceeds the minute is refused for the one that follows, who
 * exceeds the day for the rest of it, in the zone of the server (F-LIM-06, F-LIM-07). Refused calls do not count.
 */
export class RestRates {
  readonly #clock: Clock;
  readonly #budgets = new Map<string, Budget>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one call; milliseconds to wait where it is refused. */
  take(app: App, limited: RestClass): Milliseconds | undefined {
    const now = this.#clock.elapsed();
    const budget = this.#budgetOf(app, limited);
    const { perMinute, perDay } = limitsOf(app, limited);
    if (perDay > 0 && budget.usedToday >= perDay) return untilMidnight(this.#clock.now());
    if (now < budget.closedUntil) return budget.closedUntil - now;
    if (now - budget.since >= MINUTE) {
      budget.since = now;
      budget.used = 0;
    }
    if (perMinute > 0 && budget.used >= perMinute) {
      budget.closedUntil = now + MINUTE;
      return MINUTE;
    }
    budget.used++;
    budget.usedToday++;
    return undefined;
  }

  /** What was counted was refused for another reason, and costs nothing. */
  giveBack(app: App, limited: RestClass): void {
    const budget = this.#budgetOf(app, limited);
    // The minute or day it was counted in may be over.
    budget.used = Math.max(0, budget.used - 1);
    budget.usedToday = Math.max(0, budget.usedToday - 1);
  }

  #budgetOf(app: App, limited: RestClass): Budget {
    const name = `${app.key}/${limited}`;
    const day = dayOf(this.#clock.now());
    let budget = this.#budgets.get(name);
    if (budget === undefined) {
      budget = { since: this.#clock.elapsed(), used: 0, closedUntil: 0, day, usedToday: 0 };
      this.#budgets.set(name, budget);
    }
    if (budget.day !== day) {
      budget.day = day;
      budget.usedToday = 0;
    }
    return budget;
  }
}

/** 0 means no limit. */
function limitsOf({ settings }: App, limited: RestClass): { perMinute: number; perDay: number } {
  switch (limited) {
    case 'normal':
      return { perMinute: settings.restMessagesPerMinute, perDay: 0 };
    case 'subscription':
      return settings.restSubscriberMessages;
    case 'broadcast':
      return settings.restBroadcasts;
    case 'upload':
      return settings.restUploads;
  }
}

function untilMidnight(now: Milliseconds): Milliseconds {
  return new Date(now).setHours(24, 0, 0, 0) - now;
}
