import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** Long enough to be a trend rather than one slow callback, short enough to follow a burst. */
const WINDOW_MS = 50;
/** Two thresholds, because what is done about saturation lowers the very number it is judged by. */
const SATURATED_ABOVE = 0.95;
const RELIEVED_BELOW = 0.85;

/**
 * Whether this process has run out of event loop: how much of the recent past the loop did not sleep in. Cheaper
 * and steadier than timing single callbacks, and a loop that idles now and then is by definition keeping up.
 */
export class LoopLoad {
  #saturated = false;
  #windowStart = performance.now();
  #usageAtStart: EventLoopUtilization = performance.eventLoopUtilization();

  isSaturated(): boolean {
    const now = performance.now();
    if (now - this.#windowStart >= WINDOW_MS) this.#closeWindow(now);
    return this.#saturated;
  }

  #closeWindow(now: number): void {
    const usage = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(usage, this.#usageAtStart);
    this.#saturated = utilization > (this.#saturated ? RELIEVED_BELOW : SATURATED_ABOVE);
    this.#windowStart = now;
    this.#usageAtStart = usage;
  }
}
