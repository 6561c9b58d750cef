import type { ClientActor } from '../actor.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import type { ConversationId } from '../identifiers.ts';
import { requireMember } from '../membership/rules.ts';
import type { MemberPositions } from '../ports/member-states.ts';
import type { World } from '../world.ts';

/**
 * When the other members last received and read something (`wire-protocol §4.6`, max_read). Members who never did
 * are left out.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_MEMBERSHIP_REQUIRED
 */
export async function readPositions(
  world: World,
  actor: ClientActor,
  id: ConversationId,
): Promise<readonly MemberPositions[]> {
  const conversation = await findConversation(world, actor.app, id);
  requireMember(conversation, actor.client);
  const positions = await world.store.memberStates.positions(conversation.key);
  return positions.filter(
    (position) =>
      position.client !== actor.client &&
      (position.deliveredAt !== undefined || position.readAt !== undefined),
  );
}
