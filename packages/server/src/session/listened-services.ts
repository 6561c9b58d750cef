import type { ConversationKey } from '../domain/identifiers.ts';

/**
 * The services whose words to subscribers a session hears. They are read while the session catches up; changes that
 * are told meanwhile are newer than what is read or already part of it, so they come on top.
 */
export class ListenedServices {
  readonly #services = new Map<ConversationKey, boolean>();
  #isLoaded = false;

  /** `undefined` while nobody knows yet. */
  includes(service: ConversationKey): boolean | undefined {
    return this.#services.get(service) ?? (this.#isLoaded ? false : undefined);
  }

  load(services: readonly ConversationKey[]): void {
    for (const service of services) if (!this.#services.has(service)) this.#services.set(service, true);
    this.#isLoaded = true;
  }

  change(service: ConversationKey, subscribed: boolean): void {
    this.#services.set(service, subscribed);
  }
}
