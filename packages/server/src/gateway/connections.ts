/** Small enough that the loop serves others in between, large enough to be quick. */
const SLICE = 200;

/** The open connections of this node. */
export class Connections<Connection> {
  readonly #all = new Set<Connection>();
  #whenNone: (() => void)[] = [];

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values();
  }

  add(connection: Connection): void {
    this.#all.add(connection);
  }

  remove(connection: Connection): void {
    this.#all.delete(connection);
    if (this.#all.size > 0) return;
    for (const resolve of this.#whenNone) resolve();
    this.#whenNone = [];
  }

  /** Resolves once nobody is connected. */
  none(): Promise<void> {
    if (this.#all.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenNone.push(resolve);
    });
  }

  /** Does something to everyone connected now, without holding the loop for all of them at once. */
  async visit(action: (connection: Connection) => void): Promise<void> {
    let done = 0;
    for (const connection of [...this.#all]) {
      action(connection);
      if (++done % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
