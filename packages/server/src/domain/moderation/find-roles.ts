import type { App } from '../app/app.ts';
import type { MemberRole } from '../conversation/conversation.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { DataError } from '../errors.ts';
import type { ConversationId } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import { compileSort } from '../query/compare.ts';
import type { Condition, SortKey } from '../query/condition.ts';
import { type QueryDocument, valueAtPath } from '../query/document.ts';
import { compileCondition } from '../query/matches.ts';
import type { World } from '../world.ts';

const PAGE = 500;
/** Milliseconds a query may work before it is refused. */
const BUDGET = 2000;

/** A role, and where it was given. */
export interface RoleObject {
  readonly conversation: ConversationId;
  readonly role: MemberRole;
}

export interface RoleQuery {
  readonly condition: Condition;
  /** Empty: by the age of the conversations. */
  readonly sort: readonly SortKey[];
  readonly skip: number;
  readonly limit: number;
}

/**
 * The roles that were given, as objects of the class `_ConversationMemberInfo` (`rest §6.3`).
 *
 * @param within one conversation; absent: all of the app
 * @throws DataError BAD_ARGUMENT where it takes too long
 */
export async function findRoles(
  world: World,
  app: App,
  { condition, sort, skip, limit }: RoleQuery,
  within?: Conversation,
): Promise<{ readonly objects: readonly RoleObject[]; readonly count: number }> {
  const meets = compileCondition(condition);
  const found: RoleObject[] = [];
  for await (const object of within === undefined ? rolesOf(world, app) : rolesIn(within)) {
    if (meets(roleDocument(object))) found.push(object);
  }
  if (sort.length > 0) {
    const compare = compileSort(sort);
    found.sort((a, b) => compare(roleDocument(a), roleDocument(b)));
  }
  return { objects: found.slice(skip, skip + limit), count: found.length };
}

/** @throws DataError BAD_ARGUMENT where it takes too long */
export async function readRole(world: World, app: App, id: string): Promise<RoleObject | undefined> {
  for await (const object of rolesOf(world, app)) if (object.role.id === id) return object;
  return undefined;
}

async function* rolesOf(world: World, app: App): AsyncGenerator<RoleObject> {
  const deadline = performance.now() + BUDGET;
  let after = 0;
  for (;;) {
    const page = await world.store.conversations.roles(app.key, after, PAGE);
    for (const conversation of page) yield* rolesIn(conversation);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    if (performance.now() > deadline) {
      throw new DataError('BAD_ARGUMENT', 'The query took too long; name the conversation as cid.');
    }
    after = last.key;
  }
}

function rolesIn({ id, roles }: Pick<Conversation, 'id' | 'roles'>): readonly RoleObject[] {
  return roles.map((role) => ({ conversation: id, role }));
}

/** The columns as operators know them. */
export function roleColumns({ conversation, role: { id, client, role } }: RoleObject) {
  return {
    objectId: id,
    cid: conversation,
    clientId: client,
    role: role === 'manager' ? 'Manager' : 'Member',
  } as const;
}

export function roleDocument(object: RoleObject): QueryDocument {
  const columns: JsonObject = roleColumns(object);
  return { value: (path) => valueAtPath(columns, path) };
}
