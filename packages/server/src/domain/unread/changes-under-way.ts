import type { Milliseconds } from '../identifiers.ts';

/**
 * What changes unread counts and is not committed yet. It carries the time at which it came in, however long hooks and
 * the store take; so a count that is computed meanwhile does not have it, although it looks older than the count. A client
 * must ask for everything from that time on when it is back, or it never hears of it.
 */
export class ChangesUnderWay {
  readonly #underWay = new Set<{ readonly at: Milliseconds }>();

  /**
   * @param at the present time, the earliest the change may be committed under
   * @returns the promise of the change itself: whoever waits for it waits no turn longer
   */
  during<Result>(at: Milliseconds, change: () => Promise<Result>): Promise<Result> {
    const underWay = { at };
    this.#underWay.add(underWay);
    const changed = change();
    const over = () => this.#underWay.delete(underWay);
    changed.then(over, over);
    return changed;
  }

  /** A time up to which a count that is computed from now on misses nothing. */
  completeUpTo(now: Milliseconds): Milliseconds {
    // They came in one after the other, so the first is the oldest.
    const [oldest] = this.#underWay;
    // What is committed later in that very millisecond may be missing, too.
    return Math.min(now, oldest?.at ?? now) - 1;
  }
}
