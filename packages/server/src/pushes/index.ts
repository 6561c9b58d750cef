import type { DomainEvent } from '../domain/events.ts';
import { clientKicked } from './closed.ts';
import { conversationUpdated } from './conversation-updated.ts';
import type { Delivery } from './delivery.ts';
import { messageSent } from './direct.ts';
import { conversationCreated, membersAdded, membersRemoved } from './membership.ts';
import { membersModerated, roleChanged } from './moderation.ts';
import { messagePatched } from './patch.ts';
import { messageDelivered, messageRead } from './rcp.ts';
import { subscriptionChanged } from './subscription.ts';
import { unreadChanged } from './unread.ts';

type Tellers = {
  readonly [Type in DomainEvent['type']]: (
    event: Extract<DomainEvent, { readonly type: Type }>,
  ) => readonly Delivery[];
};

/** Which pushes tell of which event, and to whom. */
const tellers: Tellers = {
  'conversation-created': conversationCreated,
  'members-added': membersAdded,
  'members-removed': membersRemoved,
  'conversation-updated': conversationUpdated,
  'message-sent': messageSent,
  'message-patched': messagePatched,
  'message-delivered': messageDelivered,
  'message-read': messageRead,
  'unread-changed': unreadChanged,
  'role-changed': roleChanged,
  'members-moderated': membersModerated,
  'client-kicked': clientKicked,
  'subscription-changed': subscriptionChanged,
  'chat-room-visited': nobody,
  'client-online': nobody,
  'client-offline': nobody,
};

function nobody(): readonly Delivery[] {
  return [];
}

export function deliveriesOf(event: DomainEvent): readonly Delivery[] {
  // The table is keyed by the type of the event it is asked with, which the compiler cannot follow.
  return (tellers[event.type] as (event: DomainEvent) => readonly Delivery[])(event);
}
