import type { Conversation } from '../domain/conversation/known-conversation.ts';
import type { MessageSent, ServiceAudience } from '../domain/events.ts';
import type { Delivery, InSequence } from './delivery.ts';

export type Audience = Pick<Delivery, 'to' | 'room' | 'everybody' | 'exceptClient' | 'exceptClients'>;

/** Who hears what happens in a conversation: its members, or whoever is in the chat room right now. */
export function audienceOf(conversation: Conversation): Audience {
  return conversation.kind === 'chat-room'
    ? { to: [], room: conversation.key }
    : { to: conversation.members };
}

/** Who hears what is said in a service. Of everybody, only subscribers are given what is kept in their log. */
export function serviceAudience(audience: ServiceAudience): Audience {
  if (audience.to === 'clients') return { to: audience.clients };
  const { except } = audience;
  return { to: [], everybody: true, ...(except !== undefined && { exceptClients: new Set(except) }) };
}

/** Where a message stands among others: in its conversation, or in one of the logs of a service. */
export function placeOf({
  conversation,
  audience,
}: Pick<MessageSent, 'conversation' | 'audience'>): InSequence {
  if (audience === undefined) return { conversation: conversation.key };
  return {
    conversation: audience.log,
    ...(audience.to === 'subscribers' && { subscribersOf: conversation.key }),
  };
}
