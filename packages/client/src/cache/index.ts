/** Keeps conversations and messages in IndexedDB. An entry of its own, for those who want it. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Positions } from '../session/session.ts';
import type { Cache, OpenCache, StoredConversation, StoredMessage, StoredUnsent } from './cache.ts';

export type {
  Cache,
  OpenCache,
  StoredConversation,
  StoredMessage,
  StoredState,
  StoredUnsent,
} from './cache.ts';

const VERSION = 1;
const STORES = ['state', 'conversations', 'unsent', 'messages', 'lists'] as const;
const POSITIONS = 'positions';

interface Schema extends DBSchema {
  state: { key: string; value: Positions };
  conversations: { key: string; value: StoredConversation };
  unsent: { key: string; value: StoredUnsent };
  messages: { key: string; value: readonly StoredMessage[] };
  lists: { key: string; value: readonly string[] };
}

/**
 * A cache in the IndexedDB of the browser, one database per app and client.
 *
 * @example
 * const tom = createClient({ url, appId, appKey, clientId: 'Tom', cache: indexedDbCache() });
 */
export function indexedDbCache({ name = 'parley' }: { readonly name?: string } = {}): OpenCache {
  return ({ appId, clientId }) =>
    new IndexedDbCache([name, appId, clientId].map(encodeURIComponent).join('/'));
}

class IndexedDbCache implements Cache {
  readonly #name: string;
  #database: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  async load() {
    const transaction = (await this.#open()).transaction(['state', 'conversations', 'unsent']);
    const [positions = {}, conversations, unsent] = await Promise.all([
      transaction.objectStore('state').get(POSITIONS),
      transaction.objectStore('conversations').getAll(),
      transaction.objectStore('unsent').getAll(),
    ]);
    return { positions, conversations, unsent };
  }

  async saveConversations(conversations: readonly StoredConversation[], positions: Positions): Promise<void> {
    const transaction = (await this.#open()).transaction(['state', 'conversations'], 'readwrite');
    await Promise.all([
      ...conversations.map((each) => transaction.objectStore('conversations').put(each)),
      transaction.objectStore('state').put(positions, POSITIONS),
      transaction.done,
    ]);
  }

  async saveUnsent(unsent: StoredUnsent): Promise<void> {
    await (await this.#open()).put('unsent', unsent);
  }

  async removeUnsent(key: string): Promise<void> {
    await (await this.#open()).delete('unsent', key);
  }

  async loadMessages(conversationId: string): Promise<readonly StoredMessage[]> {
    return (await (await this.#open()).get('messages', conversationId)) ?? [];
  }

  async saveMessages(conversationId: string, messages: readonly StoredMessage[]): Promise<void> {
    await (await this.#open()).put('messages', messages, conversationId);
  }

  async loadList(query: string): Promise<readonly string[]> {
    return (await (await this.#open()).get('lists', query)) ?? [];
  }

  async saveList(query: string, conversationIds: readonly string[]): Promise<void> {
    await (await this.#open()).put('lists', conversationIds, query);
  }

  async clear(): Promise<void> {
    const transaction = (await this.#open()).transaction(STORES, 'readwrite');
    await Promise.all([...STORES.map((store) => transaction.objectStore(store).clear()), transaction.done]);
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= openDB<Schema>(this.#name, VERSION, {
      upgrade(database) {
        database.createObjectStore('state');
        database.createObjectStore('conversations', { keyPath: 'id' });
        database.createObjectStore('unsent', { keyPath: 'key' });
        database.createObjectStore('messages');
        database.createObjectStore('lists');
      },
      // Another tab has a newer version of the app, or deletes it: do not hold it up.
      blocking: (_current, _blocked, { target }) => {
        (target as unknown as { close(): void }).close();
        this.#database = undefined;
      },
      terminated: () => {
        this.#database = undefined;
      },
    });
    // One that could not be opened may be opened next time.
    this.#database.catch(() => {
      this.#database = undefined;
    });
    return this.#database;
  }
}
