import type { ClientOffline, DomainEvent, LossCause, MessageSent } from '../../domain/events.ts';
import { addresseesOf } from '../../domain/hook/receivers.ts';
import type { ClientId } from '../../domain/identifiers.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Presence } from '../../domain/ports/presence.ts';
import type { Rooms } from '../../domain/ports/rooms.ts';
import { contentOf } from './parameters.ts';

const CLOSE_CODES = { logout: 1, lost: 2, displaced: 3, kicked: 4 } as const;
const CLOSE_MESSAGES = {
  logout: 'The client logged out.',
  lost: 'The connection was lost.',
  displaced: 'The client logged in on another device with the same tag.',
  kicked: 'The client was sent away over REST.',
} as const;

/** As the protocol numbers and names them (`hooks-and-signatures §3.11`). */
const LOSSES: Readonly<Record<LossCause, { readonly errorCode: number; readonly errorMsg: string }>> = {
  silent: { errorCode: 4107, errorMsg: 'READ_TIMEOUT' },
  'no-login': { errorCode: 4108, errorMsg: 'LOGIN_TIMEOUT' },
  'frame-too-long': { errorCode: 4109, errorMsg: 'FRAME_TOO_LONG' },
  unparseable: { errorCode: 4114, errorMsg: 'UNPARSEABLE_RAW_MSG' },
  'server-failure': { errorCode: 4200, errorMsg: 'INTERNAL_ERROR' },
};

export interface Notification {
  readonly name: string;
  /** Made only for an engine that has the hook. */
  readonly parameters: () => JsonObject;
}

/** Who is where while the hook is told. */
export interface Whereabouts {
  readonly presence: Presence;
  readonly rooms: Rooms;
}

/** The hook that is told of an event and with what, in the words of LeanEngine; `undefined` where none is. */
export function notificationOf(event: DomainEvent, whereabouts: Whereabouts): Notification | undefined {
  switch (event.type) {
    case 'message-sent':
      return { name: '_messageSent', parameters: () => messageSent(event, whereabouts) };
    case 'conversation-created':
      return { name: '_conversationStarted', parameters: () => ({ convId: event.conversation.id }) };
    case 'members-added':
    case 'members-removed':
      return {
        name: event.type === 'members-added' ? '_conversationAdded' : '_conversationRemoved',
        parameters: () => ({
          initBy: event.by ?? '',
          convId: event.conversation.id,
          members: event.clients,
        }),
      };
    case 'subscription-changed':
      return cameOrWent(event, event.subscribed);
    case 'chat-room-visited':
      return cameOrWent(event, event.entered);
    case 'client-online':
      return {
        name: '_clientOnline',
        parameters: () => ({
          peerId: event.client,
          sourceIP: event.address,
          reconnect: event.isReconnect ? 1 : 0,
          ...(event.displacing !== undefined && { tag: event.displacing }),
        }),
      };
    case 'client-offline':
      return { name: '_clientOffline', parameters: () => clientOffline(event) };
    default:
      return undefined;
  }
}

/** Of its own will: nobody brings others into a chat room or a service. */
function cameOrWent(
  { client, conversation }: { readonly client: ClientId; readonly conversation: { readonly id: string } },
  came: boolean,
): Notification {
  return {
    name: came ? '_conversationAdded' : '_conversationRemoved',
    parameters: () => ({ initBy: client, convId: conversation.id, members: [client] }),
  };
}

function clientOffline({ client, how, address, tag, cause }: ClientOffline): JsonObject {
  return {
    peerId: client,
    closeCode: CLOSE_CODES[how],
    closeMsg: CLOSE_MESSAGES[how],
    ...(address !== undefined && { sourceIP: address }),
    ...(tag !== undefined && { tag }),
    ...(cause !== undefined && LOSSES[cause]),
  };
}

function messageSent(event: MessageSent, { presence, rooms }: Whereabouts): JsonObject {
  const { conversation, message } = event;
  const receivers = addresseesOf(event, rooms);
  const isOnline = new Map(receivers.map((client) => [client, presence.isOnline(event.app, client)]));
  return {
    fromPeer: message.sender,
    convId: conversation.id,
    msgId: message.id,
    onlinePeers: receivers.filter((client) => isOnline.get(client) === true),
    offlinePeers: receivers.filter((client) => isOnline.get(client) !== true),
    transient: event.kind !== 'stored',
    ...contentOf(message.body),
    receipt: event.receipt === true,
    timestamp: message.timestamp,
    sourceIP: event.address ?? '',
    ...(conversation.kind === 'service' && { system: true }),
  };
}
