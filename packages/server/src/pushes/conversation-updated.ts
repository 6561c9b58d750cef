import { CommandType, OpType } from '@parley/protocol';
import type { ConversationUpdated } from '../domain/events.ts';
import { audienceOf } from './audience.ts';
import type { Delivery } from './delivery.ts';
import { PERMANENT } from './membership.ts';
import { createPush } from './push.ts';
import { isoDate } from './wire-values.ts';

/** Told to every session of every member but the one that asked. Both attribute fields are needed by some SDK. */
export function conversationUpdated(event: ConversationUpdated): readonly Delivery[] {
  const push = createPush(CommandType.conv, event.at, {
    op: OpType.updated,
    notificationType: PERMANENT,
    convMessage: {
      cid: event.conversation.id,
      initBy: event.by ?? '',
      udate: isoDate(event.conversation.updatedAt),
      attr: { data: JSON.stringify(event.requested) },
      attrModified: { data: JSON.stringify(event.resulting) },
    },
  });
  return [
    { ...audienceOf(event.conversation), push, ...(event.origin !== undefined && { except: event.origin }) },
  ];
}
