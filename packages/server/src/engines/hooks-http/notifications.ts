import type { DomainEvent, MessageSent } from '../../domain/events.ts';
import type { ClientId } from '../../domain/identifiers.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Presence } from '../../domain/ports/presence.ts';
import { contentOf } from './parameters.ts';

/** More receivers than this are not named (H-06). */
const MAX_NAMED = 500;

const CLOSE_CODES = { logout: 1, lost: 2, displaced: 3, kicked: 4 } as const;
const CLOSE_MESSAGES = {
  logout: 'The client logged out.',
  lost: 'The connection was lost.',
  displaced: 'The client logged in on another device with the same tag.',
  kicked: 'The client was sent away over REST.',
} as const;

/** The hook that is told of an event and with what, in the words of LeanEngine; `undefined` where none is. */
export function notificationOf(
  event: DomainEvent,
  presence: Presence,
): { readonly name: string; readonly parameters: JsonObject } | undefined {
  switch (event.type) {
    case 'message-sent':
      return { name: '_messageSent', parameters: messageSent(event, presence) };
    case 'conversation-created':
      return { name: '_conversationStarted', parameters: { convId: event.conversation.id } };
    case 'members-added':
    case 'members-removed':
      return {
        name: event.type === 'members-added' ? '_conversationAdded' : '_conversationRemoved',
        parameters: {
          initBy: event.by ?? '',
          convId: event.conversation.id,
          members: event.clients,
        },
      };
    case 'subscription-changed':
      return {
        name: event.subscribed ? '_conversationAdded' : '_conversationRemoved',
        parameters: { initBy: event.client, convId: event.conversation.id, members: [event.client] },
      };
    case 'client-online':
      return {
        name: '_clientOnline',
        parameters: {
          peerId: event.client,
          sourceIP: event.address,
          reconnect: event.isReconnect ? 1 : 0,
          ...(event.displacing !== undefined && { tag: event.displacing }),
        },
      };
    case 'client-offline':
      return {
        name: '_clientOffline',
        parameters: {
          peerId: event.client,
          closeCode: CLOSE_CODES[event.how],
          closeMsg: CLOSE_MESSAGES[event.how],
          ...(event.address !== undefined && { sourceIP: event.address }),
          ...(event.tag !== undefined && { tag: event.tag }),
        },
      };
    default:
      return undefined;
  }
}

function messageSent(event: MessageSent, presence: Presence): JsonObject {
  const { conversation, message } = event;
  const receivers = receiversOf(event);
  const online = receivers.filter((client) => presence.isOnline(event.app, client));
  return {
    fromPeer: message.sender,
    convId: conversation.id,
    msgId: message.id,
    onlinePeers: online,
    offlinePeers: receivers.filter((client) => !online.includes(client)),
    transient: event.kind !== 'stored',
    ...contentOf(message.body),
    receipt: event.receipt === true,
    timestamp: message.timestamp,
    sourceIP: event.address ?? '',
    ...(conversation.kind === 'service' && { system: true }),
  };
}

function receiversOf({ audience, receivers, conversation, message }: MessageSent): readonly ClientId[] {
  const all =
    receivers ??
    (audience?.to === 'clients' ? audience.clients : audience === undefined ? conversation.members : []);
  return all.length > MAX_NAMED ? [] : all.filter((client) => client !== message.sender);
}
