import { performance } from 'node:perf_hooks';

/** Something with frames to write. */
export interface Flushable {
  /** Owned by the schedule: true from being marked until its turn. */
  flushPending: boolean;
  /** Writes one bounded portion; answers whether more is ready to be written. */
  flush(): boolean;
}

/** How long a flush may hold the loop before whatever else waits (reads, timers, other work) gets its turn. */
const SLICE_MS = 4;
/** The clock is read once per so many flushes: reading it costs a noticeable part of a cheap one. */
const FLUSHES_PER_CLOCK_READ = 16;
/** Added only while the loop is saturated: measured to save a quarter to a third of the CPU there. */
const SATURATED_DELAY_MS = 3;

/**
 * When the queues of all connections are written: together, at the end of the loop turn in which the first of them
 * got something. One `setImmediate` serves everybody, and whatever a connection is sent during the turn shares one
 * write, which is where the throughput comes from (the cost is per write, hardly per byte).
 *
 * Big fan-outs are cut into slices of {@link SLICE_MS}, first come first served; a connection that has more than
 * one portion goes to the end of the line.
 */
export class FlushSchedule {
  readonly #isSaturated: () => boolean;
  #scheduled = false;
  /** Being served now, from `#served` on. */
  #line: Flushable[] = [];
  #served = 0;
  /** Marked since the line was drawn up. */
  #next: Flushable[] = [];

  constructor(isSaturated: () => boolean) {
    this.#isSaturated = isSaturated;
  }

  mark(target: Flushable): void {
    if (target.flushPending) return;
    target.flushPending = true;
    this.#next.push(target);
    if (!this.#scheduled) this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    if (this.#isSaturated()) setTimeout(this.#serve, SATURATED_DELAY_MS);
    else setImmediate(this.#serve);
  }

  readonly #serve = (): void => {
    if (this.#served === this.#line.length) this.#drawUpLine();
    this.#serveSlice();
    const lineIsDone = this.#served === this.#line.length;
    if (lineIsDone) {
      this.#line = [];
      this.#served = 0;
    }
    this.#scheduled = !lineIsDone || this.#next.length > 0;
    // Without the saturation delay: the rest has waited already.
    if (this.#scheduled) setImmediate(this.#serve);
  };

  #drawUpLine(): void {
    this.#line = this.#next;
    this.#served = 0;
    this.#next = [];
  }

  #serveSlice(): void {
    const until = performance.now() + SLICE_MS;
    while (this.#served < this.#line.length) {
      const target = this.#line[this.#served++];
      if (target === undefined) continue;
      target.flushPending = false;
      if (target.flush()) this.mark(target);
      if (this.#served % FLUSHES_PER_CLOCK_READ === 0 && performance.now() > until) return;
    }
  }
}
