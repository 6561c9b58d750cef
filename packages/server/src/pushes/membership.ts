import { CommandType, OpType } from '@parley/protocol';
import type { ConversationCreated, MembersAdded, MembersRemoved } from '../domain/events.ts';
import type { ClientId } from '../domain/identifiers.ts';
import type { Delivery } from './delivery.ts';
import { createPush, type Push } from './push.ts';
import { isoDate, temporaryFields } from './wire-values.ts';

type MembershipEvent = ConversationCreated | MembersAdded | MembersRemoved;

/** Every member of a new conversation is told twice, the creator included: about itself and about all. */
export function conversationCreated(event: ConversationCreated): readonly Delivery[] {
  const { conversation } = event;
  if (conversation.kind !== 'basic' && conversation.kind !== 'temporary') return [];
  return [
    { to: conversation.members, push: notice(event, OpType.joined) },
    { to: conversation.members, push: notice(event, OpType.members_joined, conversation.members) },
  ];
}

/** The added learn that they joined; they and everybody else learn who did (`wire-protocol §4.3`). */
export function membersAdded(event: MembersAdded): readonly Delivery[] {
  return [
    { to: event.clients, push: notice(event, OpType.joined) },
    { to: event.conversation.members, push: notice(event, OpType.members_joined, event.clients) },
  ];
}

/** The removed learn only that they left, the remaining members who did (`wire-protocol §4.3`). */
export function membersRemoved(event: MembersRemoved): readonly Delivery[] {
  return [
    { to: event.clients, push: notice(event, OpType.left) },
    { to: event.conversation.members, push: notice(event, OpType.members_left, event.clients) },
  ];
}

function notice(event: MembershipEvent, op: OpType, members?: readonly ClientId[]): Push {
  return createPush(CommandType.conv, event.at, {
    op,
    notificationType: PERMANENT,
    convMessage: {
      cid: event.conversation.id,
      // Always written: Java ignores a `left` without it.
      initBy: event.by ?? '',
      udate: isoDate(event.conversation.updatedAt),
      ...(members !== undefined && { m: [...members] }),
      ...temporaryFields(event.conversation),
    },
  });
}

/** Kept for those who are away; JS moves its sync position only on pushes that say so (`wire-protocol §4.14`). */
export const PERMANENT = 1;
