/**
 * A piece of work whose order matters. Once `release` was called the next of its lane may start, although this one
 * has not ended: what had to happen in order has happened.
 */
export type LaneTask = (release: () => void) => Promise<void>;

/**
 * Runs tasks of the same key one after another and tasks of different keys side by side. A task whose key is idle
 * starts at once, in the same turn.
 */
export class OrderedLanes {
  readonly #tails = new Map<string, Promise<void>>();

  run(key: string, task: LaneTask): void {
    const tail = this.#tails.get(key);
    const free = tail === undefined ? start(task) : tail.then(() => start(task));
    if (free === undefined) return;
    this.#tails.set(key, free);
    void free.then(() => {
      if (this.#tails.get(key) === free) this.#tails.delete(key);
    });
  }
}

/** Resolves when the next task may start; `undefined` says at once. */
function start(task: LaneTask): Promise<void> | undefined {
  let released = false;
  let release = () => {
    released = true;
  };
  // A task that fails must not stop its lane; it reports its failure itself.
  const ended = task(() => release()).catch(() => {});
  if (released) return undefined;
  return new Promise((resolve) => {
    release = resolve;
    void ended.then(resolve);
  });
}
