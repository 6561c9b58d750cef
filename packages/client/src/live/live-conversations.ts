import { backoff } from '../connection/backoff.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { ConversationData } from '../conversations/conversation-data.ts';
import type { WireQuery } from '../conversations/query.ts';
import type { Core } from '../core.ts';
import { asParleyError, localError, type ParleyError } from '../errors.ts';
import { compareValues } from './compare-values.ts';
import { LiveList } from './live-list.ts';

const DEFAULT_SORT = '-lm,-updatedAt';
/** Servers find no more at once. */
const LONGEST_PAGE = 1_000;

/**
 * The conversations a query finds, in its order. Whatever may change what it finds makes the list ask the server about
 * the one conversation it concerns, so that both always agree on what the query means.
 */
export class LiveConversations extends LiveList<Conversation> {
  /** Resolves when the first conversations are there. */
  readonly ready: Promise<void>;
  readonly #core: Core;
  readonly #query: WireQuery;
  #limit: number;
  #found = new Set<Conversation>();
  /** Those of which the server said that the query does not find them. */
  readonly #others = new Set<Conversation>();
  readonly #doubtful = new Set<Conversation>();
  #mustReload = true;
  #run: Promise<void> | undefined;
  #hasMore = false;
  #hasLoaded = false;
  #error: ParleyError | undefined;
  #settleReady: (error?: ParleyError) => void = () => {};

  /** @internal */
  constructor(core: Core, query: WireQuery) {
    super();
    this.#core = core;
    this.#query = query;
    this.#limit = query.limit;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.ready.catch(() => {});
    this.#listen();
    void this.#restore();
    this.#work();
  }

  /** Whether the query finds more than is here. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Why there are none, where the server refuses the query. */
  get error(): ParleyError | undefined {
    return this.#error;
  }

  /** Adds as many as there were at the beginning. */
  async loadMore(): Promise<void> {
    if (!this.#hasLoaded) await this.ready;
    if (!this.#hasMore) return;
    this.#limit += this.#query.limit;
    this.#reload();
    await this.#run;
  }

  override close(): void {
    super.close();
    this.#settleReady(localError('CLIENT_CLOSED', 'The list is closed.'));
  }

  get #key(): string {
    return JSON.stringify(this.#query);
  }

  /** From an earlier run of the app, to look at until the server has answered. */
  async #restore(): Promise<void> {
    const kept = (await this.#core.cache?.list(this.#key)) ?? [];
    if (this.#hasLoaded || kept.length === 0) return;
    this.#found = new Set(kept);
    this.#render();
  }

  #listen(): void {
    const { events, session, messages, conversations } = this.#core;
    this.until(session.on('opened', () => this.#reload()));
    this.until(events.on('changed', ({ conversation }) => this.#found.has(conversation) && this.#render()));
    const heard = ({ conversation }: { conversation: Conversation }) => {
      if (!this.#found.has(conversation) && !this.#others.has(conversation)) this.#doubt(conversation);
    };
    const touched = ({ conversation }: { conversation: Conversation }) => this.#doubt(conversation);
    this.until(messages.news.on('arrived', heard));
    this.until(messages.news.on('accepted', heard));
    for (const name of ['joined', 'left', 'membersJoined', 'membersLeft', 'updated'] as const) {
      this.until(events.on(name, touched));
    }
    this.until(conversations.news.on('touched', touched));
  }

  #doubt(conversation: Conversation): void {
    this.#others.delete(conversation);
    this.#doubtful.add(conversation);
    this.#work();
  }

  #reload(): void {
    this.#mustReload = true;
    this.#work();
  }

  get #hasWork(): boolean {
    return !this.isClosed && (this.#mustReload || this.#doubtful.size > 0);
  }

  #work(): void {
    this.#run ??= this.#workUntilDone().finally(() => {
      this.#run = undefined;
      // Asked again in the moment in which the last round ended. A closed list asks nothing any more.
      if (this.#error === undefined && this.#hasWork) this.#work();
    });
  }

  async #workUntilDone(): Promise<void> {
    for (let attempt = 1; this.#hasWork; attempt++) {
      const error = await (this.#mustReload ? this.#load() : this.#check()).catch(asParleyError);
      if (error === undefined) {
        attempt = 0;
        continue;
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

  async #load(): Promise<undefined> {
    this.#mustReload = false;
    try {
      // What has come since stays.
      this.#limit = Math.max(this.#limit, this.#found.size);
      const found = await this.#find(this.#limit + 1);
      this.#found = new Set(found.slice(0, this.#limit));
      this.#others.clear();
      this.#hasMore = found.length > this.#limit;
      this.#error = undefined;
      this.#hasLoaded = true;
      this.#render();
      this.#settleReady();
    } catch (error) {
      this.#mustReload = true;
      throw error;
    }
  }

  /** Page by page, as far as there are any. */
  async #find(count: number): Promise<readonly Conversation[]> {
    const found: Conversation[] = [];
    while (found.length < count) {
      const limit = Math.min(count - found.length, LONGEST_PAGE);
      const skip = this.#query.skip + found.length;
      const page = await this.#core.conversations.run({ ...this.#query, limit, skip });
      found.push(...page);
      if (page.length < limit) break;
    }
    return found;
  }

  /** Asks whether the query finds those that are in doubt. */
  async #check(): Promise<undefined> {
    const doubtful = [...this.#doubtful];
    this.#doubtful.clear();
    try {
      const found = await this.#core.conversations.loadMatching(doubtful, this.#query.where);
      for (const conversation of doubtful) {
        if (found.has(conversation.id) && !this.#isBeyondEnd(conversation)) this.#found.add(conversation);
        else {
          this.#found.delete(conversation);
          if (!found.has(conversation.id)) this.#others.add(conversation);
        }
      }
      this.#render();
    } catch (error) {
      for (const conversation of doubtful) this.#doubtful.add(conversation);
      throw error;
    }
  }

  /** Where there is more to load, what comes after the last one has to wait until those between are here. */
  #isBeyondEnd(conversation: Conversation): boolean {
    const last = this.items.at(-1);
    return (
      this.#hasMore && last !== undefined && last !== conversation && this.#compare(last, conversation) < 0
    );
  }

  #render(): void {
    if (this.#hasLoaded) this.#core.cache?.keepList(this.#key, () => this.items.slice(0, this.#query.limit));
    this.show([...this.#found].sort((a, b) => this.#compare(a, b)));
  }

  #compare(a: Conversation, b: Conversation): number {
    for (const key of (this.#query.sort ?? DEFAULT_SORT).split(',')) {
      const isDescending = key.startsWith('-');
      const column = isDescending ? key.slice(1) : key;
      const order = compareValues(columnOf(a.data, column), columnOf(b.data, column));
      if (order !== 0) return isDescending ? -order : order;
    }
    return compareValues(a.id, b.id);
  }
}

function columnOf(data: ConversationData, column: string): unknown {
  const own: Readonly<Record<string, unknown>> = {
    ...{ lm: data.lastMessageAt, updatedAt: data.updatedAt, createdAt: data.createdAt },
    ...{ name: data.name, objectId: data.id, c: data.creator },
  };
  if (column in own) return own[column];
  let value: unknown = { ...data.columns, attr: data.attributes };
  for (const step of column.split('.')) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  }
  return value;
}
