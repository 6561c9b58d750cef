/**
 * Runs tasks of the same key one after another and tasks of different keys side by side. A task whose key is idle
 * starts at once, in the same turn.
 */
export class OrderedLanes {
  readonly #tails = new Map<string, Promise<void>>();

  run(key: string, task: () => Promise<void>): void {
    const tail = this.#tails.get(key);
    const running = tail === undefined ? task() : tail.then(task);
    const settled = running.catch(() => {});
    this.#tails.set(key, settled);
    void settled.then(() => {
      if (this.#tails.get(key) === settled) this.#tails.delete(key);
    });
  }
}
