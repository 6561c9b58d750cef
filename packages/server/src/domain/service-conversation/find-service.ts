import type { App } from '../app/app.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';

/** @throws ImError CONVERSATION_NOT_FOUND, SYSTEM_CONVERSATION_REQUIRED */
export async function findService(world: World, app: App, id: ConversationId): Promise<Conversation> {
  const conversation = await findConversation(world, app, id);
  if (conversation.kind !== 'service') {
    throw new ImError('SYSTEM_CONVERSATION_REQUIRED', `Conversation ${id} is not a service conversation.`);
  }
  return conversation;
}

export function serviceIsGone(service: Conversation): ImError {
  return new ImError('CONVERSATION_NOT_FOUND', `The service ${service.id} was just deleted.`);
}
