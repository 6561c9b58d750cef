import { type Actor, fromWhere, isOperator } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId, SessionId } from '../identifiers.ts';
import type { MembershipResult } from '../membership/partial-result.ts';
import type { World } from '../world.ts';

/**
 * Opens a chat room for the acting session (`semantics §6.4`). The room it was in is left silently, and nobody in
 * either is told (F-ROOM-08).
 *
 * @throws ImError NORMAL_CONVERSATION_REQUIRED where others are to be brought in, BLOCKED_BY_CONV
 */
export function enterChatRoom(
  world: World,
  actor: Actor,
  room: Conversation,
  clients: readonly ClientId[],
): MembershipResult {
  const visitor = onlyItself(actor, clients);
  if (room.blockedSet.has(visitor.client)) {
    throw new ImError('BLOCKED_BY_CONV', `${visitor.client} is blocked in chat room ${room.id}.`);
  }
  if (world.rooms.enter(room.key, visitor.session)) tell(world, actor, room, visitor, true);
  return resultFor(visitor, room);
}

/**
 * Leaves a chat room; harmless where the session is not in it. An explicit quit is final (F-ROOM-17).
 *
 * @throws ImError NORMAL_CONVERSATION_REQUIRED where others are to be put out
 */
export function leaveChatRoom(
  world: World,
  actor: Actor,
  room: Conversation,
  clients: readonly ClientId[],
): MembershipResult {
  const visitor = onlyItself(actor, clients);
  if (world.rooms.leave(room.key, visitor.session)) tell(world, actor, room, visitor, false);
  return resultFor(visitor, room);
}

interface Visitor {
  readonly client: ClientId;
  readonly session: SessionId;
}

/** Nobody is brought into a chat room or put out of it by others (F-ROOM-09). */
function onlyItself(actor: Actor, clients: readonly ClientId[]): Visitor {
  if (isOperator(actor) || actor.session === undefined || clients.some((client) => client !== actor.client)) {
    throw new ImError(
      'NORMAL_CONVERSATION_REQUIRED',
      'Clients enter and leave a chat room by themselves; block a client to keep it out.',
    );
  }
  return { client: actor.client, session: actor.session };
}

function tell(world: World, actor: Actor, room: Conversation, { client }: Visitor, entered: boolean): void {
  world.outbox.publish({
    type: 'chat-room-visited',
    app: actor.app.key,
    at: world.clock.now(),
    conversation: room,
    client,
    entered,
    ...fromWhere(actor),
  });
}

function resultFor({ client }: Visitor, room: Conversation): MembershipResult {
  return { conversation: room, updatedAt: room.updatedAt, succeeded: [client], refused: [] };
}
