const OPEN = 0;
const SHUT = 1;
/** Milliseconds a transaction waits at most, whatever became of the thread that shut the gate. */
const PATIENCE = 200;

/**
 * What a transaction passes before it begins, so that another thread may have its turn between two of them. SQLite lets
 * who is refused try again after some milliseconds; a thread that writes without a pause is hardly ever met that way.
 */
export class LogGate {
  readonly #state: Int32Array;

  /** @param memory what {@link memory} of the other thread's gate is */
  constructor(memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#state = new Int32Array(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.#state.buffer as SharedArrayBuffer;
  }

  /** Lets no transaction begin until the work is done. */
  shutDuring(work: () => void): void {
    Atomics.store(this.#state, 0, SHUT);
    try {
      work();
    } finally {
      Atomics.store(this.#state, 0, OPEN);
      Atomics.notify(this.#state, 0);
    }
  }

  /** Returns when the gate is open, or has been shut for too long. */
  pass(): void {
    if (Atomics.load(this.#state, 0) === SHUT) Atomics.wait(this.#state, 0, SHUT, PATIENCE);
  }
}
