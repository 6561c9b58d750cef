import { CommandType, type ConvCommand, OpType } from '@parley/protocol/wire';
import type { Core } from '../core.ts';
import { localError, ParleyError } from '../errors.ts';
import { Emitter } from '../events.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from '../json.ts';
import { LiveConversations } from '../live/live-conversations.ts';
import { askAnew } from '../session/ask-anew.ts';
import { BasicConversation } from './basic-conversation.ts';
import { ChatRoom } from './chat-room.ts';
import type { Conversation } from './conversation.ts';
import {
  type ConversationData,
  type ConversationType,
  emptyConversation,
  readRecord,
  readTime,
  TEMPORARY_PREFIX,
} from './conversation-data.ts';
import { ConversationQuery, joinConditions, type WireQuery } from './query.ts';
import { ServiceConversation } from './service-conversation.ts';
import { TemporaryConversation } from './temporary-conversation.ts';

/** Last messages come along with every query. */
const WITH_LAST_MESSAGE = 2;
const LOAD_PAGE = 100;

export interface NewConversation {
  readonly name?: string;
  readonly attributes?: JsonObject;
  /** For older apps: what they keep outside of the attributes. */
  readonly columns?: JsonObject;
}

export interface NewBasicConversation extends NewConversation {
  /** The others; this client is a member anyway. */
  readonly members: readonly string[];
  /** Whether to take the conversation that these members have already, whoever made it. Default: true. */
  readonly unique?: boolean;
}

export interface NewTemporaryConversation {
  readonly members: readonly string[];
  /** Seconds. Default: a day; at most 30 days. */
  readonly ttl?: number;
}

