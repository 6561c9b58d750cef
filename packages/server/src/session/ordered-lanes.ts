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
  readonly #lanes = new Map<string, Lane>();

  /** How many tasks of this key have not let the next one start yet. */
  length(key: string): number {
    return this.#lanes.get(key)?.length ?? 0;
  }

  run(key: string, task: LaneTask): void {
    const lane = this.#lanes.get(key);
    const free = lane === undefined ? start(task) : lane.tail.then(() => start(task));
    if (free === undefined) return;
    const joined = lane ?? { tail: free, length: 0 };
    joined.tail = free;
    joined.length++;
    this.#lanes.set(key, joined);
    void free.then(() => {
      joined.length--;
      if (joined.length === 0) this.#lanes.delete(key);
    });
  }
}

interface Lane {
  /** Resolves when a task that comes now may start. */
  tail: Promise<void>;
  length: number;
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
