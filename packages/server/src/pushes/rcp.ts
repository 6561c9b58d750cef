import { CommandType } from '@parley/protocol';
import type { MessageDelivered, MessageRead } from '../domain/events.ts';
import type { Delivery } from './delivery.ts';
import { PERMANENT } from './membership.ts';
import { createPush } from './push.ts';

/** No `read` field at all: Java tests its presence (`wire-protocol §4.10`). */
export function messageDelivered(event: MessageDelivered): readonly Delivery[] {
  const push = createPush(CommandType.rcp, event.at, {
    rcpMessage: { cid: event.conversation.id, id: event.id, t: event.at, from: event.by },
  });
  return [{ to: [event.sender], push }];
}

export function messageRead(event: MessageRead): readonly Delivery[] {
  const push = createPush(CommandType.rcp, event.at, {
    notificationType: PERMANENT,
    rcpMessage: { cid: event.conversation.id, id: event.id, t: event.readBefore, read: true, from: event.by },
  });
  return [{ to: [event.sender], push }];
}
