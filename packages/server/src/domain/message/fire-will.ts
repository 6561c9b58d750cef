import type { ClientActor } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { World } from '../world.ts';
import { requireMaySend } from './right-to-speak.ts';

/**
 * Delivers the last will of a client whose session was lost without a logout: to the members online now, never to
 * history (`wire-protocol §4.9.5`), and only if the client may still send there. A will set by another device of the client stays armed.
 */
export async function fireWill(world: World, actor: ClientActor): Promise<void> {
  const will = world.wills.take(actor.app.key, actor.client);
  if (will === undefined) return;
  if (will.session !== actor.session) {
    world.wills.set(actor.app.key, actor.client, will);
    return;
  }
  const conversation = await world.conversations.load(actor.app.key, will.conversationId);
  if (conversation === undefined || !maySend(world, actor, conversation)) return;
  world.outbox.publish({
    type: 'message-sent',
    app: actor.app.key,
    at: world.clock.now(),
    conversation,
    message: will.message,
    kind: 'will',
    priority: 'normal',
    ...(will.receivers !== undefined && { receivers: will.receivers }),
    ...(will.receipt && { receipt: true }),
    ...(actor.address !== undefined && { address: actor.address }),
  });
}

function maySend(world: World, actor: ClientActor, conversation: Conversation): boolean {
  try {
    requireMaySend(world, actor, conversation);
    return true;
  } catch (error) {
    if (error instanceof ImError) return false;
    throw error;
  }
}
