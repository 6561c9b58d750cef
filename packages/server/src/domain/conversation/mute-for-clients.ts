import type { Operator } from '../actor.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';
import { findConversation } from './find-conversation.ts';
import type { Conversation } from './known-conversation.ts';

/**
 * Silences push notifications of a basic conversation for members, or lets them through again, as the app's server
 * wishes (`semantics §5.5`). Who is no member, or has it as wished, is skipped. Nobody is told.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_READ_ONLY
 */
export async function muteForClients(
  world: World,
  operator: Operator,
  id: ConversationId,
  clients: readonly ClientId[],
  muted: boolean,
): Promise<Conversation> {
  const conversation = await findConversation(world, operator.app, id);
  if (conversation.kind === 'temporary') {
    throw new ImError('CONVERSATION_READ_ONLY', 'A temporary conversation cannot be muted.');
  }
  const wished = [...new Set(clients)].filter(
    (client) => conversation.memberSet.has(client) && conversation.mutedBy.includes(client) !== muted,
  );
  const records = await Promise.all(
    wished.map((client) =>
      world.store.conversations.setMuted(conversation, { client, muted, now: world.clock.now() }),
    ),
  );
  let changed = conversation;
  for (const record of records) {
    if (record === undefined)
      throw new ImError('CONVERSATION_NOT_FOUND', `Conversation ${id} was just deleted.`);
    changed = world.conversations.put(record);
  }
  return changed;
}
