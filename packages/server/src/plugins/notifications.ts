import type { DomainEvent, MessageSent } from '../domain/events.ts';
import { addresseesOf } from '../domain/hook/receivers.ts';
import type { ClientId } from '../domain/identifiers.ts';
import type { Presence } from '../domain/ports/presence.ts';
import type { Rooms } from '../domain/ports/rooms.ts';
import type * as api from './plugin.ts';
import type { AfterName, Notification } from './protocol.ts';
import { conversationAsSeen } from './questions.ts';

/** Who is where while somebody is told. */
export interface Whereabouts {
  readonly presence: Pick<Presence, 'isOnline'>;
  readonly rooms: Pick<Rooms, 'count' | 'sample'>;
}

/** The handler that is told of an event, by its name. The same events as those of hooks over HTTP. */
export function handlerOf(event: DomainEvent): AfterName | undefined {
  switch (event.type) {
    case 'message-sent':
      return 'messageSent';
    case 'conversation-created':
      return 'conversationStarted';
    case 'members-added':
      return 'conversationAdded';
    case 'members-removed':
      return 'conversationRemoved';
    case 'subscription-changed':
      return event.subscribed ? 'conversationAdded' : 'conversationRemoved';
    case 'chat-room-visited':
      return event.entered ? 'conversationAdded' : 'conversationRemoved';
    case 'client-online':
      return 'clientOnline';
    case 'client-offline':
      return 'clientOffline';
    default:
      return undefined;
  }
}

/** What that handler is told. */
export function notificationOf(
  event: DomainEvent,
  whereabouts: Whereabouts,
): Notification<AfterName> | undefined {
  switch (event.type) {
    case 'message-sent':
      return messageSent(event, whereabouts);
    case 'conversation-created':
      return { conversation: conversationAsSeen(event.conversation), ...byWhom(event) };
    case 'members-added':
    case 'members-removed':
      return {
        conversation: conversationAsSeen(event.conversation),
        members: event.clients,
        ...byWhom(event),
      };
    case 'subscription-changed':
    case 'chat-room-visited':
      // Of its own will, also where the app's server asks for it: nobody brings others in there.
      return {
        conversation: conversationAsSeen(event.conversation),
        members: [event.client],
        by: event.client,
      };
    case 'client-online':
      return {
        client: event.client,
        address: event.address,
        isReconnect: event.isReconnect,
        ...(event.displacing !== undefined && { displacing: event.displacing }),
      };
    case 'client-offline':
      return {
        client: event.client,
        how: event.how,
        ...(event.tag !== undefined && { tag: event.tag }),
        ...(event.address !== undefined && { address: event.address }),
        ...(event.cause !== undefined && { cause: event.cause }),
      };
    default:
      return undefined;
  }
}

function byWhom({ by }: { readonly by?: ClientId }): { readonly by?: ClientId } {
  return by === undefined ? {} : { by };
}

function messageSent(event: MessageSent, { presence, rooms }: Whereabouts): api.SentMessage {
  const { conversation, message } = event;
  const online: ClientId[] = [];
  const offline: ClientId[] = [];
  for (const client of addresseesOf(event, rooms)) {
    (presence.isOnline(event.app, client) ? online : offline).push(client);
  }
  return {
    conversation: conversationAsSeen(conversation),
    id: message.id,
    sender: message.sender,
    content: message.body,
    online,
    offline,
    transient: event.kind !== 'stored',
    receipt: event.receipt === true,
    at: message.timestamp,
    ...(event.address !== undefined && { address: event.address }),
  };
}
