import type { ConversationRecord } from '../../domain/conversation/conversation.ts';
import type { ClientId, Milliseconds } from '../../domain/identifiers.ts';
import type {
  ConversationDraft,
  ConversationQuery,
  ConversationRepository,
} from '../../domain/ports/conversations.ts';
import { memberSetKey } from '../../domain/ports/member-set-key.ts';
import { QueryTooSlow } from '../../domain/ports/query-too-slow.ts';
import { compileSort } from '../../domain/query/compare.ts';
import { conversationDocument } from '../../domain/query/conversation-document.ts';
import { compileCondition } from '../../domain/query/matches.ts';
import { type ConversationEntry, isAlive, pair, recordOf, type Tables } from './tables.ts';
import { tell } from './tell.ts';

export function conversationRepository(tables: Tables): ConversationRepository {
  return {
    async load(app, ids, now) {
      return ids.flatMap((id) => {
        const entry = tables.find(app, id);
        return entry !== undefined && isAlive(entry, now) ? recordOf(entry) : [];
      });
    },
    async create(draft) {
      const existing = draft.unique ? ownerOf(tables, draft) : undefined;
      const eventAt = tables.nextMoment(draft.now);
      if (existing !== undefined) return { conversation: recordOf(existing), existing: true, eventAt };
      const entry = insert(tables, draft);
      tell(tables, entry, draft.quiet ? [] : draft.members, eventAt, draft.by, {
        event: 'members-added',
        clients: draft.members,
        ...(draft.ttl !== undefined && { ttl: draft.ttl }),
      });
      return { conversation: recordOf(entry), existing: false, eventAt };
    },
    async addMembers({ key }, { clients, limit, by, now }) {
      const entry = tables.conversations.get(key);
      if (entry === undefined) return undefined;
      const unchanged = clients.filter((client) => entry.members.has(client));
      const wished = clients.filter((client) => !entry.members.has(client));
      const room = Math.max(0, limit - entry.members.size);
      const changed = wished.slice(0, room);
      const eventAt = tables.nextMoment(Math.max(now, entry.lastTimestamp));
      if (changed.length > 0) {
        for (const client of changed) entry.members.set(client, newMember(entry.lastTimestamp));
        membersChanged(tables, entry, now);
        tell(tables, entry, entry.record.members, eventAt, by, { event: 'members-added', clients: changed });
      }
      return { conversation: recordOf(entry), changed, unchanged, refused: wished.slice(room), eventAt };
    },
    async removeMembers({ key }, { clients, by, now }) {
      const entry = tables.conversations.get(key);
      if (entry === undefined) return undefined;
      const before = entry.record.members;
      const changed = clients.filter((client) => entry.members.has(client));
      const unchanged = clients.filter((client) => !entry.members.has(client));
      const eventAt = tables.nextMoment(Math.max(now, entry.lastTimestamp));
      if (changed.length > 0) {
        putOut(entry, changed);
        membersChanged(tables, entry, now);
        tell(tables, entry, before, eventAt, by, { event: 'members-removed', clients: changed });
      }
      return { conversation: recordOf(entry), changed, unchanged, refused: [], eventAt };
    },
    async replaceColumns({ key }, { by, now, expectedVersion, columns, attributes }) {
      const entry = tables.conversations.get(key);
      if (entry === undefined) return undefined;
      if (entry.record.version !== expectedVersion) return 'conflict';
      change(entry, { columns }, now);
      const eventAt = tables.nextMoment(now);
      tell(tables, entry, entry.record.members, eventAt, by, { event: 'updated', ...attributes });
      return { conversation: recordOf(entry), eventAt };
    },
    async overwrite({ key }, { expectedVersion, columns, creator, members, mutedBy, now }) {
      const entry = tables.conversations.get(key);
      if (entry === undefined) return undefined;
      if (entry.record.version !== expectedVersion) return 'conflict';
      const { creator: _, ...others } = entry.record;
      entry.record = { ...others, columns, ...(creator !== undefined && { creator }) };
      if (entry.record.kind === 'basic') {
        putOut(
          entry,
          [...entry.members.keys()].filter((client) => !members.includes(client)),
        );
        for (const client of members) {
          if (!entry.members.has(client)) entry.members.set(client, newMember(entry.lastTimestamp));
        }
        entry.record = { ...entry.record, mutedBy };
      }
      membersChanged(tables, entry, now);
      return recordOf(entry);
    },
    async moderate(
      { key },
      { by, now, expectedVersion, roles, silenced, silencedUntil, blocked, remove, notices },
    ) {
      const entry = tables.conversations.get(key);
      if (entry === undefined) return undefined;
      if (entry.record.version !== expectedVersion) return 'conflict';
      const lists = {
        ...(roles !== undefined && { roles }),
        ...(silenced !== undefined && { silenced }),
        ...(silencedUntil !== undefined && { silencedUntil }),
        ...(blocked !== undefined && { blocked }),
      };
      entry.record = { ...entry.record, ...lists };
      putOut(entry, remove ?? []);
      membersChanged(tables, entry, now);
      const moments = notices.map(({ to, what }) => {
        const at = tables.nextMoment(Math.max(now, entry.lastTimestamp));
        tell(tables, entry, to, at, by, what);
        return at;
      });
      return { conversation: recordOf(entry), moments };
    },
    async setMuted({ key }, { client, muted, now }) {
      const entry = tables.conversations.get(key);
      if (entry === undefined) return undefined;
      const others = entry.record.mutedBy.filter((other) => other !== client);
      change(entry, { mutedBy: inJoiningOrder(entry, muted ? [...others, client] : others) }, now);
      return recordOf(entry);
    },
    async delete({ app, key }) {
      const entry = tables.conversations.get(key);
      if (entry === undefined || entry.record.app !== app) return false;
      tables.remove(entry);
      return true;
    },
    async query(query) {
      return inOrder(matching(tables, query), query.sort)
        .slice(query.skip, query.skip + query.limit)
        .map((entry) => {
          const lastMessage = query.withLastMessage ? entry.messages.at(-1) : undefined;
          return { conversation: recordOf(entry), ...(lastMessage !== undefined && { lastMessage }) };
        });
    },
    async count(query) {
      return matching(tables, query).length;
    },
    async roles(app, after, limit) {
      return [...tables.conversations.values()]
        .map(({ record }) => record)
        .filter((record) => record.app === app && record.key > after && record.roles.length > 0)
        .sort((a, b) => a.key - b.key)
        .slice(0, limit)
        .map(({ key, id, roles }) => ({ key, id, roles }));
    },
  };
}

