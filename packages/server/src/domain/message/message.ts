import type { ClientId, ConversationKey, MessageId, Milliseconds } from '../identifiers.ts';

/** Text, or bytes for a binary message. The server never looks inside but for `_lctype` and recall. */
export type MessageBody = string | Uint8Array;

/** A message as history holds it. */
export interface StoredMessage {
  readonly conversation: ConversationKey;
  /** Gapless within the conversation, assigned at commit, from 1. */
  readonly seq: number;
  readonly id: MessageId;
  /** Strictly increasing within the conversation. */
  readonly timestamp: Milliseconds;
  readonly sender: ClientId;
  readonly body: MessageBody;
  /** The sender asked for receipts. */
  readonly receipt: boolean;
  readonly mentions: readonly ClientId[];
  readonly mentionAll: boolean;
  /** Set once the message was edited or recalled. */
  readonly patchedAt?: Milliseconds;
  readonly recalled: boolean;
  /** When the other member of a two-person conversation received and read it. */
  readonly deliveredAt?: Milliseconds;
  readonly readAt?: Milliseconds;
  /** The address it was sent from; operators see it. */
  readonly fromIp?: string;
}

/** The body every recalled message gets (`wire-protocol §4.13`). */
export const RECALLED_BODY = '{"_lctype":-127}';
