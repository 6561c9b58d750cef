import { type Author, authorOf } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationKey, MessageId, Milliseconds } from '../identifiers.ts';
import { deleteMessage } from '../message/delete-message.ts';
import type { World } from '../world.ts';

/** Clients that one message to all subscribers may be hidden from: its deletion takes all of these with it. */
const MAX_HIDDEN_FROM = 100_000;

export interface DeleteForClient {
  readonly client: ClientId;
  readonly id: MessageId;
  readonly timestamp: Milliseconds;
  /** Whose message it must be; absent: anybody's. */
  readonly of?: Author;
}

/**
 * Takes a message out of what one client sees of a service: what the two said to each other is deleted, and what was said
 * to all subscribers is hidden from this one. Nobody is told, and devices keep their copies (`rest §5.1.13`, F-MSG-61).
 *
 * @returns `broadcast` where it was said to everybody in the app: that can only be withdrawn
 * @throws ImError MESSAGE_NOT_FOUND, MESSAGE_OWNERSHIP_REQUIRED, CONVERSATION_NOT_ALLOWED (hidden from too many)
 */
export async function deleteForClient(
  world: World,
  service: Conversation,
  request: DeleteForClient,
): Promise<'deleted' | 'broadcast'> {
  const { client, id, timestamp, of } = request;
  const { own, everyone } = await world.store.services.logsOf(service, client);
  const holds = async (log: ConversationKey) =>
    (await world.store.messages.find(log, id, timestamp)) !== undefined;
  if (own !== undefined && (await holds(own))) {
    await deleteMessage(world, service, { id, timestamp, log: own, ...(of !== undefined && { of }) });
    return 'deleted';
  }
  if (everyone !== undefined && (await holds(everyone))) return 'broadcast';
  await hide(world, service, request);
  return 'deleted';
}

async function hide(
  world: World,
  service: Conversation,
  { client, id, timestamp, of }: DeleteForClient,
): Promise<void> {
  const now = world.clock.now();
  const outcome = await world.changesUnderWay.during(now, () =>
    world.store.services.hide(service, client, {
      id,
      timestamp,
      ...(of !== undefined && { author: authorOf(of) }),
      limit: MAX_HIDDEN_FROM,
      now,
    }),
  );
  switch (outcome) {
    case 'hidden':
      return;
    case 'not-found':
      throw new ImError(
        'MESSAGE_NOT_FOUND',
        `There is no message ${id} of ${timestamp} in what ${client} sees of service ${service.id}.`,
      );
    case 'not-the-author':
      throw new ImError('MESSAGE_OWNERSHIP_REQUIRED', `Message ${id} was sent by somebody else.`);
    case 'hidden-from-too-many':
      throw new ImError(
        'CONVERSATION_NOT_ALLOWED',
        `Message ${id} was deleted for ${MAX_HIDDEN_FROM} clients, which is as many as may be; recall it for all.`,
      );
  }
}
