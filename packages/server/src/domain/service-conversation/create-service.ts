import { byWhom, fromWhere, type Operator } from '../actor.ts';
import type { App } from '../app/app.ts';
import { initialColumns } from '../conversation/initial-columns.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { countConversations } from '../conversation/query-conversations.ts';
import { ImError } from '../errors.ts';
import { approveStart } from '../hook/approve-change.ts';
import type { JsonObject } from '../json.ts';
import type { World } from '../world.ts';

/**
 * Creates a service conversation. Only the app's own server does this (F-SYS-04), so it has no creator.
 *
 * @param attributes `name`, `attr` and top-level columns; server-controlled columns are dropped
 * @throws ImError CONVERSATION_UPDATE_FAILED (the columns are malformed or too large), CONVERSATION_API_QUOTA_EXCEEDED,
 *   CONVERSATION_REJECTED_BY_APP
 */
export async function createService(
  world: World,
  operator: Operator,
  wished: JsonObject,
): Promise<Conversation> {
  const { app } = operator;
  await requireRoom(world, app);
  const attributes = await approveStart(world, operator, { members: [], attributes: wished });
  const { conversation: record, eventAt } = await world.store.conversations.create({
    app: app.key,
    id: world.random.conversationId(),
    kind: 'service',
    columns: initialColumns(attributes),
    members: [],
    unique: false,
    now: world.clock.now(),
  });
  const conversation = world.conversations.put(record);
  world.outbox.publish({
    type: 'conversation-created',
    app: app.key,
    at: eventAt,
    conversation,
    ...byWhom(operator),
    ...fromWhere(operator),
  });
  return conversation;
}

/**
 * Two that are created at the same moment may both find the last place; that hurts nobody.
 *
 * @throws ImError CONVERSATION_API_QUOTA_EXCEEDED
 */
export async function requireRoom(world: World, app: App): Promise<void> {
  const most = app.settings.maxServiceConversations;
  const count = await countConversations(world, { app }, { kind: 'service' });
  if (count >= most) {
    throw new ImError(
      'CONVERSATION_API_QUOTA_EXCEEDED',
      `The app has ${count} services already; ${most} are allowed.`,
    );
  }
}
