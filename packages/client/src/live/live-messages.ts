import { backoff } from '../connection/backoff.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { Core } from '../core.ts';
import { asParleyError, localError, type ParleyError } from '../errors.ts';
import { fetchPage, pageSizeOf } from '../messages/history.ts';
import { type Message, withEnvelope } from '../messages/message.ts';
import { LiveList } from './live-list.ts';
import { compareMessages, MessageTimeline, newer } from './message-timeline.ts';

/** A gap of more pages than this is not closed: the list begins anew at its newest end. */
const LONGEST_GAP = 10;
const GAP_PAGE = 100;
/** A chat room never ends; a list of it must. */
const ROOM_KEEPS = 1_000;

export interface LiveMessagesOptions {
  /** How many to begin with and to add at a time. Default: 30. */
  readonly pageSize?: number;
  /**
   * How many to hold at most; older ones can be loaded again. What is loaded stays until as many new ones have come.
   * Default: 1000 in chat rooms, any number elsewhere.
   */
  readonly keep?: number;
}

/**
 * The newest messages of a conversation, oldest first, and at the end those that are on their way or failed. What is
 * shown has no gap: what arrives while something before it is missing waits until that is there.
 */
export class LiveMessages extends LiveList<Message> {
  /** Resolves when the first messages are there. */
  readonly ready: Promise<void>;
  readonly #core: Core;
  readonly #conversation: Conversation;
  readonly #pageSize: number;
  readonly #keep: number;
  readonly #timeline = new MessageTimeline();
  /** The newest message before which nothing is missing. One's own do not count: others may be on their way. */
  #cursor: Message | undefined;
  #isSynced = false;
  /** What came while something before it was missing. */
  #early: Message[] = [];
  #run: Promise<void> | undefined;
  #isAskedAgain = false;
  #fetches = 0;
  /** Edits of messages that may be in a page that is on its way, in the form they had before. */
  readonly #edits = new Map<string | undefined, Message>();
  #hasOlder = false;
  /** More than are to be kept where somebody has scrolled up. */
  #limit: number;
  /** From an earlier run of the app, to look at until the server has answered. */
  #kept: readonly Message[] = [];
  #error: ParleyError | undefined;
  #settleReady: (error?: ParleyError) => void = () => {};

  /** @internal */
  constructor(core: Core, conversation: Conversation, options: LiveMessagesOptions = {}) {
    super();
    this.#core = core;
    this.#conversation = conversation;
    this.#pageSize = pageSizeOf(options.pageSize ?? 30);
    this.#keep = options.keep ?? (conversation.type === 'chatRoom' ? ROOM_KEEPS : Number.POSITIVE_INFINITY);
    this.#limit = this.#keep;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.ready.catch(() => {});
    this.#listen();
    this.#render();
    void this.#restore();
    this.#sync();
  }

  /** Whether there may be messages before the first. */
  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** Why there are no messages, where the server refuses them. */
  get error(): ParleyError | undefined {
    return this.#error;
  }

