import type { ClientActor } from '../actor.ts';
import type { World } from '../world.ts';

/**
 * Delivers the last will of a client whose session was lost without a logout: to the members online now, never to
 * history (`wire-protocol §4.9.5`). A will set by another device of the client stays armed.
 */
export async function fireWill(world: World, actor: ClientActor): Promise<void> {
  const will = world.wills.take(actor.app.key, actor.client);
  if (will === undefined) return;
  if (will.session !== actor.session) {
    world.wills.set(actor.app.key, actor.client, will);
    return;
  }
  const conversation = await world.conversations.load(actor.app.key, will.conversationId);
  if (conversation === undefined) return;
  world.outbox.publish({
    type: 'message-sent',
    app: actor.app.key,
    at: world.clock.now(),
    conversation,
    message: will.message,
    kind: 'will',
    priority: 'normal',
    ...(will.receivers !== undefined && { receivers: will.receivers }),
    ...(actor.address !== undefined && { address: actor.address }),
  });
}
