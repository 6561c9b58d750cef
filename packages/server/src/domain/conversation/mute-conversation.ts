import type { ClientActor } from '../actor.ts';
import { ImError } from '../errors.ts';
import { approveMute } from '../hook/approve-change.ts';
import type { ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';
import { findConversation } from './find-conversation.ts';
import type { Conversation } from './known-conversation.ts';

/**
 * Silences push notifications of a conversation for the acting member, or lets them through again
 * (`semantics §5.5`). Nobody else is told. `updatedAt` grows either way: SDKs compare it.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_READ_ONLY, CONVERSATION_UPDATE_REJECTED
 */
export async function muteConversation(
  world: World,
  actor: ClientActor,
  id: ConversationId,
  muted: boolean,
): Promise<Conversation> {
  const conversation = await findConversation(world, actor.app, id);
  if (conversation.kind === 'temporary') {
    throw new ImError('CONVERSATION_READ_ONLY', 'A temporary conversation cannot be muted.');
  }
  if (conversation.kind === 'basic' && !conversation.memberSet.has(actor.client)) {
    throw new ImError('CONVERSATION_UPDATE_REJECTED', `Only members may mute conversation ${id}.`);
  }
  if (conversation.kind === 'service') {
    const [known] = await world.store.services.subscriptions(actor.client, [conversation.key]);
    if (known === undefined) throw notSubscribed(conversation);
  }
  const wanted = await approveMute(world, actor, conversation, muted);
  if (conversation.kind === 'service') return muteService(world, actor, conversation, wanted);
  const record = await world.store.conversations.setMuted(conversation, {
    client: actor.client,
    muted: wanted,
    now: world.clock.now(),
  });
  if (record === undefined)
    throw new ImError('CONVERSATION_NOT_FOUND', `Conversation ${id} was just deleted.`);
  return world.conversations.put(record);
}

/** Each subscriber has its own mark; the service itself does not change, however many there are. */
async function muteService(
  world: World,
  actor: ClientActor,
  service: Conversation,
  muted: boolean,
): Promise<Conversation> {
  if (!(await world.store.services.setMuted(service, actor.client, muted))) {
    throw notSubscribed(service);
  }
  return { ...service, updatedAt: Math.max(world.clock.now(), service.updatedAt + 1) };
}

function notSubscribed({ id }: Conversation): ImError {
  return new ImError('CONVERSATION_UPDATE_REJECTED', `Only subscribers may mute service ${id}.`);
}
