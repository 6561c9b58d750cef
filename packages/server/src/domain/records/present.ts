import { FILE } from '../files/file-rules.ts';
import { fileUrl } from '../files/file-url.ts';
import type { JsonObject } from '../json.ts';
import { isOwner } from './permissions.ts';
import type { DataRecord } from './record.ts';
import type { Requester } from './requester.ts';
import { rulesOf } from './rules-of-class.ts';

/** An object as this caller sees it: its columns, its id and its dates, without what is not for it. */
export function present(requester: Requester, record: DataRecord, withAcl = false): JsonObject {
  const hidden = hiddenFrom(requester, record);
  const columns = Object.fromEntries(
    Object.entries(record.columns).filter(([name]) => !hidden.has(name) && (name !== 'ACL' || withAcl)),
  );
  return {
    objectId: record.id,
    ...columns,
    ...(record.className === FILE && typeof columns.url !== 'string' && { url: fileUrl(requester, record) }),
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
  };
}

/** A user as it sees itself, with its session. */
export function presentWithSession(user: DataRecord): JsonObject {
  const { ACL: _, ...columns } = user.columns;
  return {
    sessionToken: user.secrets.sessionToken ?? '',
    updatedAt: new Date(user.updatedAt).toISOString(),
    objectId: user.id,
    ...columns,
    createdAt: new Date(user.createdAt).toISOString(),
  };
}

function hiddenFrom(requester: Requester, record: DataRecord): ReadonlySet<string> {
  if (requester.isMaster || isOwner(requester, record)) return new Set();
  return rulesOf(record.className)?.privateColumns ?? new Set();
}
