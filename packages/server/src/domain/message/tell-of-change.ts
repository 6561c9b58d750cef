import type { App } from '../app/app.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { DeliverableMessage, MessagePatched } from '../events.ts';
import type { ConversationKey } from '../identifiers.ts';
import type { World } from '../world.ts';

/**
 * The devices of a message's sender show what was written there, which is not what was sent (`wire-protocol §4.9.8`).
 *
 * @param log where the message is
 * @param reason absent where nothing changed
 */
export function tellOfChange(
  world: World,
  app: App,
  conversation: Conversation,
  log: ConversationKey,
  message: DeliverableMessage,
  reason: MessagePatched['reason'],
): void {
  if (reason === undefined) return;
  world.outbox.publish({
    type: 'message-patched',
    app: app.key,
    at: message.patchedAt ?? message.timestamp,
    conversation,
    audience: { to: 'clients', clients: [message.sender], log },
    message: { ...message, patchedAt: message.patchedAt ?? message.timestamp, recalled: false },
    reason,
  });
}
