import type { RcpCommand } from '@parley/protocol/wire';
import type { Conversation } from '../conversations/conversation.ts';
import { type Core, tell } from '../core.ts';

/** A message of this client arrived or was read: it and everything before. */
export function receiptPushed(core: Core, conversation: Conversation, receipt: RcpCommand): void {
  const { id: messageId = '', t: at = 0, read, from: clientId } = receipt;
  const kind = read === true ? 'read' : 'delivered';
  const { lastDeliveredAt = 0, lastReadAt = 0 } = conversation.data;
  conversation.apply({
    lastDeliveredAt: Math.max(lastDeliveredAt, at),
    ...(kind === 'read' && { lastReadAt: Math.max(lastReadAt, at) }),
  });
  core.messages.news.emit('receipt', { conversation, kind, messageId, at });
  tell(core, conversation, 'receipt', { kind, messageId, clientId, at });
}
