import type { DirectCommand } from '@parley/protocol/wire';
import type { Conversation } from '../conversations/conversation.ts';
import { type Core, tell } from '../core.ts';
import { callSafely } from '../events.ts';
import type { Message } from '../messages/message.ts';

/** Somebody said something. */
export function directPushed(core: Core, conversation: Conversation, direct: DirectCommand): void {
  const from = direct.fromPeerId ?? '';
  if (direct.transient === true && conversation.typists.heard(from, direct.msg ?? '')) return;
  const message = core.parser.fromDirect(direct);
  const doubt = from === core.session.clientId ? core.messages.doubt(conversation) : undefined;
  // It is the one that is being sent again, or one of another device; the answer will tell.
  if (doubt !== undefined && message.timestamp > doubt.after) {
    void doubt.decided.then(() => callSafely(() => heard(core, conversation, message)));
  } else heard(core, conversation, message);
}

function heard(core: Core, conversation: Conversation, message: Message): void {
  if (!core.messages.recentIds.isNew(message.id)) return;
  const { from } = message;
  const isOwn = from === core.session.clientId;
  conversation.typists.ended(from);
  if (!message.isTransient) {
    conversation.applyMessage(message);
    if (!isOwn) core.messages.acknowledgements.arrived(conversation, message.timestamp);
    if (!isOwn && conversation.type !== 'chatRoom') {
      const isMention = message.mentions(core.session.clientId);
      conversation.unreadCounter.arrived({ id: message.id, timestamp: message.timestamp, isMention });
      conversation.applyUnread();
    }
    core.messages.news.emit('arrived', { conversation, message });
  }
  tell(core, conversation, 'message', { message });
}
