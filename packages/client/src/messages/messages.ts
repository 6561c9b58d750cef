import { CommandType, OpType, type PatchItem } from '@parley/protocol/wire';
import type { Conversation } from '../conversations/conversation.ts';
import type { Core } from '../core.ts';
import { localError } from '../errors.ts';
import { Emitter } from '../events.ts';
import { LiveMessages, type LiveMessagesOptions } from '../live/live-messages.ts';
import { randomId } from '../platform/random-id.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { type HistoryOptions, readHistory } from './history.ts';
import { inEnvelope, type Message, withContentOf, withEnvelope } from './message.ts';
import { RecalledMessage, TextMessage } from './message-types.ts';
import { type Doubt, Outbox, type Outgoing } from './outbox.ts';
import { ReadMarks } from './read-marks.ts';
import { RecentIds } from './recent-ids.ts';
import type { SendOptions } from './send-options.ts';

interface News {
  readonly conversation: Conversation;
  readonly message: Message;
}

/** What live lists follow. @internal */
export interface MessageNews {
  arrived: News;
  accepted: News;
  edited: News;
  outbox: { readonly conversation: Conversation };
  receipt: {
    readonly conversation: Conversation;
    readonly kind: 'delivered' | 'read';
    readonly messageId: string;
    readonly at: number;
  };
  /** Messages may have been missed here. */
  gap: { readonly conversation: Conversation };
}

/** The messages of a client. Most of this is at hand on {@link Conversation} too. */
export class Messages {
  readonly #core: Core;
  readonly #outbox: Outbox;
  #writtenAt = 0;
  /** @internal */
  readonly acknowledgements: Acknowledgements;
  /** @internal */
  readonly readMarks: ReadMarks;
  /** @internal */
  readonly recentIds = new RecentIds();
  /** @internal */
  readonly news = new Emitter<MessageNews>();

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
    this.acknowledgements = new Acknowledgements(core.session);
    this.readMarks = new ReadMarks(core.session);
    this.#outbox = new Outbox(core.session, {
      unsent: (outgoing) => this.#core.cache?.unsent(outgoing),
      decided: (key) => this.#core.cache?.decided(key),
      changed: (conversation) => this.news.emit('outbox', { conversation }),
      accepted: (conversation, message) => {
        this.recentIds.isNew(message.id);
        conversation.applyMessage(message);
        this.news.emit('accepted', { conversation, message });
      },
    });
  }

  /** See {@link Conversation.send}. */
  async send(
    conversation: Conversation,
    content: Message | string,
    options: SendOptions = {},
  ): Promise<Message> {
    const message = this.#written(conversation, content, options);
    if (options.transient === true || options.will === true) {
      return this.#outbox.sendOnce({ conversation, message, options });
    }
    conversation.typists.sent();
    return this.#outbox.add(conversation, message, options);
  }

  /**
   * Sends a failed message again. Should the server have it already, it stays one message.
   *
   * @example
   * for (const message of list.items) if (message.status === 'failed') await client.messages.retry(message);
   *
   * @throws ParleyError INVALID_ARGUMENT where it has not failed
   */
  retry(message: Message): Promise<Message> {
    return this.#outbox.retry(message);
  }

  /** Forgets a failed message. */
  discard(message: Message): void {
    this.#outbox.discard(message);
  }

  /** See {@link Conversation.edit}. */
  edit(message: Message, content: Message | string): Promise<Message> {
    const replacement = typeof content === 'string' ? new TextMessage(content) : content;
    const body = replacement.encode();
    const { mentioned, mentionsEveryone } = message;
    return this.#patch(message, replacement, {
      recall: false,
      ...(typeof body === 'string' ? { data: body } : { binaryMsg: body }),
      ...(mentioned.length > 0 && { mentionPids: mentioned }),
      ...(mentionsEveryone && { mentionAll: true }),
    });
  }

  /** See {@link Conversation.recall}. */
  recall(message: Message): Promise<Message> {
    return this.#patch(message, new RecalledMessage(), { recall: true });
  }

  /** See {@link Conversation.history}. */
  history(conversation: Conversation, options?: HistoryOptions): AsyncIterable<Message> {
    return readHistory(this.#core, conversation, options);
  }

  /**
   * The messages of a conversation as a list that stays right: new ones come in, edits and recalls show, what was missed
   * without a connection is filled in, and one's own show from the moment they are written.
   *
   * @example
   * const list = client.messages.live(chat);
   * list.subscribe(() => render(list.items));
   * button.onclick = () => list.loadOlder();
   */
  live(conversation: Conversation, options?: LiveMessagesOptions): LiveMessages {
    return new LiveMessages(this.#core, conversation, options);
  }

  /** See {@link Conversation.markRead}. */
  markRead(conversation: Conversation): void {
    const { lastMessage, unreadCounter } = conversation;
    const timestamp = lastMessage?.timestamp ?? unreadCounter.asOf;
    // A mark without a time means everything up to now, also what nobody has seen here.
    if (timestamp === 0) return;
    this.readMarks.add(conversation.id, { mid: lastMessage?.id, timestamp });
    unreadCounter.told(0, false, timestamp);
    conversation.applyUnread();
  }

  /** One that an earlier run of the app had not sent. @internal */
  restoreUnsent(outgoing: Outgoing, maySend: boolean): void {
    const { conversation, message, options } = outgoing;
    if (maySend && message.status === 'sending')
      this.#outbox.add(conversation, message, options).catch(() => {});
    else this.#outbox.restoreFailed({ ...outgoing, message: withEnvelope(message, { status: 'failed' }) });
  }

  /** Whether the first of those that are on their way may be with the server. @internal */
  doubt(conversation: Conversation): Doubt | undefined {
    return this.#outbox.doubt(conversation);
  }

  /** Messages of a conversation that are on their way or failed. @internal */
  unsent(conversation: Conversation): readonly Message[] {
    return this.#outbox.of(conversation);
  }

  #written(conversation: Conversation, content: Message | string, options: SendOptions): Message {
    const { session } = this.#core;
    const { clock, random } = session.connection.platform;
    const message = typeof content === 'string' ? new TextMessage(content) : content;
    const { mention } = options;
    // Never the same twice: the time is also the order in which they were written.
    this.#writtenAt = Math.max(clock.now(), this.#writtenAt + 1);
    return inEnvelope(message, {
      key: randomId(random),
      conversationId: conversation.id,
      from: session.clientId,
      timestamp: this.#writtenAt,
      status: 'sending',
      mentioned: mention === 'everyone' ? undefined : mention,
      mentionsEveryone: mention === 'everyone',
      isTransient: options.transient,
      body: message.encode(),
    });
  }

  async #patch(message: Message, content: Message, fields: PatchItem): Promise<Message> {
    const { id: mid, conversationId: cid, timestamp } = message;
    if (mid === undefined) throw localError('INVALID_ARGUMENT', 'Only a sent message can be changed.');
    const { patchMessage } = await this.#core.session.request({
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: { patches: [{ cid, mid, timestamp, ...fields }] },
    });
    const editedAt = patchMessage?.lastPatchTime ?? this.#core.session.connection.platform.clock.now();
    const edited = withContentOf(message, content, { editedAt, body: content.encode() });
    const conversation = this.#core.conversations.known(cid);
    if (conversation !== undefined) {
      if (conversation.lastMessage?.id === mid) conversation.applyMessage(edited);
      this.news.emit('edited', { conversation, message: edited });
    }
    return edited;
  }
}
