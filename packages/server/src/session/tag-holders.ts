import { LRUCache } from 'lru-cache';
import type { AppKey, ClientId } from '../domain/identifiers.ts';

/** Beyond this many remembered logins the longest unused is forgotten, which merely forgoes one refusal. */
const MAX_REMEMBERED = 200_000;

/**
 * Which device last logged in under a tag. Outlives the connection of that device: a device that was evicted while
 * it was offline must be refused when it comes back, also if the winner is offline by then (`wire-protocol §4.1.4`).
 */
export class TagHolders {
  readonly #devices = new LRUCache<string, string>({ max: MAX_REMEMBERED });

  deviceOf(app: AppKey, client: ClientId, tag: string): string | undefined {
    return this.#devices.get(keyOf(app, client, tag));
  }

  remember(app: AppKey, client: ClientId, tag: string, device: string): void {
    this.#devices.set(keyOf(app, client, tag), device);
  }

  /** Called on logout: whoever comes next is not in conflict with a device that left of its own accord. */
  forget(app: AppKey, client: ClientId, tag: string, device: string): void {
    if (this.deviceOf(app, client, tag) === device) this.#devices.delete(keyOf(app, client, tag));
  }
}

function keyOf(app: AppKey, client: ClientId, tag: string): string {
  return `${app}/${client.length}/${client}/${tag}`;
}
