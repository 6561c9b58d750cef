import { CommandType, type ConvCommand, OpType } from '@parley/protocol/wire';
import { type Core, tell } from '../core.ts';
import { Emitter } from '../events.ts';
import type { JsonObject } from '../json.ts';
import { newer } from '../live/message-timeline.ts';
import type { HistoryOptions } from '../messages/history.ts';
import type { Message } from '../messages/message.ts';
import type { SendOptions } from '../messages/send-options.ts';
import type { ConversationData, ConversationType } from './conversation-data.ts';
import type { ConversationEvents } from './conversation-events.ts';
import { Typing } from './typing.ts';
import { UnreadCounter } from './unread-counter.ts';

/**
 * Where messages are sent and kept. One object per conversation and client; {@link data} is what is known of it, and
 * `changed` tells when that is something else.
 *
 * @example
 * // With React:
 * const data = useSyncExternalStore(
 *   (onChange) => conversation.on('changed', onChange),
 *   () => conversation.data,
 * );
 */
export abstract class Conversation extends Emitter<ConversationEvents> {
  abstract readonly type: ConversationType;
  protected readonly core: Core;
  /** @internal */
  readonly unreadCounter = new UnreadCounter();
  /** @internal */
  readonly typists: Typing;
  #data: ConversationData;

  /** @internal */
  constructor(core: Core, data: ConversationData) {
    super();
    this.core = core;
    this.#data = data;
    this.typists = new Typing(core, this);
  }

  /** Everything known of it, as one object that never changes. */
  get data(): ConversationData {
    return this.#data;
  }

  get id(): string {
    return this.#data.id;
  }

  get name(): string | undefined {
    return this.#data.name;
  }

  /** The client that made it. */
  get creator(): string | undefined {
    return this.#data.creator;
  }

  get createdAt(): Date {
    return new Date(this.#data.createdAt);
  }

  get updatedAt(): Date {
    return new Date(this.#data.updatedAt);
  }

  get lastMessageAt(): Date | undefined {
    const { lastMessageAt } = this.#data;
    return lastMessageAt === undefined ? undefined : new Date(lastMessageAt);
  }

  get lastMessage(): Message | undefined {
    return this.#data.lastMessage;
  }

  /** What the app keeps with it. */
  get attributes(): JsonObject {
    return this.#data.attributes;
  }

  /** Messages of others that this client has not read. */
  get unreadCount(): number {
    return this.#data.unreadCount;
  }

  /** Whether an unread message mentions this client. */
  get isMentioned(): boolean {
    return this.#data.isMentioned;
  }

  /** Whether this client wants no pushes from it. */
  get isMuted(): boolean {
    return this.#data.isMuted;
  }

  /** Clients that are typing right now. */
  get typing(): readonly string[] {
    return this.typists.clientIds;
  }

  /**
   * Sends a message. It shows in live lists at once and goes out in order; when the connection breaks it is sent again
   * by itself, and arrives once.
   *
   * @returns the message as the server took it
   * @throws ParleyError why it was refused or given up; it is then `failed` in live lists
   *
   * @example
   * await chat.send('hello');
   * await chat.send(new LocationMessage({ latitude: 39.9, longitude: 116.4 }), { receipt: true });
   */
  send(message: Message | string, options?: SendOptions): Promise<Message> {
    return this.core.messages.send(this, message, options);
  }

  /**
   * Gives a message of this client another content.
   *
   * @throws ParleyError MESSAGE_OWNERSHIP_REQUIRED, MESSAGE_EDIT_DISABLED, MESSAGE_NOT_FOUND, …
   */
  edit(message: Message, content: Message | string): Promise<Message> {
    return this.core.messages.edit(message, content);
  }

  /**
   * Takes a message of this client back: what stays is a {@link RecalledMessage}.
   *
   * @throws ParleyError MESSAGE_OWNERSHIP_REQUIRED, MESSAGE_RECALL_DISABLED, MESSAGE_NOT_FOUND, …
   */
  recall(message: Message): Promise<Message> {
    return this.core.messages.recall(message);
  }

  /**
   * What was said, message by message.
   *
   * @example
   * for await (const message of chat.history()) console.log(message.text); // newest first
   * for await (const message of chat.history({ direction: 'newer', from: lastSeen })) show(message);
   */
  history(options?: HistoryOptions): AsyncIterable<Message> {
    return this.core.messages.history(this, options);
  }

  /** Everything up to the newest message known here counts as read, on all devices; its sender may get a receipt. */
  markRead(): void {
    this.core.messages.markRead(this);
  }

  /** Tells the others that this client is typing; call it at every key press, it speaks every three seconds. */
  startTyping(): void {
    this.typists.start();
  }

  /** Tells the others that this client has stopped; sending does so too. */
  stopTyping(): void {
    this.typists.stop();
  }

  /** No pushes from it any more for this client. */
  async mute(): Promise<void> {
    await this.request(OpType.mute);
    this.apply({ isMuted: true });
  }

  async unmute(): Promise<void> {
    await this.request(OpType.unmute);
    this.apply({ isMuted: false });
  }

  /** Asks the server how it is now. */
  async refresh(): Promise<void> {
    await this.core.conversations.fetch(this.id);
  }

  /** @internal */
  apply(changes: Partial<ConversationData>): void {
    const keys = Object.keys(changes) as (keyof ConversationData)[];
    if (keys.every((key) => this.#data[key] === changes[key])) return;
    this.#data = { ...this.#data, ...changes };
    tell(this.core, this, 'changed', {});
  }

  /** Takes a message as the last one unless a later one is known. @internal */
  applyMessage(message: Message): void {
    const { lastMessage } = this.#data;
    const isSame = lastMessage?.id === message.id;
    if (isSame ? (message.editedAt ?? 0) < (lastMessage?.editedAt ?? 0) : isBefore(message, lastMessage))
      return;
    const lastMessageAt = Math.max(this.#data.lastMessageAt ?? 0, message.timestamp);
    // Nobody else knows the key of what was written here.
    const isWrittenHere = isSame && lastMessage !== undefined && lastMessage.key !== lastMessage.id;
    this.apply({ lastMessage: isWrittenHere ? newer(lastMessage, message) : message, lastMessageAt });
  }

  /** @internal */
  applyUnread(): void {
    const { count, isMentioned } = this.unreadCounter;
    if (count === this.#data.unreadCount && isMentioned === this.#data.isMentioned) return;
    this.apply({ unreadCount: count, isMentioned });
    tell(this.core, this, 'unread', { count, isMentioned });
  }

  /** One operation on this conversation; what the reply says of its time is taken over. */
  protected async request(op: number, fields: Partial<ConvCommand> = {}): Promise<ConvCommand> {
    const { convMessage = {} } = await this.core.session.request({
      cmd: CommandType.conv,
      op,
      convMessage: { cid: this.id, ...fields },
    });
    const updatedAt = Date.parse(convMessage.udate ?? '');
    if (updatedAt > this.#data.updatedAt) this.apply({ updatedAt });
    this.core.conversations.news.emit('touched', { conversation: this });
    return convMessage;
  }

  /** One question about this conversation. */
  protected async ask(op: number, fields: Partial<ConvCommand> = {}): Promise<ConvCommand> {
    const { convMessage = {} } = await this.core.session.query({
      cmd: CommandType.conv,
      op,
      convMessage: { cid: this.id, ...fields },
    });
    return convMessage;
  }
}

function isBefore(message: Message, other: Message | undefined): boolean {
  return other !== undefined && message.timestamp < other.timestamp;
}
