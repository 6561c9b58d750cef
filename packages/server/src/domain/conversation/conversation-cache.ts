import type { AppKey, ConversationId, Milliseconds } from '../identifiers.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConversationRepository } from '../ports/conversations.ts';
import type { ConversationRecord } from './conversation.ts';
import { type Conversation, knownConversation } from './known-conversation.ts';

/** The bounded map behind the cache; `lru-cache` fits. */
export interface BoundedMap<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
  delete(key: K): unknown;
}

/**
 * Conversations as last committed. Every write puts its result here; nothing else changes an entry. Reads may
 * trust it because `ConversationRepository.load` is ordered with the writes, so an entry never goes back in time.
 */
export class ConversationCache {
  readonly #entries: BoundedMap<string, Conversation>;
  readonly #repository: ConversationRepository;
  readonly #clock: Clock;
  readonly #loading = new Map<string, Promise<Conversation | undefined>>();

  constructor(repository: ConversationRepository, clock: Clock, entries: BoundedMap<string, Conversation>) {
    this.#repository = repository;
    this.#clock = clock;
    this.#entries = entries;
  }

  /** The conversation if it is in memory. Absence says nothing; ask {@link load} then. */
  get(app: AppKey, id: ConversationId): Conversation | undefined {
    const conversation = this.#entries.get(keyOf(app, id));
    return conversation === undefined || isExpired(conversation, this.#clock.now())
      ? undefined
      : conversation;
  }

  /** The conversation from memory or store; `undefined` where there is none or it has expired. */
  load(app: AppKey, id: ConversationId): Promise<Conversation | undefined> {
    const known = this.get(app, id);
    if (known !== undefined) return Promise.resolve(known);
    const key = keyOf(app, id);
    const underWay = this.#loading.get(key);
    if (underWay !== undefined) return underWay;
    const loading = this.#read(app, id).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  /** Remembers what a write returned. An older version than the one known is ignored. */
  put(record: ConversationRecord): Conversation {
    const key = keyOf(record.app, record.id);
    const known = this.#entries.get(key);
    if (known !== undefined && known.key === record.key && known.version > record.version) return known;
    const conversation = knownConversation(record);
    this.#entries.set(key, conversation);
    return conversation;
  }

  forget(app: AppKey, id: ConversationId): void {
    this.#entries.delete(keyOf(app, id));
  }

  async #read(app: AppKey, id: ConversationId): Promise<Conversation | undefined> {
    const [record] = await this.#repository.load(app, [id], this.#clock.now());
    return record === undefined ? undefined : this.put(record);
  }
}

export function isExpired(conversation: ConversationRecord, now: Milliseconds): boolean {
  return conversation.expiresAt !== undefined && conversation.expiresAt <= now;
}

function keyOf(app: AppKey, id: ConversationId): string {
  return `${app}/${id}`;
}
