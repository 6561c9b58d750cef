import { callSafely, type Unsubscribe } from '../events.ts';

/**
 * A list that stays right by itself. {@link items} is another array whenever something changed and the same one
 * otherwise, as React's `useSyncExternalStore(list.subscribe, list.getSnapshot)` wants it.
 */
export abstract class LiveList<Item> {
  #items: readonly Item[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #stops: Unsubscribe[] = [];
  #isTelling = false;
  #isClosed = false;

  get items(): readonly Item[] {
    return this.#items;
  }

  readonly getSnapshot = (): readonly Item[] => this.#items;

  /** Calls `listener` soon after each change; changes at one moment are one call. */
  readonly subscribe = (listener: () => void): Unsubscribe => {
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  };

  /** Ends the list: it stays as it is. */
  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    for (const stop of this.#stops.splice(0)) stop();
  }

  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What ends with the list. */
  protected until(stop: Unsubscribe): void {
    this.#stops.push(stop);
  }

  protected show(items: readonly Item[]): void {
    if (this.#isClosed) return;
    this.#items = items;
    if (this.#isTelling) return;
    this.#isTelling = true;
    // Not every mini-program has queueMicrotask.
    void Promise.resolve().then(() => {
      this.#isTelling = false;
      for (const listener of [...this.#listeners]) callSafely(listener);
    });
  }
}