function ownerOf(tables: Tables, draft: ConversationDraft): ConversationEntry | undefined {
  const name = pair(draft.app, memberSetKey(draft.members, draft.kind === 'temporary'));
  const owner = tables.byMemberSet.get(name);
  if (owner === undefined || isAlive(owner, draft.now)) return owner;
  // An expired temporary conversation that is not cleaned up yet must not keep its member set.
  const { uniqueId: _, ...record } = owner.record;
  owner.record = record;
  tables.byMemberSet.delete(name);
  return undefined;
}

function insert(tables: Tables, draft: ConversationDraft): ConversationEntry {
  if (tables.find(draft.app, draft.id) !== undefined) throw new Error(`The id ${draft.id} is taken.`);
  const { now, unique, members, quiet: _, ...rest } = draft;
  const entry: ConversationEntry = {
    record: {
      ...rest,
      key: tables.nextKey(),
      members: [...new Set(members)],
      mutedBy: [],
      roles: [],
      silenced: [],
      silencedUntil: [],
      blocked: [],
      unique,
      createdAt: now,
      updatedAt: now,
      version: 1,
    },
    messages: [],
    members: new Map(members.map((client) => [client, newMember(0)])),
    sendTokens: new Map(),
    receivers: new Map(),
    hidden: new Map(),
    lastSeq: 0,
    lastTimestamp: 0,
  };
  tables.conversations.set(entry.record.key, entry);
  tables.byId.set(pair(draft.app, draft.id), entry);
  renewUniqueId(tables, entry);
  return entry;
}

function newMember(readTo: Milliseconds) {
  return { readTo, deliveredTo: readTo, readChangedAt: 0 };
}

function putOut(entry: ConversationEntry, clients: readonly ClientId[]): void {
  for (const client of clients) entry.members.delete(client);
  const roles = entry.record.roles.filter(({ client }) => !clients.includes(client));
  entry.record = { ...entry.record, roles };
}

function membersChanged(tables: Tables, entry: ConversationEntry, now: Milliseconds): void {
  change(entry, { members: [...entry.members.keys()] }, now);
  entry.record = {
    ...entry.record,
    mutedBy: inJoiningOrder(entry, entry.record.mutedBy),
  };
  renewUniqueId(tables, entry);
}

function inJoiningOrder(entry: ConversationEntry, clients: readonly ClientId[]): readonly ClientId[] {
  return [...entry.members.keys()].filter((client) => clients.includes(client));
}

function change(entry: ConversationEntry, changed: Partial<ConversationRecord>, now: Milliseconds): void {
  const { updatedAt, version } = recordOf(entry);
  entry.record = {
    ...entry.record,
    ...changed,
    updatedAt: Math.max(now, updatedAt + 1),
    version: version + 1,
  };
}

/** A unique conversation is found by its current members; if another one has them already, this one loses its key. */
function renewUniqueId(tables: Tables, entry: ConversationEntry): void {
  const { uniqueId: before, ...record } = entry.record;
  if (!record.unique) return;
  if (before !== undefined) tables.byMemberSet.delete(pair(record.app, before));
  const uniqueId = memberSetKey(record.members, record.kind === 'temporary');
  const name = pair(record.app, uniqueId);
  const isFree = !tables.byMemberSet.has(name);
  if (isFree) tables.byMemberSet.set(name, entry);
  entry.record = isFree ? { ...record, uniqueId } : record;
}

function inOrder(
  entries: readonly ConversationEntry[],
  sort: ConversationQuery['sort'],
): readonly ConversationEntry[] {
  if (sort === 'insertion') return entries.toSorted((a, b) => a.record.createdAt - b.record.createdAt);
  const compare = compileSort(sort);
  return entries
    .map((entry) => ({ entry, document: conversationDocument(recordOf(entry)) }))
    .sort((a, b) => compare(a.document, b.document))
    .map(({ entry }) => entry);
}

/** Temporary conversations are only ever loaded by id, never found. */
function matching(
  tables: Tables,
  { app, condition, budget }: Pick<ConversationQuery, 'app' | 'condition' | 'budget'>,
): readonly ConversationEntry[] {
  const matches = compileCondition(condition);
  const deadline = performance.now() + budget;
  return [...tables.conversations.values()].filter((entry) => {
    if (performance.now() > deadline) throw new QueryTooSlow(`The query was given up after ${budget} ms.`);
    const { record } = entry;
    return (
      record.app === app &&
      entry.service === undefined &&
      record.expiresAt === undefined &&
      matches(conversationDocument(recordOf(entry)))
    );
  });
}
