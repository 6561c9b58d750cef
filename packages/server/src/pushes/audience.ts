import type { Conversation } from '../domain/conversation/known-conversation.ts';
import type { Delivery } from './delivery.ts';

export type Audience = Pick<Delivery, 'to' | 'room' | 'exceptClient'>;

/** Who hears what happens in a conversation: its members, or whoever is in the chat room right now. */
export function audienceOf(conversation: Conversation): Audience {
  return conversation.kind === 'chat-room'
    ? { to: [], room: conversation.key }
    : { to: conversation.members };
}
