import Type, { type Static } from 'typebox';
import type { MessagePriority } from '../../domain/events.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { SendMessage, SentMessage } from '../../domain/message/message-to-send.ts';
import { AnyObject, ClientIdText } from '../schemas.ts';

const MAX_MENTIONS = 20;

/** Deployed callers pass typed messages as objects too (`rest §2.4`). */
export const MessageText = Type.Union([Type.String(), AnyObject('A typed message.')], {
  description: 'Content: any text; typed messages are JSON in this text.',
  'x-rule': 'must be text, or an object that becomes its JSON text',
});

export const PushText = Type.Union([Type.String(), AnyObject('Push content.')], {
  description: 'Push content for receivers who are offline, instead of what the app has set.',
  'x-rule': 'must be text or an object',
});

const Priority = Type.Refine(
  Type.String({
    description: '`high`, `normal` or `low`, in any case; means something in chat rooms.',
    'x-rule': 'must be high, normal or low',
  }),
  (text) => ['high', 'normal', 'low'].includes(text.toLowerCase()),
);

/** What every send takes, whatever the sender's field is called. */
export const SendOptions = {
  message: MessageText,
  transient: Type.Optional(Type.Boolean({ description: 'Only for who is online; not stored.' })),
  no_sync: Type.Optional(Type.Boolean({ description: 'Not to the devices of the sender.' })),
  push_data: Type.Optional(PushText),
  priority: Type.Optional(Priority),
  mention_all: Type.Optional(Type.Boolean()),
  mention_client_ids: Type.Optional(Type.Array(ClientIdText, { maxItems: MAX_MENTIONS })),
};

const SendOptionsObject = Type.Object(SendOptions);

/** What version 1.1 has differently where a caller says nothing (`rest §0.2`). */
export interface SendDefaults {
  readonly transient: boolean;
  readonly priority: MessagePriority;
}

export function messageToSend(
  body: Static<typeof SendOptionsObject>,
  defaults: SendDefaults,
): Omit<SendMessage, 'conversation' | 'reachesSender'> {
  const pushData = body.push_data === undefined ? undefined : textOf(body.push_data);
  return {
    body: textOf(body.message),
    kind: (body.transient ?? defaults.transient) ? 'transient' : 'stored',
    receipt: false,
    mentions: [...new Set(body.mention_client_ids ?? [])],
    mentionAll: body.mention_all ?? false,
    priority: (body.priority?.toLowerCase() as MessagePriority | undefined) ?? defaults.priority,
    ...(pushData !== undefined && { pushData }),
  };
}

/** JSON can write half a pair of surrogates, which no text on the wire may have. */
export function textOf(value: string | JsonObject): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
}

export const SentAnswer = Type.Object({
  result: Type.Object({ 'msg-id': Type.String(), timestamp: Type.Integer() }),
  'msg-id': Type.String(),
  timestamp: Type.Integer(),
});

/** Some callers read the one shape, some the other (`rest §2.3`). */
export function sentAnswer({ id, timestamp }: SentMessage): Readonly<Record<string, JsonValue>> {
  const result = { 'msg-id': id, timestamp };
  return { result, ...result };
}
