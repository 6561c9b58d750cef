import type { ClientActor } from '../actor.ts';
import type { ConversationId } from '../identifiers.ts';
import type { ReadPosition } from '../ports/member-states.ts';
import type { World } from '../world.ts';
import { toldCount } from './list-unread.ts';

export interface ReadMark {
  readonly conversation: ConversationId;
  readonly position: ReadPosition;
}

/**
 * Moves the client's read positions. Every device of the client is told the new counts, the one that read
 * included; senders who asked are told that they were read (`wire-protocol §4.11.1`). Conversations the client is
 * not in are ignored: a read mark has no reply.
 */
export async function markRead(world: World, actor: ClientActor, marks: readonly ReadMark[]): Promise<void> {
  await Promise.all(marks.map((mark) => readOne(world, actor, mark)));
}

async function readOne(world: World, actor: ClientActor, mark: ReadMark): Promise<void> {
  const conversation = await world.conversations.load(actor.app.key, mark.conversation);
  if (conversation === undefined) return;
  const now = world.clock.now();
  const completeUpTo = world.changesUnderWay.completeUpTo(now);
  const outcome = await world.changesUnderWay.during(now, async () => {
    const moved = await world.store.memberStates.markRead(conversation.key, actor.client, mark.position, now);
    if (moved === undefined) return undefined;
    // At once, before anything else is waited for: told after a later message, the count would undo that message.
    world.outbox.publish({
      type: 'unread-changed',
      app: actor.app.key,
      at: now,
      client: actor.client,
      state: { ...moved.unread, count: toldCount(actor.app, moved.unread.count) },
      completeUpTo,
    });
    return moved;
  });
  if (outcome?.receipt !== undefined) {
    const { id, sender, at, readBefore } = outcome.receipt;
    world.outbox.publish({
      type: 'message-read',
      app: actor.app.key,
      at,
      conversation,
      id,
      sender,
      by: actor.client,
      readBefore,
    });
  }
}
