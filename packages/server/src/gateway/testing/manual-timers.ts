import type { Timers } from '../options.ts';

interface Due {
  readonly at: number;
  readonly action: () => void;
}

/** Time that stands still until a test moves it. */
export class ManualTimers implements Timers {
  #now = 0;
  #pending: Due[] = [];

  after(delay: number, action: () => void): () => void {
    const due = { at: this.#now + delay, action };
    this.#pending.push(due);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== due);
    };
  }

  /** Runs what falls due on the way, including what is only set up on the way. */
  advance(duration: number): void {
    const target = this.#now + duration;
    for (let due = this.#earliest(target); due !== undefined; due = this.#earliest(target)) {
      this.#now = due.at;
      const { action } = due;
      this.#pending = this.#pending.filter((other) => other !== due);
      action();
    }
    this.#now = target;
  }

  #earliest(until: number): Due | undefined {
    return this.#pending.filter((due) => due.at <= until).sort((a, b) => a.at - b.at)[0];
  }
}
