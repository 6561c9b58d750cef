import { LRUCache } from 'lru-cache';
import type { AppKey, ClientId } from '../domain/identifiers.ts';
import type { TagHolderRepository } from '../domain/ports/tag-holders.ts';
import type { Connection } from './connection.ts';

/** Beyond this many remembered logins the longest unused is forgotten, which merely forgoes one refusal. */
const MAX_REMEMBERED = 200_000;
const NAMELESS = 'connection ';

/** Stands for the device of a client that named none. Connections are numbered anew by every server. */
export function namelessDevice(connection: Connection): string {
  return `${NAMELESS}${connection.id}`;
}

/**
 * Which device last logged in under a tag. Outlives the connection of that device, and the server: a device that was
 * evicted while it was offline must be refused when it comes back, also if the winner is offline by then
 * (`wire-protocol §4.1.4`).
 *
 * A login does not wait for the disk, and one of the same device as before writes nothing. A server that is killed in
 * the milliseconds before the write leaves what was known before that login: at worst one device is refused, or is not,
 * that should have been otherwise, which a login by hand mends.
 */
export class TagHolders {
  readonly #devices: LRUCache<string, string>;
  readonly #repository: TagHolderRepository;
  readonly #max: number;
  readonly #failed: (error: unknown) => void;

  private constructor(repository: TagHolderRepository, failed: (error: unknown) => void, max: number) {
    this.#devices = new LRUCache({ max });
    this.#repository = repository;
    this.#failed = failed;
    this.#max = max;
  }

  /** @param failed told of what could not be written */
  static async load(
    repository: TagHolderRepository,
    failed: (error: unknown) => void,
    max = MAX_REMEMBERED,
  ): Promise<TagHolders> {
    const holders = new TagHolders(repository, failed, max);
    for (const { app, client, tag, device } of await repository.newest(max)) {
      holders.#devices.set(keyOf(app, client, tag), device);
    }
    return holders;
  }

  deviceOf(app: AppKey, client: ClientId, tag: string): string | undefined {
    return this.#devices.get(keyOf(app, client, tag));
  }

  remember(app: AppKey, client: ClientId, tag: string, device: string): void {
    const key = keyOf(app, client, tag);
    const before = this.#devices.get(key);
    if (before === device) return;
    this.#devices.set(key, device);
    if (!isNameless(device)) {
      this.#repository.put({ app, client, tag, device }).catch((error: unknown) => {
        // Forgotten here too, so that the next login of this device is written.
        if (this.#devices.peek(key) === device) this.#devices.delete(key);
        this.#failed(error);
      });
    } else if (before !== undefined) this.#remove(app, client, tag, before);
  }

  /** Called on logout: whoever comes next is not in conflict with a device that left of its own accord. */
  forget(app: AppKey, client: ClientId, tag: string, device: string): void {
    const holder = this.deviceOf(app, client, tag);
    if (holder !== undefined && holder !== device) return;
    this.#devices.delete(keyOf(app, client, tag));
    // Also where it is remembered no more: the store may know more than fits in here.
    this.#remove(app, client, tag, device);
  }

  /** Deletes a batch of what is kept beyond what is remembered; true while there may be more. */
  async forgetOldest(limit: number): Promise<boolean> {
    return (await this.#repository.forgetOldest(this.#max, limit)) >= limit;
  }

  #remove(app: AppKey, client: ClientId, tag: string, device: string): void {
    if (!isNameless(device)) this.#repository.remove({ app, client, tag, device }).catch(this.#failed);
  }
}

/** Also where a device calls itself so: it is then merely forgotten with the server. */
export function isNameless(device: string): boolean {
  return device.startsWith(NAMELESS);
}

function keyOf(app: AppKey, client: ClientId, tag: string): string {
  return `${app}/${client.length}/${client}/${tag}`;
}
