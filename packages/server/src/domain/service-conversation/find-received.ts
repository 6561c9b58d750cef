import type { App } from '../app/app.ts';
import { DataError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { ReceivedMessage } from '../ports/services.ts';
import type { Condition, SortKey } from '../query/condition.ts';
import { type QueryDocument, valueAtPath } from '../query/document.ts';
import { compileCondition } from '../query/matches.ts';
import type { World } from '../world.ts';

const PAGE = 1000;
/** Milliseconds a query may work before it is refused. */
const BUDGET = 2000;
/** Keys that put messages in the order in which they came. */
const IN_ORDER: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'timestamp', 'objectId']);

export interface ReceivedObjectQuery {
  readonly condition: Condition;
  /** Empty: oldest first. */
  readonly sort: readonly SortKey[];
  readonly skip: number;
  readonly limit: number;
  readonly count: boolean;
}

export interface ReceivedObject {
  readonly id: string;
  readonly received: ReceivedMessage;
}

/**
 * What clients said to services, as objects of the class `_SysMessage` (`storage-subset §5.7`): found by the same
 * conditions as everything else, in the order in which it came.
 *
 * @throws DataError BAD_ARGUMENT for another order, or where it takes too long
 */
export async function findReceived(
  world: World,
  app: App,
  { condition, sort, skip, limit, count }: ReceivedObjectQuery,
): Promise<{ readonly objects: readonly ReceivedObject[]; readonly count?: number }> {
  const meets = compileCondition(condition);
  const deadline = performance.now() + BUDGET;
  const page = { app: app.key, newestFirst: isNewestFirst(sort), limit: PAGE };
  const objects: ReceivedObject[] = [];
  let matching = 0;
  for (let read = 0; ; read += PAGE) {
    const batch = await world.store.services.received({ ...page, skip: read });
    for (const received of batch) {
      const object = { id: objectIdOf(received), received };
      if (!meets(new ReceivedDocument(object))) continue;
      matching++;
      if (matching > skip && objects.length < limit) objects.push(object);
    }
    const isDone = batch.length < PAGE || (objects.length === limit && !count);
    if (isDone) return { objects, ...(count && { count: matching }) };
    if (performance.now() > deadline) {
      throw new DataError(
        'BAD_ARGUMENT',
        'The query took too long; ask for fewer objects, or without a count.',
      );
    }
  }
}

export async function readReceived(world: World, app: App, id: string): Promise<ReceivedObject | undefined> {
  const place = /^([0-9a-f]{12})([0-9a-f]{12})$/.exec(id);
  if (place === null) return undefined;
  const at = Number.parseInt(place[1] ?? '', 16);
  const page = { app: app.key, from: at, to: at, newestFirst: false, skip: 0, limit: PAGE };
  const found = (await world.store.services.received(page)).find((one) => objectIdOf(one) === id);
  return found === undefined ? undefined : { id, received: found };
}

/** Where it is says what it is: its time, and the log it is in. */
function objectIdOf({ message }: ReceivedMessage): string {
  const digits = (number: number) => number.toString(16).padStart(12, '0');
  return digits(message.timestamp) + digits(message.conversation);
}

/** The columns as operators know them, but for the dates. */
export function receivedColumns({ service, message }: ReceivedMessage): JsonObject {
  const isBinary = typeof message.body !== 'string';
  return {
    bin: isBinary,
    conv: { __type: 'Pointer', className: '_Conversation', objectId: service.id },
    data: isBinary ? Buffer.from(message.body as Uint8Array).toString('base64') : (message.body as string),
    from: message.sender,
    ...(message.fromIp !== undefined && { fromIp: message.fromIp }),
    msgId: message.id,
    timestamp: message.timestamp,
    ...(message.deliveredAt !== undefined && { ackAt: message.deliveredAt }),
  };
}

function isNewestFirst(sort: readonly SortKey[]): boolean {
  const [first] = sort;
  if (first === undefined) return false;
  const isOrdered = sort.every(
    ({ path, descending }) =>
      path.length === 1 && IN_ORDER.has(path[0] ?? '') && descending === first.descending,
  );
  if (!isOrdered) {
    throw new DataError('BAD_ARGUMENT', 'These objects are ordered by createdAt or by -createdAt.');
  }
  return first.descending;
}

class ReceivedDocument implements QueryDocument {
  readonly #object: ReceivedObject;
  #columns: JsonObject | undefined;

  constructor(object: ReceivedObject) {
    this.#object = object;
  }

  value(path: readonly string[]) {
    const { id, received } = this.#object;
    if (path.length === 1) {
      if (path[0] === 'objectId') return id;
      if (path[0] === 'createdAt' || path[0] === 'updatedAt') return new Date(received.message.timestamp);
    }
    this.#columns ??= receivedColumns(received);
    return valueAtPath(this.#columns, path);
  }
}
