import { CommandType, OpType } from '@parley/protocol';
import type { MessagePatched, PatchedMessage } from '../domain/events.ts';
import type { ClientId, ConversationId, Milliseconds } from '../domain/identifiers.ts';
import { type Audience, audienceOf, placeOf, serviceAudience } from './audience.ts';
import type { Delivery } from './delivery.ts';
import { createPush, type Push } from './push.ts';

/** Told to all members and the author's other devices; of a change the server made, to the author as well. */
export function messagePatched(event: MessagePatched): readonly Delivery[] {
  const push = patchPush(event.at, event.conversation.id, event.message, event.reason);
  const audience =
    event.audience === undefined ? audienceOf(event.conversation) : serviceAudience(event.audience);
  return [
    {
      ...(event.authorToldApart === true ? without(audience, event.message.sender) : audience),
      push,
      inSequence: placeOf(event),
      ...(event.origin !== undefined && { except: event.origin }),
    },
  ];
}

function without({ to, ...others }: Audience, client: ClientId): Audience {
  return { ...others, to: [...to].filter((one) => one !== client), exceptClient: client };
}

/** One item per command, because ObjC keeps one per conversation (`wire-protocol §4.13`). */
export function patchPush(
  at: Milliseconds,
  cid: ConversationId,
  message: PatchedMessage,
  reason?: MessagePatched['reason'],
): Push {
  return createPush(CommandType.patch, at, {
    op: OpType.modify,
    patchMessage: {
      patches: [
        {
          cid,
          mid: message.id,
          timestamp: message.timestamp,
          from: message.sender,
          patchTimestamp: message.patchedAt ?? at,
          ...(typeof message.body === 'string' ? { data: message.body } : { binaryMsg: message.body }),
          ...(message.recalled && { recall: true }),
          ...(message.mentions.length > 0 && { mentionPids: [...message.mentions] }),
          ...(message.mentionAll && { mentionAll: true }),
          // Zero would read like a reason (`wire-protocol §4.13`).
          ...(reason?.code !== undefined && { patchCode: reason.code }),
          ...(reason?.detail !== undefined && { patchReason: reason.detail }),
        },
      ],
    },
  });
}
