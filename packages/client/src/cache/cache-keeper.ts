import type { Conversation } from '../conversations/conversation.ts';
import type { Core } from '../core.ts';
import type { Message } from '../messages/message.ts';
import type { Outgoing } from '../messages/outbox.ts';
import type { Positions } from '../session/session.ts';
import type { Cache, StoredConversation, StoredMessage, StoredState, StoredUnsent } from './cache.ts';

/** Changes of a moment are one write. */
const RHYTHM = 300;
/** A device that has not read it after so long never will. */
const PATIENCE = 5_000;
const KEPT_MESSAGES = 100;
/** For so long the server knows a token; what is older might arrive twice, so a person has to decide. */
const TOKEN_LIFE = 24 * 60 * 60_000;

/** Brings what is known into the cache and back. Nothing fails because the cache does. */
export class CacheKeeper {
  readonly #core: Core;
  readonly #cache: Cache;
  #changed = new Set<Conversation>();
  /** Those that are being written; a write may fail. */
  #saving: Set<Conversation> | undefined;
  /** The writes to come, and how to call each off. */
  readonly #planned = new Map<string, () => void>();
  /** What is not sent, and whether it may be kept: not if that was before everything was forgotten. */
  readonly #unsent = new Map<string, boolean>();
  #isCleared = false;

  constructor(core: Core, cache: Cache) {
    this.#core = core;
    this.#cache = cache;
  }

  /** Resolves when everything that was kept is there, and begins to keep what changes. */
  async restore(): Promise<void> {
    const state = await this.#load();
    // The positions of this run would not be those of the conversations that are in there.
    if (state === undefined) return;
    // What is to be forgotten by now is not shown either.
    if (!this.#isCleared) this.#restoreState(state);
    const changed = ({ conversation }: { readonly conversation: Conversation }) => {
      this.#changed.add(conversation);
      this.#saveSoon();
    };
    this.#core.conversations.news.on('adopted', changed);
    this.#core.events.on('changed', changed);
  }

  unsent({ message, options }: Outgoing): void {
    if (this.#unsent.get(message.key) === false) return;
    this.#unsent.set(message.key, true);
    this.#quietly(this.#cache.saveUnsent({ key: message.key, message: stored(message), options }));
  }

  decided(key: string): void {
    this.#unsent.delete(key);
    this.#quietly(this.#cache.removeUnsent(key));
  }

  async messagesOf(conversation: Conversation): Promise<readonly Message[]> {
    const messages = await this.#cache.loadMessages(conversation.id).catch(() => []);
    return messages.map((message) => this.#parse(message));
  }

  keepMessages(conversation: Conversation, messages: () => readonly Message[]): void {
    this.#soon(`messages ${conversation.id}`, () =>
      this.#cache.saveMessages(conversation.id, messages().slice(-KEPT_MESSAGES).map(stored)),
    );
  }

  async list(query: string): Promise<readonly Conversation[]> {
    const ids = await this.#cache.loadList(query).catch(() => []);
    return ids.flatMap((id) => this.#core.conversations.known(id) ?? []);
  }

  keepList(query: string, conversations: () => readonly Conversation[]): void {
    this.#soon(`list ${query}`, () =>
      this.#cache.saveList(
        query,
        conversations().map(({ id }) => id),
      ),
    );
  }

  /** Also what was about to be written; of a client that goes on only what happens from now on is kept. */
  clear(): Promise<void> {
    this.#isCleared = true;
    for (const callOff of this.#planned.values()) callOff();
    this.#planned.clear();
    this.#changed.clear();
    this.#saving?.clear();
    for (const key of this.#unsent.keys()) this.#unsent.set(key, false);
    return this.#cache.clear();
  }

  get #clock() {
    return this.#core.session.connection.platform.clock;
  }

  /** `undefined` where it fails, or takes so long that somebody who waits for it to log in is better off without. */
  #load(): Promise<StoredState | undefined> {
    return new Promise((resolve) => {
      const giveUp = () => resolve(undefined);
      const cancel = this.#clock.after(PATIENCE, giveUp);
      this.#cache.load().then(resolve, giveUp).then(cancel);
    });
  }

  #restoreState(state: StoredState): void {
    Object.assign(this.#core.session.positions, state.positions);
    for (const conversation of state.conversations) this.#restoreConversation(conversation);
    const oldest = this.#clock.now() - TOKEN_LIFE;
    for (const { message: stored, options } of [...state.unsent].sort(inOrder)) {
      const message = this.#parse(stored);
      const restore = (conversation: Conversation) =>
        this.#core.messages.restoreUnsent({ conversation, message, options }, stored.timestamp > oldest);
      const conversation = this.#core.conversations.known(stored.conversationId);
      if (conversation !== undefined) restore(conversation);
      // The app ended before the conversation was kept. If it cannot be found the next start tries again.
      else this.#core.conversations.get(stored.conversationId).then(restore, () => {});
    }
  }

  #restoreConversation({ lastMessage, ...data }: StoredConversation): void {
    const message = lastMessage && this.#parse(lastMessage);
    const conversation = this.#core.conversations.adopt({ ...data, lastMessage: message });
    conversation.unreadCounter.told(data.unreadCount, data.isMentioned, data.lastMessageAt ?? 0);
  }

  #saveSoon(): void {
    this.#soon('conversations', () => this.#saveConversations());
  }

  /** One write at a time: the positions of the next claim what is in this one. */
  async #saveConversations(): Promise<void> {
    if (this.#saving !== undefined) return;
    const saving = this.#changed;
    this.#saving = saving;
    this.#changed = new Set();
    const isSaved = await this.#cache
      .saveConversations([...saving].map(storedConversation), this.#positions())
      .then(() => true)
      .catch(() => false);
    this.#saving = undefined;
    // The next change takes along what failed.
    if (!isSaved) this.#changed = new Set([...saving, ...this.#changed]);
    else if (this.#changed.size > 0) this.#saveSoon();
  }

  #positions(): Positions {
    const { patches, unread, ...positions } = this.#core.session.positions;
    // Most of what was counted is not kept once everything was forgotten: the next start has to ask for all of it.
    return this.#isCleared ? positions : { ...positions, unread };
  }

  #parse(message: StoredMessage): Message {
    return this.#core.parser.parse(message.body ?? '', message);
  }

  #soon(what: string, act: () => Promise<void>): void {
    if (this.#planned.has(what)) return;
    const callOff = this.#clock.after(RHYTHM, () => {
      this.#planned.delete(what);
      this.#quietly(act());
    });
    this.#planned.set(what, callOff);
  }

  #quietly(writing: Promise<void>): void {
    writing.catch(() => {});
  }
}

const inOrder = (a: StoredUnsent, b: StoredUnsent) => a.message.timestamp - b.message.timestamp;

function storedConversation({ data }: Conversation): StoredConversation {
  return { ...data, lastMessage: data.lastMessage && stored(data.lastMessage) };
}

function stored(message: Message): StoredMessage {
  const { error, ...envelope } = message.envelope;
  return { ...envelope, body: envelope.body ?? message.encode() };
}
