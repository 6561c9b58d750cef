import { CommandType, OpType } from '@parley/protocol';
import type { SubscriptionChanged } from '../domain/events.ts';
import type { Delivery } from './delivery.ts';
import { PERMANENT } from './membership.ts';
import { createPush } from './push.ts';
import { isoDate } from './wire-values.ts';

/** The client's other devices learn that it joined or left; nobody learns what the app's server does (`rest §5.1.5`). */
export function subscriptionChanged(event: SubscriptionChanged): readonly Delivery[] {
  if (event.by === undefined) return [];
  const push = createPush(CommandType.conv, event.at, {
    op: event.subscribed ? OpType.joined : OpType.left,
    notificationType: PERMANENT,
    convMessage: {
      cid: event.conversation.id,
      initBy: event.by,
      udate: isoDate(event.conversation.updatedAt),
    },
  });
  return [{ to: [event.client], push, ...(event.origin !== undefined && { except: event.origin }) }];
}
