import type { DirectCommand } from '@parley/protocol/wire';
import type { Conversation } from '../conversations/conversation.ts';
import { type Core, tell } from '../core.ts';

/** Somebody said something. */
export function directPushed(core: Core, conversation: Conversation, direct: DirectCommand): void {
  const from = direct.fromPeerId ?? '';
  if (direct.transient === true && conversation.typists.heard(from, direct.msg ?? '')) return;
  const message = core.parser.fromDirect(direct);
  const isOwn = from === core.session.clientId;
  conversation.typists.ended(from);
  if (!message.isTransient) {
    conversation.applyMessage(message);
    if (!isOwn) core.messages.acknowledgements.arrived(conversation, message.timestamp);
    if (!isOwn && conversation.type !== 'chatRoom') {
      conversation.unreadCounter.arrived(message.timestamp, message.mentions(core.session.clientId));
      conversation.applyUnread();
    }
    core.messages.news.emit('arrived', { conversation, message });
  }
  tell(core, conversation, 'message', { message });
}
