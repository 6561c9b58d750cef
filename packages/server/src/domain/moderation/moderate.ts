import { type Actor, byWhom } from '../actor.ts';
import { changeConversation } from '../conversation/change-conversation.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { ConversationId, Milliseconds } from '../identifiers.ts';
import type { ModerationChange } from '../ports/conversations.ts';
import type { World } from '../world.ts';

type Plan = Omit<ModerationChange, 'by' | 'now' | 'expectedVersion'>;

interface Planned<Result> {
  readonly change: Plan;
  readonly result: Result;
  /** There is something to write, and nobody to tell. */
  readonly isSilent?: boolean;
}

export interface Moderated<Result> {
  readonly before: Conversation;
  readonly conversation: Conversation;
  /** Moments of the notices; empty where nothing had to be changed. */
  readonly moments: readonly Milliseconds[];
  readonly result: Result;
}

/**
 * Changes who may do what in a conversation. `plan` decides from the conversation as it is; it is asked again where
 * somebody else's change came first. A plan without notices changes nothing, unless it says that it is silent.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_UPDATE_FAILED, and whatever `plan` throws
 */
export async function moderate<Result>(
  world: World,
  actor: Actor,
  id: ConversationId,
  plan: (conversation: Conversation) => Planned<Result>,
): Promise<Moderated<Result>> {
  return changeConversation(world, actor.app, id, async () => {
    const before = await findConversation(world, actor.app, id);
    const { change, result, isSilent } = plan(before);
    if (change.notices.length === 0 && isSilent !== true)
      return { before, conversation: before, moments: [], result };
    const moderated = await world.store.conversations.moderate(before, {
      ...change,
      ...byWhom(actor),
      now: world.clock.now(),
      expectedVersion: before.version,
    });
    if (moderated === 'conflict') world.conversations.forget(actor.app.key, id);
    if (typeof moderated !== 'object') return moderated;
    const conversation = world.conversations.put(moderated.conversation);
    return { before, conversation, moments: moderated.moments, result };
  });
}
