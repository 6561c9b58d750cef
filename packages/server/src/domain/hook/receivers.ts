import type { Conversation } from '../conversation/known-conversation.ts';
import type { MessageSent } from '../events.ts';
import type { ClientId } from '../identifiers.ts';
import type { Rooms } from '../ports/rooms.ts';

/** More receivers than this are not named to a hook, and cannot be chosen among by one (H-06). */
const MAX_NAMED = 500;

type Visitors = Pick<Rooms, 'count' | 'sample'>;

/** Whom a message would reach, without its sender; nobody where they are too many to name, or the service itself. */
export function receiversOf(
  rooms: Visitors,
  conversation: Conversation,
  sender: ClientId,
): readonly ClientId[] {
  switch (conversation.kind) {
    case 'service':
      return [];
    case 'chat-room':
      return rooms.count(conversation.key) > MAX_NAMED
        ? []
        : named(rooms.sample(conversation.key, MAX_NAMED), sender);
    default:
      return named(conversation.members, sender);
  }
}

/** Whom a committed message was for, as it was said before: without its sender, and nobody where they are too many. */
export function addresseesOf(
  { receivers, audience, conversation, message }: MessageSent,
  rooms: Visitors,
): readonly ClientId[] {
  if (receivers !== undefined) return named(receivers, message.sender);
  if (audience === undefined) return receiversOf(rooms, conversation, message.sender);
  return audience.to === 'clients' ? named(audience.clients, message.sender) : [];
}

function named(clients: readonly ClientId[], sender: ClientId): readonly ClientId[] {
  const others = clients.filter((client) => client !== sender);
  return others.length > MAX_NAMED ? [] : others;
}
