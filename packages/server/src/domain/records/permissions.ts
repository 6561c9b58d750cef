import { DataError } from '../errors.ts';
import { isJsonObject } from '../json.ts';
import type { Condition } from '../query/condition.ts';
import type { Act, ClassRules } from './class-rules.ts';
import type { DataRecord } from './record.ts';
import type { Requester } from './requester.ts';

type Access = 'read' | 'write';

/** Refuses what nobody with this key may do with the class. @throws DataError FORBIDDEN, SESSION_MISSING */
export function requireMay(requester: Requester, rules: ClassRules, act: Act): void {
  if (requester.isMaster) return;
  const audience = rules.may(requester.app)[act];
  if (audience === 'app') return;
  if (audience === 'owner' && requester.user !== undefined) return;
  if (audience === 'owner' && act !== 'get') throw new DataError('SESSION_MISSING');
  throw new DataError('FORBIDDEN', 'This needs the master key.');
}

/** Refuses what this requester may not do with this object. @throws DataError FORBIDDEN, SESSION_MISSING */
export function requireMayTouch(
  requester: Requester,
  rules: ClassRules,
  act: 'get' | 'update' | 'delete',
  record: DataRecord,
): void {
  requireMay(requester, rules, act);
  if (requester.isMaster) return;
  if (rules.may(requester.app)[act] === 'owner' && !isOwner(requester, record)) {
    throw new DataError(act === 'get' ? 'FORBIDDEN' : 'SESSION_MISSING', 'This object is another user’s.');
  }
  const access = act === 'get' ? 'read' : 'write';
  if (!allows(record, requester, access)) throw new DataError('FORBIDDEN', 'The ACL of the object says no.');
}

/** Whether the object is the very user who asks. */
export function isOwner({ user }: Requester, record: DataRecord): boolean {
  return record.className === '_User' && user?.id === record.id;
}

/** What the ACL of the object says; without one everybody may. Roles are not known here, so they allow nothing. */
export function allows(record: DataRecord, requester: Requester, access: Access): boolean {
  const { ACL } = record.columns;
  if (requester.isMaster || !isJsonObject(ACL) || isOwner(requester, record)) return true;
  const entries = [ACL['*'], requester.user === undefined ? undefined : ACL[requester.user.id]];
  return entries.some((entry) => isJsonObject(entry) && entry[access] === true);
}

/** The same for reading, as a part of a query; null is equal to nothing there as well. */
export function readable({ isMaster, user }: Requester): readonly Condition[] {
  if (isMaster) return [];
  const allowed = (who: string): Condition => ({ test: 'equal', path: ['ACL', who, 'read'], value: true });
  const conditions: Condition[] = [{ test: 'equal', path: ['ACL'], value: null }, allowed('*')];
  if (user !== undefined) conditions.push(allowed(user.id));
  return [{ test: 'any', conditions }];
}
