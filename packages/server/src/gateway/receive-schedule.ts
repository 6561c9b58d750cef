import { performance } from 'node:perf_hooks';

/** Somebody who has sent more than its share of this turn. */
export interface Waiting {
  /** Serves a few of the frames that wait; answers whether there are more. */
  serve(): boolean;
}

/** How long those who wait may hold the loop before whatever else there is gets its turn. */
const SLICE_MS = 4;

/**
 * Who sends too much at once goes to the end of a line. A socket may hand over megabytes of tiny frames in one turn
 * of the loop; served at once, they would keep everybody else waiting for as long as that takes. Those in the line
 * are served in turns, a few frames each, beside the traffic of all others.
 */
export class ReceiveSchedule {
  #turn = 0;
  #turnEnds = false;
  #line: Waiting[] = [];
  #isServing = false;

  /** Differs from one turn of the loop to the next. */
  get turn(): number {
    if (!this.#turnEnds) {
      this.#turnEnds = true;
      setImmediate(this.#endTurn);
    }
    return this.#turn;
  }

  wait(waiting: Waiting): void {
    this.#line.push(waiting);
    if (this.#isServing) return;
    this.#isServing = true;
    setImmediate(this.#serve);
  }

  readonly #endTurn = (): void => {
    this.#turn++;
    this.#turnEnds = false;
  };

  readonly #serve = (): void => {
    const until = performance.now() + SLICE_MS;
    const line = this.#line;
    this.#line = [];
    let served = 0;
    for (const waiting of line) {
      served++;
      if (waiting.serve()) this.#line.push(waiting);
      if (performance.now() > until) break;
    }
    this.#line = [...line.slice(served), ...this.#line];
    this.#isServing = this.#line.length > 0;
    if (this.#isServing) setImmediate(this.#serve);
  };
}
