import type { MessagePriority } from '../events.ts';
import type { Approved } from '../hook/approve-message.ts';
import type { ClientId, ConversationId, MessageId, Milliseconds } from '../identifiers.ts';
import type { MessageBody } from './message.ts';

export interface SendMessage {
  readonly conversation: ConversationId;
  readonly body: MessageBody;
  /** `stored` goes to history; `transient` only to who is online; `will` waits for the sender's disconnection. */
  readonly kind: 'stored' | 'transient' | 'will';
  readonly receipt: boolean;
  readonly mentions: readonly ClientId[];
  readonly mentionAll: boolean;
  readonly priority: MessagePriority;
  /** Names this logical message, so that a retry is recognised (`wire-protocol §4.9.6`). */
  readonly token?: string;
  /** JSON text for the offline push. */
  readonly pushData?: string;
  /** Whether the sender's own devices get it; absent: as its membership says. Operators decide this (F-MSG-64). */
  readonly reachesSender?: boolean;
}

/** A message that nothing stands against any more. */
export type ApprovedMessage = SendMessage & Approved;

export interface SentMessage {
  readonly id: MessageId;
  readonly timestamp: Milliseconds;
}
