import type { ClientActor } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import type { Acknowledgement } from '../ports/member-states.ts';
import type { World } from '../world.ts';

/**
 * A device says what it has received. Tells the senders of messages that asked for a receipt, once each and only
 * in conversations of at most two members (`wire-protocol §4.9.4`, `§4.10`). Unknown conversations and strangers
 * are ignored: an acknowledgement has no reply.
 */
export async function acknowledgeMessages(
  world: World,
  actor: ClientActor,
  id: ConversationId,
  what: Acknowledgement,
): Promise<void> {
  const conversation = await world.conversations.load(actor.app.key, id);
  if (conversation === undefined || !mayHold(conversation, actor.client)) return;
  const now = world.clock.now();
  const receipts = await world.store.memberStates.acknowledge(conversation.key, actor.client, what, now);
  for (const receipt of receipts) {
    world.outbox.publish({
      type: 'message-delivered',
      app: actor.app.key,
      at: Math.max(now, receipt.timestamp),
      conversation,
      id: receipt.id,
      sender: receipt.sender,
      by: actor.client,
    });
  }
}

/** Of a service the store knows what a client was given. */
function mayHold(conversation: Conversation, client: ClientId): boolean {
  return conversation.kind === 'service' || conversation.memberSet.has(client);
}
