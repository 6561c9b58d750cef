import { CommandType } from '@parley/protocol';
import type { ConversationKind } from '../domain/conversation/conversation.ts';
import type { DeliverableMessage, MessageSent } from '../domain/events.ts';
import type { ConversationId } from '../domain/identifiers.ts';
import { type Audience, audienceOf, placeOf, serviceAudience } from './audience.ts';
import type { Delivery } from './delivery.ts';
import { createPush, type Push } from './push.ts';
import { contentFields, wireKind } from './wire-values.ts';

/** Every session of every member, or in the chat room, the sender's other devices included; never the sending one. */
export function messageSent(event: MessageSent): readonly Delivery[] {
  return [
    {
      ...hearersOf(event),
      push: directPush(
        event.conversation,
        event.message,
        event.kind === 'transient' ? { transient: true } : {},
      ),
      ...(event.origin !== undefined && { except: event.origin }),
      ...(isSparable(event) && { isCapped: true, urgency: urgencyOf(event) }),
      ...(event.kind === 'stored' &&
        event.conversation.kind !== 'chat-room' && {
          inSequence: { ...placeOf(event), message: event.message },
        }),
    },
  ];
}

function hearersOf({
  conversation,
  audience: inService,
  receivers,
  message,
  reachesSender,
}: MessageSent): Audience {
  if (inService !== undefined) {
    const audience = serviceAudience(inService);
    return reachesSender === true ? { ...audience, to: [...audience.to, message.sender] } : audience;
  }
  if (receivers !== undefined) return { to: [...receivers, message.sender] };
  const audience = audienceOf(conversation);
  if (reachesSender === undefined) return audience;
  const others = conversation.members.filter((member) => member !== message.sender);
  return reachesSender
    ? { ...audience, to: [...others, message.sender] }
    : { ...audience, to: others, exceptClient: message.sender };
}

/** Stored messages of other conversations are never dropped; they are what somebody counts on. */
function isSparable({ conversation, kind }: MessageSent): boolean {
  return conversation.kind === 'chat-room' || kind === 'transient';
}

/** What may happen to a message on a congested connection (`semantics §6.22`). Priorities mean something in rooms only. */
function urgencyOf({ conversation, priority }: MessageSent): NonNullable<Delivery['urgency']> {
  if (conversation.kind !== 'chat-room' || priority === 'high') return 'required';
  return priority;
}

interface DirectFlags {
  readonly transient?: true;
  /** Replay of the old offline mode, and whether more than what follows is stored (`wire-protocol §4.11.2`). */
  readonly offline?: true;
  readonly hasMore?: true;
}

/** @see `wire-protocol §4.9.3` for what must be present and what absent */
export function directPush(
  conversation: { readonly id: ConversationId; readonly kind: ConversationKind },
  message: DeliverableMessage,
  flags: DirectFlags,
): Push {
  return createPush(CommandType.direct, message.timestamp, {
    directMessage: {
      cid: conversation.id,
      id: message.id,
      fromPeerId: message.sender,
      timestamp: message.timestamp,
      convType: wireKind(conversation.kind),
      ...contentFields(message.body),
      ...flags,
      ...(message.mentions.length > 0 && { mentionPids: [...message.mentions] }),
      ...(message.mentionAll && { mentionAll: true }),
      ...(message.patchedAt !== undefined && { patchTimestamp: message.patchedAt }),
    },
  });
}