/** The conversations of a client: to make, to find, and to keep in view. */
export class Conversations {
  readonly #core: Core;
  readonly #known = new Map<string, Conversation>();
  #loading: { readonly ids: Set<string>; readonly done: Promise<void> } | undefined;
  /** What this client did to its conversations, and which it met. @internal */
  readonly news = new Emitter<{
    touched: { readonly conversation: Conversation };
    adopted: { readonly conversation: Conversation };
  }>();
  /** The chat room this client is in. @internal */
  room: ChatRoom | undefined;
  /** When this client last logged in, by the server's clock. */
  #openedAt = 0;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
    core.session.on('opened', ({ serverTime }) => {
      this.#openedAt = serverTime;
    });
  }

  /**
   * Makes a conversation of two or a group, or takes the one these members have.
   *
   * @example const chat = await client.conversations.create({ members: ['Jerry'] });
   *
   * @throws ParleyError CONVERSATION_FULL, CONVERSATION_SIGNATURE_FAILED, CONVERSATION_REJECTED_BY_APP
   */
  async create({ members, unique = true, ...rest }: NewBasicConversation): Promise<BasicConversation> {
    const all = [...new Set([...members, this.#clientId])].sort();
    return (await this.#start('basic', all, { ...rest, command: { unique } })) as BasicConversation;
  }

  /** Makes a chat room and joins it. */
  async createChatRoom(room: NewConversation = {}): Promise<ChatRoom> {
    const made = (await this.#start('chatRoom', [this.#clientId], {
      ...room,
      command: { transient: true },
    })) as ChatRoom;
    this.room = made;
    return made;
  }

  /** Makes a conversation that ends by itself, or takes the one these members have. */
  async createTemporary({ members, ttl }: NewTemporaryConversation): Promise<TemporaryConversation> {
    const all = [...new Set([...members, this.#clientId])].sort();
    const command = { tempConv: true, unique: true, ...(ttl !== undefined && { tempConvTTL: ttl }) };
    return (await this.#start('temporary', all, { command })) as TemporaryConversation;
  }

  /**
   * The conversation with this id, asked of the server unless it is known.
   *
   * @throws ParleyError CONVERSATION_NOT_FOUND
   */
  async get(id: string): Promise<Conversation> {
    return this.#known.get(id) ?? this.fetch(id);
  }

  /**
   * The conversation with this id, as it is on the server now.
   *
   * @throws ParleyError CONVERSATION_NOT_FOUND
   */
  async fetch(id: string): Promise<Conversation> {
    const found = await this.load([id]);
    const conversation = found.get(id);
    if (conversation === undefined) throw new ParleyError('CONVERSATION_NOT_FOUND', 4303);
    return conversation;
  }

  /** The conversation with this id, if it was met before. */
  known(id: string): Conversation | undefined {
    return this.#known.get(id);
  }

  /** Of what was before the login one hears late: whether one may come in again, the server was asked then. @internal */
  sentOut(conversation: Conversation, at = Number.POSITIVE_INFINITY): void {
    if (this.room === conversation && at > this.#openedAt) this.room = undefined;
  }

  query(): ConversationQuery {
    return new ConversationQuery((query) => this.run(query));
  }

  /**
   * What a query finds, kept as it is now: new ones come in, others move or go, whoever changed them.
   *
   * @example
   * const list = client.conversations.live();
   * list.subscribe(() => render(list.items));
   */
  live(query: ConversationQuery = this.query()): LiveConversations {
    return new LiveConversations(this.#core, query.toWire());
  }

  /** Everything that is known counts as read. */
  markAllRead(): void {
    for (const conversation of this.#known.values())
      if (conversation.unreadCount > 0) conversation.markRead();
  }

  /** @internal */
  async run({ where, sort = '-lm,-updatedAt', limit, skip }: WireQuery): Promise<readonly Conversation[]> {
    return this.#query({
      where: { data: JSON.stringify(this.#condition(where)) },
      sort,
      limit,
      skip,
    });
  }

  /** Those of these that a query finds. @internal */
  loadMatching(
    conversations: readonly Conversation[],
    where: JsonObject,
  ): Promise<ReadonlyMap<string, Conversation>> {
    return this.load(
      conversations.filter(({ type }) => type !== 'temporary').map(({ id }) => id),
      this.#condition(where),
    );
  }

  /** Those of these that exist, as they are on the server now. @internal */
  async load(ids: readonly string[], condition: JsonObject = {}): Promise<ReadonlyMap<string, Conversation>> {
    const temporary = ids.filter((id) => id.startsWith(TEMPORARY_PREFIX));
    const stored = ids.filter((id) => !id.startsWith(TEMPORARY_PREFIX));
    const found: Conversation[] = [];
    for (let at = 0; at < stored.length; at += LOAD_PAGE) {
      const page = stored.slice(at, at + LOAD_PAGE);
      const where = joinConditions([{ objectId: page.length === 1 ? page[0] : { $in: page } }, condition]);
      found.push(...(await this.#query({ where: { data: JSON.stringify(where) }, limit: page.length })));
    }
    if (temporary.length > 0)
      found.push(...(await this.#query({ tempConvIds: temporary, limit: temporary.length })));
    return new Map(found.map((conversation) => [conversation.id, conversation]));
  }

  /** Learns of a conversation soon, together with others that somebody asks for now. @internal */
  async loadSoon(id: string): Promise<void> {
    if (this.#loading === undefined) {
      const ids = new Set<string>();
      const done = Promise.resolve().then(async () => {
        this.#loading = undefined;
        await this.load([...ids]);
      });
      this.#loading = { ids, done };
    }
    this.#loading.ids.add(id);
    await this.#loading.done;
  }

  /** One that nothing is known of but its id. @internal */
  placeholder(id: string, type: ConversationType): Conversation {
    return this.#known.get(id) ?? this.adopt(emptyConversation(id, type));
  }

  /** @internal */
  all(): Iterable<Conversation> {
    return this.#known.values();
  }

  /** @internal */
  adopt(data: ConversationData): Conversation {
    const conversation = construct(this.#core, data);
    this.#known.set(data.id, conversation);
    this.news.emit('adopted', { conversation });
    return conversation;
  }

  get #clientId(): string {
    return this.#core.session.clientId;
  }

  /** Without a condition, servers mean the basic conversations of the client. */
  #condition(where: JsonObject): JsonObject {
    return Object.keys(where).length === 0 ? { m: this.#clientId } : where;
  }

  async #query(convMessage: ConvCommand): Promise<readonly Conversation[]> {
    const reply = await askAnew(this.#core.session, {
      cmd: CommandType.conv,
      op: OpType.query,
      convMessage: { flag: WITH_LAST_MESSAGE, ...convMessage },
    });
    const records = parseJson(reply.convMessage?.results?.data);
    return (Array.isArray(records) ? records : []).flatMap((record: JsonValue) => {
      const conversation = isObject(record) ? this.#absorb(record) : undefined;
      return conversation === undefined ? [] : [conversation];
    });
  }

  /** What a query told of a conversation, unless later news came meanwhile. */
  #absorb(fields: JsonObject): Conversation | undefined {
    const { clientId } = this.#core.session;
    const record = readRecord(fields, { clientId, parser: this.#core.parser });
    if (record === undefined) return undefined;
    const known = this.#known.get(record.id);
    if (known === undefined) return this.adopt({ ...emptyConversation(record.id, record.type), ...record });
    const { lastMessage, lastMessageAt, ...rest } = record;
    if (record.updatedAt >= known.data.updatedAt) known.apply(unlessEqual(known.data, rest));
    if (lastMessageAt !== undefined && lastMessageAt > (known.data.lastMessageAt ?? 0))
      known.apply({ lastMessageAt });
    if (lastMessage !== undefined) known.applyMessage(lastMessage);
    return known;
  }

  async #start(
    type: ConversationType,
    members: readonly string[],
    { command, name, attributes, columns }: NewConversation & { readonly command: ConvCommand },
  ): Promise<Conversation> {
    const { session } = this.#core;
    const attr = { ...columns, ...(name !== undefined && { name }), ...(attributes && { attr: attributes }) };
    const signature = await session.sign({ action: 'create', clientId: this.#clientId, members });
    const { convMessage: started = {} } = await session.request({
      cmd: CommandType.conv,
      op: OpType.start,
      convMessage: { m: members, attr: { data: JSON.stringify(attr) }, ...command, ...signature },
    });
    const { cid } = started;
    if (cid === undefined) throw localError('INVALID_ARGUMENT', 'The server made no conversation.');
    // One that was there already has a name and attributes of its own.
    if (started.existing === true) return this.fetch(cid);
    const conversation =
      this.#known.get(cid) ??
      this.adopt(newConversation(cid, type, this.#clientId, members, started, { ...attr }));
    this.news.emit('touched', { conversation });
    return conversation;
  }
}

function newConversation(
  id: string,
  type: ConversationType,
  creator: string,
  members: readonly string[],
  { cdate, udate, tempConvTTL }: ConvCommand,
  { name, attr, ...columns }: JsonObject,
): ConversationData {
  const createdAt = readTime(cdate) ?? 0;
  return {
    ...emptyConversation(id, type),
    ...{ creator, createdAt, updatedAt: readTime(udate) ?? createdAt, columns },
    name: typeof name === 'string' ? name : undefined,
    members: type === 'chatRoom' ? [] : members,
    attributes: isObject(attr) ? attr : {},
    expiresAt: tempConvTTL === undefined ? undefined : createdAt + tempConvTTL * 1000,
  };
}

/** Keeps the objects that are there where nothing changed, so that views see no change either. */
function unlessEqual<T extends object>(known: T, news: Partial<T>): Partial<T> {
  const keys = Object.keys(news) as (keyof T)[];
  const changed = keys.filter((key) => JSON.stringify(known[key]) !== JSON.stringify(news[key]));
  return Object.fromEntries(changed.map((key) => [key, news[key]])) as Partial<T>;
}

function construct(core: Core, data: ConversationData): Conversation {
  if (data.type === 'chatRoom') return new ChatRoom(core, data);
  if (data.type === 'service') return new ServiceConversation(core, data);
  if (data.type === 'temporary') return new TemporaryConversation(core, data);
  return new BasicConversation(core, data);
}
