import type { ParleyError } from '../errors.ts';

/**
 * - `draft`: not sent yet.
 * - `sending`: in the outbox; it is sent again by itself when the connection breaks.
 * - `failed`: refused, or given up after a while; see {@link Message.error} and {@link Messages.retry}.
 * - `sent`: with the server.
 */
export type MessageStatus = 'draft' | 'sending' | 'failed' | 'sent';

/** What is written on a message, as opposed to in it. @internal */
export interface Envelope {
  readonly key: string;
  readonly id?: string | undefined;
  readonly conversationId: string;
  readonly from: string;
  readonly timestamp: number;
  readonly status: MessageStatus;
  readonly error?: ParleyError | undefined;
  readonly editedAt?: number | undefined;
  readonly deliveredAt?: number | undefined;
  readonly readAt?: number | undefined;
  readonly mentioned?: readonly string[] | undefined;
  readonly mentionsEveryone?: boolean | undefined;
  readonly isTransient?: boolean | undefined;
  /** The content as it travels: unknown keys survive where a message is kept or passed on. */
  readonly body?: string | Uint8Array | undefined;
}

const DRAFT: Envelope = { key: '', conversationId: '', from: '', timestamp: 0, status: 'draft' };

/**
 * One message. It never changes: an edit, a receipt or the end of its sending makes another object with the same
 * {@link key}, so a view can compare objects to see what changed.
 *
 * What is in it depends on its class: {@link TextMessage}, {@link ImageMessage} and so on, or one of your own made by
 * {@link defineMessageType}.
 */
export abstract class Message {
  /** @internal */
  readonly envelope: Envelope = DRAFT;

  /** Names the message from the moment it is written, in lists of a user interface; the same before and after sending. */
  get key(): string {
    return this.envelope.key;
  }

  /** The server's name for it; `undefined` until it is sent. */
  get id(): string | undefined {
    return this.envelope.id;
  }

  get conversationId(): string {
    return this.envelope.conversationId;
  }

  /** The client that sent it. */
  get from(): string {
    return this.envelope.from;
  }

  /** When the server took it, in milliseconds; before that, when it was written by the clock of this device. */
  get timestamp(): number {
    return this.envelope.timestamp;
  }

  get status(): MessageStatus {
    return this.envelope.status;
  }

  /** Why it failed. */
  get error(): ParleyError | undefined {
    return this.envelope.error;
  }

  /** When it was last edited or recalled, in milliseconds. */
  get editedAt(): number | undefined {
    return this.envelope.editedAt;
  }

  /** When the other person's device had it, in milliseconds. Only in conversations of two. */
  get deliveredAt(): number | undefined {
    return this.envelope.deliveredAt;
  }

  /** When the other person had read it, in milliseconds. Only in conversations of two. */
  get readAt(): number | undefined {
    return this.envelope.readAt;
  }

  /** Clients it mentions by name. */
  get mentioned(): readonly string[] {
    return this.envelope.mentioned ?? [];
  }

  get mentionsEveryone(): boolean {
    return this.envelope.mentionsEveryone ?? false;
  }

  /** Reached those who were online, and is not kept. */
  get isTransient(): boolean {
    return this.envelope.isTransient ?? false;
  }

  /** Whether it mentions this client, by name or among everyone. */
  mentions(clientId: string): boolean {
    return this.mentionsEveryone || this.mentioned.includes(clientId);
  }

  /** What a list or a notification shows of it: its text or caption; empty where it has none. */
  abstract readonly text: string;

  /** The content as it travels. */
  abstract encode(): string | Uint8Array;
}

/** The same message with something else on its envelope. @internal */
export function withEnvelope<M extends Message>(message: M, changes: Partial<Envelope>): M {
  return inEnvelope(message, { ...message.envelope, ...changes });
}

/** The same content on its own way: what became of another message with it is not written on it. @internal */
export function inEnvelope<M extends Message>(message: M, envelope: Envelope): M {
  const copy: M = Object.create(Object.getPrototypeOf(message));
  return Object.assign(copy, message, { envelope });
}

/** The content of a message under the envelope of another: an edit. @internal */
export function withContentOf(message: Message, content: Message, changes: Partial<Envelope>): Message {
  return withEnvelope(content, { ...message.envelope, ...changes });
}
