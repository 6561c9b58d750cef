import { CommandType, type ConvCommand, OpType } from '@parley/protocol';
import type { MemberRole } from '../domain/conversation/conversation.ts';
import type { MembersModerated, RoleChanged } from '../domain/events.ts';
import { audienceOf } from './audience.ts';
import type { Delivery } from './delivery.ts';
import { PERMANENT } from './membership.ts';
import { createPush } from './push.ts';
import { isoDate } from './wire-values.ts';

/** What the affected client and the others are told: each of `what` once (`wire-protocol §4.15`, `§4.16`). */
const operations = {
  'members-silenced': { target: OpType.shutuped, others: OpType.members_shutuped },
  'members-unsilenced': { target: OpType.unshutuped, others: OpType.members_unshutuped },
  'members-blocked': { target: OpType.blocked, others: OpType.members_blocked },
  'members-unblocked': { target: OpType.unblocked, others: OpType.members_unblocked },
} as const;

/** Chat rooms tell the affected client only: there are no notices about others (D-15). */
export function membersModerated(event: MembersModerated): readonly Delivery[] {
  const { target, others } = operations[event.what];
  const about = { cid: event.conversation.id, initBy: event.by ?? '' };
  const told: Delivery = { to: event.clients, push: convPush(event.at, target, about) };
  if (event.conversation.kind === 'chat-room') {
    const left = convPush(event.at, OpType.left, { ...about, udate: isoDate(event.conversation.updatedAt) });
    return event.putOut === undefined ? [told] : [told, { to: event.putOut, push: left }];
  }
  const list = convPush(event.at, others, { ...about, m: [...event.clients] });
  return [told, { to: event.conversation.members, push: list }];
}

/** To everybody, the operator included: C# waits for it there (`wire-protocol §4.7`). */
export function roleChanged(event: RoleChanged): readonly Delivery[] {
  const { client, role, id } = event.role;
  const push = convPush(event.at, OpType.member_info_changed, {
    cid: event.conversation.id,
    initBy: event.by ?? '',
    info: { pid: client, role: wireRole(role), infoId: id },
  });
  return [{ ...audienceOf(event.conversation), push }];
}

/** The spelling of SDKs. */
export function wireRole(role: MemberRole['role']): string {
  return role === 'manager' ? 'Manager' : 'Member';
}

function convPush(at: number, op: OpType, convMessage: ConvCommand) {
  return createPush(CommandType.conv, at, { op, notificationType: PERMANENT, convMessage });
}
