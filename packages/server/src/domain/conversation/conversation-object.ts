import { changeAtPath } from '../change-at-path.ts';
import { DataError, ImError } from '../errors.ts';
import type { ClientId } from '../identifiers.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { conversationDocument } from '../query/conversation-document.ts';
import { isList } from '../query/document.ts';
import { compileCondition } from '../query/matches.ts';
import { checkColumnTypes } from '../records/column-types.ts';
import { applyFields, type FieldOperation, parseFields } from '../records/field-operations.ts';
import { quote } from '../records/limits.ts';
import type { Requester } from '../records/requester.ts';
import { parseCondition } from '../records/where.ts';
import { requireRoom } from '../service-conversation/create-service.ts';
import { conversationTurn } from '../turns.ts';
import type { World } from '../world.ts';
import { MAX_COLUMNS_BYTES } from './attribute-limits.ts';
import type { ConversationKind, ConversationRecord } from './conversation.ts';
import { findConversation } from './find-conversation.ts';
import type { Conversation } from './known-conversation.ts';
import { isReservedColumn } from './reserved-columns.ts';

const MAX_CLIENT_ID = 64;
/** Kept by the server, but an app's own server may write them here and nowhere else. */
const LISTS = ['m', 'mu', 'c'];

/** Refuses whom the app does not let manage conversation records. @throws DataError FORBIDDEN */
export function requireManager({ app, isMaster }: Requester): void {
  if (isMaster || app.settings.appKeyManagesConversations) return;
  throw new DataError('FORBIDDEN', 'Records of conversations need the master key.');
}

/**
 * Creates a conversation as an object of the data API (`rest §8.1`): nobody is told, no hook is asked, and `unique` is
 * not looked at. Clients see it at once.
 *
 * @throws DataError
 * @throws ImError CONVERSATION_API_QUOTA_EXCEEDED
 */
export async function createConversationObject(
  world: World,
  requester: Requester,
  fields: JsonObject,
): Promise<Conversation> {
  requireManager(requester);
  const { tr, sys, ...others } = fields;
  const parts = partsOf(requester, applyFields({}, parseFields(writable(others))));
  const kind: ConversationKind = sys === true ? 'service' : tr === true ? 'chat-room' : 'basic';
  if (kind === 'service') await requireRoom(world, requester.app);
  const { conversation } = await world.store.conversations.create({
    app: requester.app.key,
    id: world.random.conversationId(),
    kind,
    columns: parts.columns,
    ...(parts.creator !== undefined && { creator: parts.creator }),
    members: kind === 'basic' ? parts.members : [],
    unique: false,
    quiet: true,
    now: world.clock.now(),
  });
  const record =
    kind === 'basic' && parts.mutedBy.length > 0
      ? await world.store.conversations.overwrite(conversation, {
          ...parts,
          expectedVersion: conversation.version,
          now: world.clock.now(),
        })
      : conversation;
  return world.conversations.put(typeof record === 'object' ? record : conversation);
}

export interface WrittenConversation {
  readonly conversation: Conversation;
  readonly operations: readonly FieldOperation[];
}

/**
 * Changes a conversation as an object of the data API: name, attributes, columns of the app, members (`m`), mute marks
 * (`mu`) and creator (`c`).
 *
 * @param where what it must meet at that moment
 * @throws DataError NO_EFFECT, FORBIDDEN, …
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_READ_ONLY
 */
export async function updateConversationObject(
  world: World,
  requester: Requester,
  id: string,
  fields: JsonObject,
  where?: JsonObject | readonly JsonObject[],
): Promise<WrittenConversation> {
  requireManager(requester);
  const operations = parseFields(writable(fields));
  const meets = compileCondition(parseCondition(where));
  const outcome = await world.turns.change(conversationTurn(requester.app, id), async () => {
    const before = await findConversation(world, requester.app, id);
    if (before.kind === 'temporary') {
      throw new ImError('CONVERSATION_READ_ONLY', 'A temporary conversation stays as it was created.');
    }
    if (!meets(conversationDocument(before))) throw new DataError('NO_EFFECT');
    const parts = partsOf(requester, applyFields(viewOf(before), operations));
    const written = await world.store.conversations.overwrite(before, {
      ...parts,
      expectedVersion: before.version,
      now: world.clock.now(),
    });
    if (typeof written === 'object') return world.conversations.put(written);
    // Where it is gone, looking for it again says so.
    world.conversations.forget(requester.app.key, id);
    return 'conflict';
  });
  if (outcome === 'conflict') {
    throw new DataError('TOO_MANY_REQUESTS', 'The conversation is being changed by many at once; try again.');
  }
  return { conversation: outcome, operations };
}

/** What callers send back of what only the server writes is ignored. */
function writable(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(([key]) => {
      const [column = ''] = key.split('.', 1);
      return (LISTS.includes(column) || !isReservedColumn(column)) && !column.startsWith('__');
    }),
  );
}

function viewOf({ columns, members, mutedBy, creator }: ConversationRecord): JsonObject {
  return {
    ...columns,
    m: members,
    mu: mutedBy,
    ...(creator !== undefined && { c: creator }),
  };
}

interface Parts {
  readonly columns: JsonObject;
  readonly members: readonly ClientId[];
  readonly mutedBy: readonly ClientId[];
  readonly creator?: ClientId;
}

/** @throws DataError TYPE_MISMATCH, BAD_ARGUMENT */
function partsOf({ app }: Requester, { m, mu, c, ...view }: JsonObject): Parts {
  // SDKs cast name and attr without looking; to them a null is worse than nothing.
  const columns = ['name', 'attr'].reduce(
    (object, name) => (object[name] === null ? changeAtPath(object, [name], () => undefined) : object),
    view as JsonObject,
  );
  checkColumnTypes(columns, { name: 'string', attr: 'object' });
  const bytes = Buffer.byteLength(JSON.stringify(columns));
  if (bytes > MAX_COLUMNS_BYTES) {
    throw new DataError(
      'BAD_ARGUMENT',
      `A conversation holds at most ${MAX_COLUMNS_BYTES} bytes of attributes, not ${bytes}.`,
    );
  }
  const creator = c === undefined || c === null ? undefined : clientIn('c', c);
  return {
    columns,
    // Of a longer list only the beginning counts (`storage-subset §5.7`).
    members: clientsIn('m', m).slice(0, app.settings.maxMembers),
    mutedBy: clientsIn('mu', mu),
    ...(creator !== undefined && { creator }),
  };
}

function clientsIn(name: string, value: JsonValue | undefined): readonly ClientId[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) throw new DataError('TYPE_MISMATCH', `${quote(name)} must be a list of client ids.`);
  return [...new Set(value.map((element) => clientIn(name, element)))];
}

function clientIn(name: string, value: JsonValue): ClientId {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_CLIENT_ID && value.isWellFormed())
    return value;
  throw new DataError(
    'TYPE_MISMATCH',
    `${quote(name)} takes client ids, texts of 1 to ${MAX_CLIENT_ID} characters.`,
  );
}
