import { type Actor, byWhom, isOperator } from '../actor.ts';
import { ImError } from '../errors.ts';
import { approveAttributes } from '../hook/approve-change.ts';
import type { ConversationId } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { World } from '../world.ts';
import { applyAttributeUpdate, parseAttributeUpdate } from './attribute-operations.ts';
import { changeConversation } from './change-conversation.ts';
import { findConversation } from './find-conversation.ts';
import type { Conversation } from './known-conversation.ts';

export interface UpdatedConversation {
  readonly conversation: Conversation;
  /** The resulting value of every top-level key the update touched. */
  readonly resulting: JsonObject;
}

/**
 * Changes name, attributes and custom columns (`wire-protocol §4.4`, `semantics §3.6`).
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_READ_ONLY, NORMAL_CONVERSATION_REQUIRED,
 *   CONVERSATION_UPDATE_REJECTED, CONVERSATION_UPDATE_FAILED, CONVERSATION_REJECTED_BY_APP
 */
export async function updateConversation(
  world: World,
  actor: Actor,
  id: ConversationId,
  update: JsonObject,
): Promise<UpdatedConversation> {
  parseAttributeUpdate(update);
  const before = await findConversation(world, actor.app, id);
  requireMayUpdate(world, actor, before);
  const requested = await approveAttributes(world, actor, before, update);
  const operations = parseAttributeUpdate(requested);
  if (operations.length === 0) return { conversation: before, resulting: {} };
  return changeConversation(world, actor.app, id, async () => {
    const conversation = await findConversation(world, actor.app, id);
    requireMayUpdate(world, actor, conversation);
    const { columns, resulting } = applyAttributeUpdate(conversation.columns, operations);
    const replaced = await world.store.conversations.replaceColumns(conversation, {
      ...byWhom(actor),
      now: world.clock.now(),
      expectedVersion: conversation.version,
      columns,
      attributes: { requested, resulting },
    });
    // Somebody else's change came first; what we computed is stale, and so may the cached record be.
    if (replaced === 'conflict') world.conversations.forget(actor.app.key, id);
    if (typeof replaced !== 'object') return replaced;
    const changed = world.conversations.put(replaced.conversation);
    world.outbox.publish({
      type: 'conversation-updated',
      app: actor.app.key,
      at: replaced.eventAt,
      conversation: changed,
      ...byWhom(actor),
      requested,
      resulting,
      ...(actor.session !== undefined && { origin: actor.session }),
    });
    return { conversation: changed, resulting };
  });
}

function requireMayUpdate(world: World, actor: Actor, conversation: Conversation): void {
  if (conversation.kind === 'temporary') {
    throw new ImError('CONVERSATION_READ_ONLY', 'A temporary conversation has no attributes to update.');
  }
  if (conversation.kind === 'service' && !isOperator(actor)) {
    throw new ImError(
      'NORMAL_CONVERSATION_REQUIRED',
      'A service conversation is updated over REST, not by clients.',
    );
  }
  if (isOperator(actor)) return;
  const isInside =
    conversation.kind === 'chat-room'
      ? world.rooms.isIn(conversation.key, actor.client)
      : conversation.memberSet.has(actor.client);
  if (!isInside) {
    throw new ImError(
      'CONVERSATION_UPDATE_REJECTED',
      `Only who is in conversation ${conversation.id} may update it.`,
    );
  }
}
