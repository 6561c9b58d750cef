/** Stops what {@link Emitter.on} started. Calling it twice does no harm. */
export type Unsubscribe = () => void;

/**
 * Who has something to tell. `Events` maps the name of each event to its payload.
 *
 * @example
 * const stop = client.on('message', ({ message }) => console.log(message.from));
 * stop();
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /** Calls `listener` on every such event from now on, in the order in which listeners were added. */
  on<Name extends keyof Events>(name: Name, listener: (payload: Events[Name]) => void): Unsubscribe {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // A wrapper of its own: the same function may be added twice, and each is stopped by itself.
    const entry = (payload: Events[Name]) => listener(payload);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  /** Resolves with the payload of the next such event. */
  once<Name extends keyof Events>(name: Name): Promise<Events[Name]> {
    return new Promise((resolve) => {
      const stop = this.on(name, (payload) => {
        stop();
        resolve(payload);
      });
    });
  }

  /** @internal */
  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      callSafely(() => (listener as (payload: Events[Name]) => void)(payload));
    }
  }
}

/** An error in a listener belongs to the app; it must reach the app's own error handler and stop nothing here. */
export function callSafely(action: () => void): void {
  try {
    action();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}
