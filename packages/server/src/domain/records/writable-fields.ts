import type { JsonObject } from '../json.ts';
import type { ClassRules } from './class-rules.ts';
import type { Requester } from './requester.ts';

/** What SDKs send along with an object and means nothing when it is saved. */
const IGNORED: ReadonlySet<string> = new Set([
  'objectId',
  'createdAt',
  'updatedAt',
  'className',
  '__type',
  '__internalId',
  '__children',
]);

/** What of a body is to be saved: without what the server writes, which SDKs send back as they got it. */
export function writableFields({ isMaster }: Requester, rules: ClassRules, fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(([key]) => {
      const [column = ''] = key.split('.', 1);
      // The app's server may say that an address is verified; a session token nobody can choose.
      const isServers = rules.serverColumns.has(column) && !(isMaster && column.endsWith('Verified'));
      return !IGNORED.has(column) && !isServers;
    }),
  );
}
