/** Too many were waiting, and this one for the longest. */
export class GaveWay extends Error {
  override readonly name = 'GaveWay';
}

/** Lets a bounded number of calls run at once. Where too many wait for their turn, the oldest gives way (H-17). */
export class Turnstile {
  readonly #mostRunning: number;
  readonly #mostWaiting: number;
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #running = 0;

  constructor(mostRunning: number, mostWaiting: number) {
    this.#mostRunning = mostRunning;
    this.#mostWaiting = mostWaiting;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** @throws GaveWay */
  async execute<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    if (this.#running < this.#mostRunning) this.#running++;
    else await this.#turn();
    try {
      return await call();
    } finally {
      // Whoever is next runs in its place.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next.resolve();
    }
  }

  #turn(): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn);
    if (this.#waiting.length > this.#mostWaiting) {
      this.#waiting
        .shift()
        ?.reject(new GaveWay('Too many calls were waiting, and this one for the longest.'));
    }
    return turn.promise;
  }
}