  /** Adds a page of older messages at the beginning. */
  async loadOlder(): Promise<void> {
    if (this.#timeline.oldest === undefined) await this.ready;
    const { oldest } = this.#timeline;
    if (oldest === undefined || !this.#hasOlder) return;
    this.#makeRoom();
    const page = await this.#fetch({ direction: 'older', from: oldest, limit: this.#pageSize });
    // The list may have begun anew meanwhile.
    if (this.#timeline.oldest !== oldest) return;
    this.#hasOlder = page.length === this.#pageSize;
    this.#timeline.merge(page);
    this.#makeRoom();
    this.#render();
  }

  override close(): void {
    super.close();
    this.#settleReady(localError('CLIENT_CLOSED', 'The list is closed.'));
  }

  async #restore(): Promise<void> {
    const kept = (await this.#core.cache?.messagesOf(this.#conversation)) ?? [];
    if (this.#cursor !== undefined || this.#isSynced || kept.length === 0) return;
    this.#kept = kept;
    this.#render();
  }

  #listen(): void {
    const { session, messages } = this.#core;
    const { news } = messages;
    const here = <T extends { readonly conversation: Conversation }>(act: (event: T) => void) => {
      return (event: T) => event.conversation === this.#conversation && act(event);
    };
    this.until(session.on('state', ({ state }) => state.name !== 'open' && this.#unsync()));
    this.until(session.on('opened', () => this.#sync()));
    this.until(
      news.on(
        'gap',
        here(() => this.#sync()),
      ),
    );
    this.until(
      news.on(
        'outbox',
        here(() => this.#render()),
      ),
    );
    this.until(
      news.on(
        'arrived',
        here(({ message }) => this.#arrived(message)),
      ),
    );
    this.until(
      news.on(
        'accepted',
        here(({ message }) => this.#accepted(message)),
      ),
    );
    this.until(
      news.on(
        'edited',
        here(({ message }) => this.#edited(message)),
      ),
    );
    this.until(
      news.on(
        'receipt',
        here(({ kind, at }) => this.#receipted(kind, at)),
      ),
    );
  }

  #arrived(message: Message): void {
    if (!this.#isSynced) {
      this.#early.push(message);
      return;
    }
    this.#timeline.merge([message]);
    this.#advance([message]);
    this.#render();
  }

  #accepted(message: Message): void {
    if (this.#isSynced) this.#timeline.merge([message]);
    else this.#early.push(message);
    this.#render();
  }

  #edited(message: Message): void {
    if (this.#fetches > 0) this.#edits.set(message.id, message);
    if (this.#timeline.has(message.id)) this.#timeline.merge([message]);
    this.#early = this.#early.map((early) => (early.id === message.id ? newer(early, message) : early));
    this.#render();
  }

  #receipted(kind: 'delivered' | 'read', at: number): void {
    const { clientId } = this.#core.session;
    this.#timeline.map((message) => {
      if (message.from !== clientId || message.timestamp > at) return message;
      const deliveredAt = message.deliveredAt ?? at;
      const readAt = kind === 'read' ? (message.readAt ?? at) : message.readAt;
      if (deliveredAt === message.deliveredAt && readAt === message.readAt) return message;
      return withEnvelope(message, { deliveredAt, readAt });
    });
    this.#render();
  }

  #unsync(): void {
    this.#isSynced = false;
    // Nobody is told of the edits of a room where this client is no longer; so it begins anew.
    if (this.#conversation.type === 'chatRoom') this.#cursor = undefined;
  }

  /** Gets what is missing up to now, and begins to follow. */
  #sync(): void {
    this.#unsync();
    if (this.#run !== undefined) this.#isAskedAgain = true;
    else {
      this.#run = this.#syncUntilDone().finally(() => {
        this.#run = undefined;
      });
    }
  }

  async #syncUntilDone(): Promise<void> {
    for (let attempt = 1; !this.isClosed; attempt++) {
      this.#isAskedAgain = false;
      const error = await this.#closeGap().catch(asParleyError);
      if (this.#isAskedAgain) continue;
      if (error === undefined) {
        this.#synced();
        return;
      }
      if (!error.isPassing) {
        this.#error = error;
        this.#settleReady(error);
        return;
      }
      const { clock, random } = this.#core.session.connection.platform;
      await new Promise<void>((resolve) => clock.after(backoff(attempt, random), resolve));
    }
  }

  async #closeGap(): Promise<undefined> {
    if (this.#cursor !== undefined) {
      for (let pages = 0; pages < LONGEST_GAP; pages++) {
        const page = await this.#fetch({ direction: 'newer', from: this.#cursor, limit: GAP_PAGE });
        this.#timeline.merge(page);
        this.#advance(page);
        this.#render();
        if (page.length < GAP_PAGE) return;
      }
    }
    const newest = await this.#fetch({ direction: 'older', limit: this.#pageSize });
    this.#kept = [];
    this.#timeline.reset(newest);
    this.#limit = this.#keep;
    this.#cursor = undefined;
    this.#advance(newest);
    this.#hasOlder = newest.length === this.#pageSize;
  }

  #synced(): void {
    const { oldest } = this.#timeline;
    // What is older than the first page comes with the pages before it.
    const early = this.#early
      .splice(0)
      .filter((message) => !this.#hasOlder || oldest === undefined || compareMessages(oldest, message) < 0);
    const { clientId } = this.#core.session;
    this.#isSynced = true;
    this.#error = undefined;
    this.#timeline.merge(early);
    this.#advance(early.filter(({ from }) => from !== clientId));
    this.#render();
    this.#settleReady();
  }

  #advance(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.#cursor === undefined || compareMessages(this.#cursor, message) < 0) this.#cursor = message;
    }
  }

  async #fetch(request: Parameters<typeof fetchPage>[2]): Promise<readonly Message[]> {
    this.#fetches++;
    try {
      const page = await fetchPage(this.#core, this.#conversation, request);
      return page.map((message) => newer(message, this.#edits.get(message.id) ?? message));
    } finally {
      this.#fetches--;
      if (this.#fetches === 0) this.#edits.clear();
    }
  }

  #render(): void {
    this.#trim();
    const { clientId } = this.#core.session;
    const newest = this.#timeline.messages.at(-1);
    // One's own never disappear on the way from the outbox into the list.
    const own = this.#early.filter(
      (message) =>
        message.from === clientId && (newest === undefined || compareMessages(newest, message) < 0),
    );
    if (this.#isSynced) this.#core.cache?.keepMessages(this.#conversation, () => this.#timeline.messages);
    this.show([
      ...this.#kept,
      ...this.#withoutDoubtful(this.#timeline.messages),
      ...own,
      ...this.#core.messages.unsent(this.#conversation),
    ]);
  }

  /** For what is here now and as many new ones as are to be kept. */
  #makeRoom(): void {
    this.#limit = this.#timeline.messages.length + this.#keep;
  }

  #trim(): void {
    if (!this.#isSynced || this.#timeline.messages.length <= this.#limit) return;
    this.#timeline.trim(this.#keep);
    this.#limit = this.#keep;
    this.#hasOlder = true;
  }

  /** What may be the message that is still shown as on its way, because its answer got lost, waits for the next answer. */
  #withoutDoubtful(messages: readonly Message[]): readonly Message[] {
    const doubt = this.#core.messages.doubt(this.#conversation);
    if (doubt === undefined) return messages;
    const { clientId } = this.#core.session;
    return messages.filter(
      ({ from, timestamp, key, id }) => from !== clientId || timestamp <= doubt.after || key !== id,
    );
  }
}
