import type { DomainEvent, MessagePatched } from '../../domain/events.ts';
import type { JsonObject } from '../../domain/json.ts';

type EventRecord = JsonObject & { readonly type: string };

/** What a webhook tells of an event, in the words of the REST API; `undefined` for what no webhook tells of. */
export function eventRecord(event: DomainEvent): EventRecord | undefined {
  const at = new Date(event.at).toISOString();
  switch (event.type) {
    case 'message-patched':
      // What the server itself changed on the way was never anything else to the backend.
      return event.reason === undefined ? { type: 'message-changed', at, ...changed(event) } : undefined;
    case 'conversation-created': {
      const { members, columns } = event.conversation;
      return { type: event.type, at, ...conversationOf(event), ...by(event), members, attributes: columns };
    }
    case 'conversation-updated':
      return { type: event.type, at, ...conversationOf(event), ...by(event), attributes: event.resulting };
    case 'members-added':
    case 'members-removed':
      return { type: event.type, at, ...conversationOf(event), ...by(event), clients: event.clients };
    case 'subscription-changed':
      return { ...cameOrWent(event, event.subscribed), at };
    case 'chat-room-visited':
      return { ...cameOrWent(event, event.entered), at };
    case 'client-online':
      return { type: event.type, at, client: event.client, ip: event.address, reconnect: event.isReconnect };
    case 'client-offline':
      return {
        type: event.type,
        at,
        client: event.client,
        how: event.how,
        ...(event.tag !== undefined && { tag: event.tag }),
        ...(event.address !== undefined && { ip: event.address }),
      };
    default:
      return undefined;
  }
}

interface InConversation {
  readonly conversation: { readonly id: string; readonly kind: string };
}

function conversationOf({ conversation: { id, kind } }: InConversation) {
  return { 'conv-id': id, kind };
}

function by(event: { readonly by?: string }): JsonObject {
  return event.by === undefined ? {} : { by: event.by };
}

function changed({ conversation, message }: MessagePatched): JsonObject {
  const { body } = message;
  const isText = typeof body === 'string';
  return {
    ...conversationOf({ conversation }),
    'msg-id': message.id,
    timestamp: message.timestamp,
    from: message.sender,
    data: isText ? body : Buffer.from(body).toString('base64'),
    bin: !isText,
    recalled: message.recalled,
    ...(message.patchedAt !== undefined && { 'patch-timestamp': message.patchedAt }),
  };
}

/** Of its own will, into a chat room or a service. */
function cameOrWent(event: InConversation & { readonly client: string }, came: boolean): EventRecord {
  const { client } = event;
  const type = came ? 'members-added' : 'members-removed';
  return { type, ...conversationOf(event), by: client, clients: [client] };
}
