import type { AppKey, ClientId } from '../identifiers.ts';
import type { Clock } from '../ports/clock.ts';
import type { ServiceRepository } from '../ports/services.ts';

/** The bounded map behind it; `lru-cache` fits. */
export interface BoundedSet {
  get(key: string): true | undefined;
  set(key: string, value: true): unknown;
}

/**
 * Which clients the app has had, so that somebody who is new is told apart from somebody who was away
 * (F-SYS-13). Written once in the life of a client; who was seen lately costs nothing.
 */
export class KnownClients {
  readonly #repository: Pick<ServiceRepository, 'rememberClient'>;
  readonly #clock: Clock;
  readonly #seen: BoundedSet;

  constructor(repository: Pick<ServiceRepository, 'rememberClient'>, clock: Clock, seen: BoundedSet) {
    this.#repository = repository;
    this.#clock = clock;
    this.#seen = seen;
  }

  async remember(app: AppKey, client: ClientId): Promise<void> {
    const name = `${app}/${client}`;
    if (this.#seen.get(name) === true) return;
    await this.#repository.rememberClient(app, client, this.#clock.now());
    this.#seen.set(name, true);
  }
}
