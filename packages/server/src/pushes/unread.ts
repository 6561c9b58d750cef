import { CommandType, type UnreadTuple } from '@parley/protocol';
import type { UnreadChanged } from '../domain/events.ts';
import type { Milliseconds } from '../domain/identifiers.ts';
import type { UnreadState } from '../domain/ports/member-states.ts';
import type { Delivery } from './delivery.ts';
import { createPush, type Push } from './push.ts';
import { wireKind } from './wire-values.ts';

const TUPLES_PER_COMMAND = 20;

/** Every session of the client is told, the one that read included: Swift resets its counter only then. */
export function unreadChanged(event: UnreadChanged): readonly Delivery[] {
  return unreadPushes([event.state], event.completeUpTo).map((push) => ({
    to: [event.client],
    push,
    inSequence: { conversation: event.state.conversation.key },
    unreadModeOnly: true,
  }));
}

/**
 * Unread states in commands of at most 20 tuples. None at all for no states: C# fails on an empty list.
 *
 * @param at the moment clients send back to be told only what changed since
 */
export function unreadPushes(states: readonly UnreadState[], at: Milliseconds): readonly Push[] {
  const pushes: Push[] = [];
  for (let first = 0; first < states.length; first += TUPLES_PER_COMMAND) {
    const convs = states.slice(first, first + TUPLES_PER_COMMAND).map(unreadTuple);
    pushes.push(createPush(CommandType.unread, at, { unreadMessage: { convs, notifTime: at } }));
  }
  return pushes;
}

function unreadTuple({ conversation, count, mentioned, lastMessage }: UnreadState): UnreadTuple {
  return {
    cid: conversation.id,
    unread: count,
    // Written also when false: JS and ObjC copy it.
    mentioned,
    convType: wireKind(conversation.kind),
    ...(lastMessage !== undefined && {
      mid: lastMessage.id,
      timestamp: lastMessage.timestamp,
      from: lastMessage.sender,
      ...(typeof lastMessage.body === 'string'
        ? { data: lastMessage.body }
        : { binaryMsg: lastMessage.body }),
      ...(lastMessage.patchedAt !== undefined && { patchTimestamp: lastMessage.patchedAt }),
    }),
  };
}
