import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { ConversationId } from '../identifiers.ts';
import { conversationTurn } from '../turns.ts';
import type { World } from '../world.ts';

/**
 * Changes a conversation when everybody who came before has changed it.
 *
 * @param attempt reads, decides and writes; `undefined` where it is gone, `'conflict'` where it is to be called again
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_UPDATE_FAILED, and whatever `attempt` throws
 */
export async function changeConversation<Changed extends object>(
  world: World,
  app: App,
  id: ConversationId,
  attempt: () => Promise<Changed | 'conflict' | undefined>,
): Promise<Changed> {
  const changed = await world.turns.change(conversationTurn(app, id), attempt);
  if (changed === undefined)
    throw new ImError('CONVERSATION_NOT_FOUND', `Conversation ${id} was just deleted.`);
  if (changed === 'conflict') {
    throw new ImError(
      'CONVERSATION_UPDATE_FAILED',
      `Conversation ${id} is being changed by many at once; try again.`,
    );
  }
  return changed;
}
