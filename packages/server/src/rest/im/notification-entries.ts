import type { ClientId } from '../../domain/identifiers.ts';
import { TEMPORARY_PREFIX } from '../../domain/identifiers.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Notice } from '../../domain/ports/notices.ts';

/** One stored event as one client would have been told of it, before it is written in one of the two shapes. */
interface Entry {
  readonly cmd: 'conv' | 'rcp';
  /** Underscored, as in the enumeration of the wire protocol. */
  readonly op?: string;
  readonly serverTs: number;
  readonly fields: JsonObject;
  readonly attr?: JsonObject;
  readonly attrModified?: JsonObject;
}

/** JS moves its position only past entries that say so. */
const PERMANENT = 1;

/** An event may tell a client two things: that it joined, and who did. */
export function noticeEntries(notice: Notice, client: ClientId): readonly Entry[] {
  const { at, what } = notice;
  const cid = notice.conversation.id;
  const conv = { cid, initBy: notice.by ?? '', udate: new Date(notice.updatedAt).toISOString() };
  const entry = (op: string, fields: JsonObject = {}): Entry => ({
    cmd: 'conv',
    op,
    serverTs: at,
    fields: { ...conv, ...fields },
  });
  const toTargetOrOthers = (target: string, others: string, clients: readonly ClientId[]) =>
    clients.includes(client) ? [entry(target)] : [entry(others, { m: [...clients] })];
  const toTargetAndAll = (target: string, all: string, clients: readonly ClientId[]) => [
    ...(clients.includes(client) ? [entry(target)] : []),
    // Chat rooms tell the affected client only (D-15).
    ...(notice.conversation.kind === 'chat-room' ? [] : [entry(all, { m: [...clients] })]),
  ];
  switch (what.event) {
    case 'members-added': {
      const temporary = cid.startsWith(TEMPORARY_PREFIX)
        ? { tempConv: true, ...(what.ttl !== undefined && { tempConvTTL: what.ttl }) }
        : {};
      const joined = what.clients.includes(client) ? [entry('joined', temporary)] : [];
      return [...joined, entry('members_joined', { m: [...what.clients], ...temporary })];
    }
    case 'members-removed':
      return what.clients.includes(client)
        ? [entry('left')]
        : [entry('members_left', { m: [...what.clients] })];
    case 'updated':
      return [{ ...entry('updated'), attr: what.requested, attrModified: what.resulting }];
    case 'role-changed': {
      const { client: pid, role, id } = what.role;
      return [
        entry('member_info_changed', {
          info: { pid, role: role === 'manager' ? 'Manager' : 'Member', infoId: id },
        }),
      ];
    }
    case 'members-silenced':
      return toTargetAndAll('shutuped', 'members_shutuped', what.clients);
    case 'members-unsilenced':
      return toTargetAndAll('unshutuped', 'members_unshutuped', what.clients);
    case 'members-blocked':
      return toTargetOrOthers('blocked', 'members_blocked', what.clients);
    case 'members-unblocked':
      return toTargetOrOthers('unblocked', 'members_unblocked', what.clients);
    case 'message-read':
      return [
        {
          cmd: 'rcp',
          serverTs: at,
          fields: { cid, id: what.id, t: what.readBefore, read: true, from: notice.by ?? '' },
        },
      ];
  }
}

/** For JS, which hands the entry to the handler of the push it stands for. */
export function flatEntry({ cmd, op, serverTs, fields, attr, attrModified }: Entry): JsonObject {
  return {
    cmd,
    ...(op !== undefined && { op }),
    serverTs,
    notificationType: PERMANENT,
    ...fields,
    ...(attr !== undefined && { attr: { data: JSON.stringify(attr) } }),
    ...(attrModified !== undefined && { attrModified: { data: JSON.stringify(attrModified) } }),
  };
}

/** For Swift, which reads words with hyphens and plain objects. */
export function groupedEntry({ cmd, op, serverTs, fields, attr, attrModified }: Entry): JsonObject {
  return {
    cmd,
    ...(op !== undefined && { op: op.replaceAll('_', '-') }),
    serverTs,
    notificationType: PERMANENT,
    ...fields,
    ...(attr !== undefined && { attr }),
    ...(attrModified !== undefined && { attrModified }),
  };
}
