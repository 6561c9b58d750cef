import { DataError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import { chooseKeys } from '../../domain/records/choose-keys.ts';
import type { Requester } from '../../domain/records/requester.ts';
import { parseCondition, parseOrder } from '../../domain/records/where.ts';
import {
  findReceived,
  type ReceivedObject,
  readReceived,
  receivedColumns,
} from '../../domain/service-conversation/find-received.ts';
import { limitOf } from '../page-size.ts';
import { ok } from '../route.ts';
import type { ClassActions } from './class-actions.ts';
import { choiceIn, whereOf } from './parts.ts';

/** `_SysMessage`: what clients said to services, for the app's server to read (`storage-subset §5.7`). */
export const serviceMessageActions: ClassActions = {
  create: refuse,
  update: refuse,
  remove: refuse,
  async find({ world, requester }, query) {
    requireMaster(requester);
    const { objects, count } = await findReceived(world, requester.app, {
      condition: parseCondition(whereOf(query.where)),
      sort: parseOrder(query.order),
      skip: query.skip ?? 0,
      limit: limitOf(query),
      count: query.count === true,
    });
    const results = objects.map((object) => chooseKeys(recordOf(object), choiceIn(query)));
    return ok({ results, ...(count !== undefined && { count }) });
  },
  async read({ world, requester }, id, query) {
    requireMaster(requester);
    const object = await readReceived(world, requester.app, id);
    return ok(object === undefined ? {} : chooseKeys(recordOf(object), choiceIn(query)));
  },
};

function recordOf({ id, received }: ReceivedObject): JsonObject {
  const at = new Date(received.message.timestamp).toISOString();
  return { objectId: id, ...receivedColumns(received), createdAt: at, updatedAt: at };
}

function requireMaster({ isMaster }: Requester): void {
  if (!isMaster) throw new DataError('FORBIDDEN', 'What users said to services needs the master key.');
}

async function refuse(): Promise<never> {
  throw new DataError('FORBIDDEN', 'Only the server writes what users said to services.');
}
