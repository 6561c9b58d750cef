import type { ConversationRecord } from '../../../domain/conversation/conversation.ts';
import type {
  AppKey,
  ClientId,
  ConversationId,
  ConversationKey,
  Milliseconds,
} from '../../../domain/identifiers.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type {
  ConversationDraft,
  ConversationOverwrite,
  ConversationRef,
  MembershipChange,
  MembershipOutcome,
  ModerationChange,
  ModerationOutcome,
} from '../../../domain/ports/conversations.ts';
import { memberSetKey } from '../../../domain/ports/member-set-key.ts';
import { CONVERSATION_COLUMNS, conversationOf } from '../rows.ts';
import type { Statements } from '../statements.ts';
import { AttributeIndex } from './attribute-index.ts';
import type { ConversationTails } from './conversation-tails.ts';
import type { NoticeWrites } from './notice-writes.ts';

interface ColumnsChange {
  readonly by?: ClientId;
  readonly now: Milliseconds;
  readonly expectedVersion: number;
  readonly columns: JsonObject;
  readonly attributes: { readonly requested: JsonObject; readonly resulting: JsonObject };
}

/** Everything that changes a conversation or must be ordered with its changes. */
export class ConversationWrites {
  readonly #sql: Statements;
  readonly #tails: ConversationTails;
  readonly #notices: NoticeWrites;
  readonly #attributes: AttributeIndex;

  constructor(sql: Statements, tails: ConversationTails, notices: NoticeWrites) {
    this.#sql = sql;
    this.#tails = tails;
    this.#notices = notices;
    this.#attributes = new AttributeIndex(sql);
  }

  load(app: AppKey, ids: readonly ConversationId[], now: Milliseconds): readonly ConversationRecord[] {
    return ids.flatMap((id) => {
      const row = this.#sql.get(
        'SELECT key, expires_at FROM conversation WHERE app = ? AND id = ? AND service IS NULL',
        app,
        id,
      );
      if (row === undefined || (row.expires_at !== null && Number(row.expires_at) <= now)) return [];
      return this.#record(Number(row.key)) ?? [];
    });
  }

  create(draft: ConversationDraft) {
    const uniqueId = draft.unique ? memberSetKey(draft.members, draft.kind === 'temporary') : undefined;
    const existing = uniqueId === undefined ? undefined : this.#ofMemberSet(draft.app, uniqueId, draft.now);
    if (existing !== undefined) {
      return { conversation: existing, existing: true, eventAt: this.#notices.nextMoment(draft.now) };
    }
    const key = this.#sql.insert(
      `INSERT INTO conversation (app, id, kind, creator, columns, is_unique, unique_id, created_at, updated_at, version, ttl, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
      draft.app,
      draft.id,
      draft.kind,
      draft.creator ?? null,
      JSON.stringify(draft.columns),
      draft.unique ? 1 : 0,
      uniqueId ?? null,
      draft.now,
      draft.now,
      draft.ttl ?? null,
      draft.expiresAt ?? null,
    );
    for (const client of draft.members) this.#insertMember(draft.app, key, client, 0);
    this.#attributes.change(draft.app, key, {}, draft.columns);
    const eventAt = this.#notices.nextMoment(draft.now);
    const conversation = this.#existing(key);
    this.#notices.tell(conversation, draft.quiet ? [] : draft.members, eventAt, draft.by, {
      event: 'members-added',
      clients: draft.members,
      ...(draft.ttl !== undefined && { ttl: draft.ttl }),
    });
    return { conversation, existing: false, eventAt };
  }

  addMembers(ref: ConversationRef, change: MembershipChange & { readonly limit: number }): MembershipOutcome {
    const before = this.#record(ref.key);
    if (before === undefined) return undefined;
    const members = new Set(before.members);
    const wished = change.clients.filter((client) => !members.has(client));
    const room = Math.max(0, change.limit - members.size);
    const changed = wished.slice(0, room);
    const eventAt = this.#momentAfterMessages(ref.key, change.now);
    if (changed.length > 0) {
      const newest = this.#tails.of(ref.key)?.timestamp ?? 0;
      for (const client of changed) this.#insertMember(ref.app, ref.key, client, newest);
      this.#changed(before, change.now);
      this.#renewUniqueId(before);
    }
    const conversation = this.#existing(ref.key);
    if (changed.length > 0) {
      this.#notices.tell(conversation, conversation.members, eventAt, change.by, {
        event: 'members-added',
        clients: changed,
      });
    }
    return {
      conversation,
      changed,
      unchanged: change.clients.filter((client) => members.has(client)),
      refused: wished.slice(room),
      eventAt,
    };
  }

  removeMembers(ref: ConversationRef, change: MembershipChange): MembershipOutcome {
    const before = this.#record(ref.key);
    if (before === undefined) return undefined;
    const members = new Set(before.members);
    const changed = change.clients.filter((client) => members.has(client));
    const eventAt = this.#momentAfterMessages(ref.key, change.now);
    if (changed.length > 0) {
      this.#putOut(before, changed);
      this.#changed(before, change.now);
      this.#renewUniqueId(before);
    }
    const conversation = this.#existing(ref.key);
    if (changed.length > 0) {
      this.#notices.tell(conversation, before.members, eventAt, change.by, {
        event: 'members-removed',
        clients: changed,
      });
    }
    return {
      conversation,
      changed,
      unchanged: change.clients.filter((client) => !members.has(client)),
      refused: [],
      eventAt,
    };
  }

  /** Clients tell by the times whether a message came before its receiver left; messages of one millisecond run ahead. */
  #momentAfterMessages(conversation: ConversationKey, now: Milliseconds): Milliseconds {
    return this.#notices.nextMoment(Math.max(now, this.#tails.of(conversation)?.timestamp ?? 0));
  }

  replaceColumns(ref: ConversationRef, change: ColumnsChange) {
    const before = this.#record(ref.key);
    if (before === undefined) return undefined;
    if (before.version !== change.expectedVersion) return 'conflict';
    this.#sql.run(
      'UPDATE conversation SET columns = ? WHERE key = ?',
      JSON.stringify(change.columns),
      ref.key,
    );
    this.#attributes.change(before.app, ref.key, before.columns, change.columns);
    this.#changed(before, change.now);
    const conversation = this.#existing(ref.key);
    const eventAt = this.#notices.nextMoment(change.now);
    this.#notices.tell(conversation, conversation.members, eventAt, change.by, {
      event: 'updated',
      ...change.attributes,
    });
    return { conversation, eventAt };
  }

  overwrite(
    ref: ConversationRef,
    change: ConversationOverwrite,
  ): ConversationRecord | 'conflict' | undefined {
    const before = this.#record(ref.key);
    if (before === undefined) return undefined;
    if (before.version !== change.expectedVersion) return 'conflict';
    this.#sql.run(
      'UPDATE conversation SET columns = ?, creator = ? WHERE key = ?',
      JSON.stringify(change.columns),
      change.creator ?? null,
      ref.key,
    );
    this.#attributes.change(before.app, ref.key, before.columns, change.columns);
    if (before.kind === 'basic') this.#overwriteMembers(before, change);
    this.#changed(before, change.now);
    this.#renewUniqueId(before);
    return this.#existing(ref.key);
  }

  #overwriteMembers(before: ConversationRecord, { members, mutedBy }: ConversationOverwrite): void {
    const [present, wanted, muted] = [new Set(before.members), new Set(members), new Set(mutedBy)];
    const newest = this.#tails.of(before.key)?.timestamp ?? 0;
    this.#putOut(
      before,
      before.members.filter((client) => !wanted.has(client)),
    );
    for (const client of wanted) {
      if (!present.has(client)) this.#insertMember(before.app, before.key, client, newest);
      this.#sql.run(
        'UPDATE member SET muted = ? WHERE conversation = ? AND client = ?',
        muted.has(client) ? 1 : 0,
        before.key,
        client,
      );
    }
  }

  moderate(ref: ConversationRef, change: ModerationChange): ModerationOutcome {
    const before = this.#record(ref.key);
    if (before === undefined) return undefined;
    if (before.version !== change.expectedVersion) return 'conflict';
    this.#setList(ref.key, 'roles', change.roles);
    this.#setList(ref.key, 'silenced', change.silenced);
    this.#setList(ref.key, 'silenced_until', change.silencedUntil);
    this.#setList(ref.key, 'blocked', change.blocked);
    const removed = change.remove?.filter((client) => before.members.includes(client)) ?? [];
    if (removed.length > 0) this.#putOut(this.#existing(ref.key), removed);
    this.#changed(before, change.now);
    if (removed.length > 0) this.#renewUniqueId(before);
    const conversation = this.#existing(ref.key);
    const moments = change.notices.map(({ to, what }) => {
      const at = this.#momentAfterMessages(ref.key, change.now);
      this.#notices.tell(conversation, to, at, change.by, what);
      return at;
    });
    return { conversation, moments };
  }

  setMuted(
    ref: ConversationRef,
    change: { readonly client: ClientId; readonly muted: boolean; readonly now: Milliseconds },
  ): ConversationRecord | undefined {
    const before = this.#record(ref.key);
    if (before === undefined) return undefined;
    this.#sql.run(
      'UPDATE member SET muted = ? WHERE conversation = ? AND client = ?',
      change.muted ? 1 : 0,
      ref.key,
      change.client,
    );
    this.#changed(before, change.now);
    return this.#existing(ref.key);
  }

  #putOut({ key, roles }: ConversationRecord, clients: readonly ClientId[]): void {
    for (const client of clients) {
      this.#sql.run('DELETE FROM member WHERE conversation = ? AND client = ?', key, client);
    }
    if (roles.some(({ client }) => clients.includes(client))) {
      const kept = roles.filter(({ client }) => !clients.includes(client));
      this.#setList(key, 'roles', kept);
    }
  }

  #setList(
    key: ConversationKey,
    column: 'roles' | 'silenced' | 'silenced_until' | 'blocked',
    list: readonly unknown[] | undefined,
  ): void {
    if (list === undefined) return;
    const json = list.length === 0 ? null : JSON.stringify(list);
    this.#sql.run(`UPDATE conversation SET ${column} = ? WHERE key = ?`, json, key);
  }

  /** Deletes a conversation, and notes that its messages are to follow. */
  deleteWithRemains({ app, key }: ConversationRef): boolean {
    const known = this.#sql.get('SELECT 1 FROM conversation WHERE app = ? AND key = ?', app, key);
    if (known === undefined) return false;
    this.delete(key);
    this.#sql.run('INSERT INTO deleted_conversation (key) VALUES (?)', key);
    return true;
  }

  /** Deletes a conversation with everything in it but its messages. */
  delete(key: ConversationKey): void {
    const record = this.#record(key);
    if (record !== undefined) this.#attributes.change(record.app, key, record.columns, {});
    const service = this.#sql.get("SELECT service FROM conversation WHERE key = ? AND kind = 'service'", key);
    // There may be a million subscribers and logs: `deleteRemainsOfServices` takes them bit by bit.
    if (service?.service === null) this.#sql.run('INSERT INTO deleted_service (key) VALUES (?)', key);
    else this.#sql.run('DELETE FROM member WHERE conversation = ?', key);
    this.#sql.run('DELETE FROM conversation WHERE key = ?', key);
    this.#tails.forget(key);
  }

  #record(key: ConversationKey): ConversationRecord | undefined {
    const row = this.#sql.get(`SELECT ${CONVERSATION_COLUMNS} FROM conversation WHERE key = ?`, key);
    if (row === undefined) return undefined;
    const record = conversationOf(this.#sql, row);
    // The row follows the message log late; the tails know.
    const newest = this.#tails.of(key)?.timestamp ?? 0;
    if (newest === 0) return record;
    return { ...record, lastMessageAt: newest, updatedAt: Math.max(record.updatedAt, newest) };
  }

  #existing(key: ConversationKey): ConversationRecord {
    const record = this.#record(key);
    if (record === undefined) throw new Error(`Conversation ${key} vanished within its own transaction.`);
    return record;
  }

  #ofMemberSet(app: AppKey, uniqueId: string, now: Milliseconds): ConversationRecord | undefined {
    const row = this.#sql.get(
      'SELECT key, expires_at FROM conversation WHERE app = ? AND unique_id = ?',
      app,
      uniqueId,
    );
    if (row === undefined) return undefined;
    const key = Number(row.key);
    if (row.expires_at === null || Number(row.expires_at) > now) return this.#record(key);
    // An expired temporary conversation that is not cleaned up yet must not keep its member set.
    this.#sql.run('UPDATE conversation SET unique_id = NULL WHERE key = ?', key);
    return undefined;
  }

  #insertMember(app: AppKey, key: ConversationKey, client: ClientId, readTo: Milliseconds): void {
    this.#sql.run(
      `INSERT INTO member (conversation, client, app, position, read_to, delivered_to)
       VALUES (?1, ?2, ?3, (SELECT coalesce(max(position), 0) + 1 FROM member WHERE conversation = ?1), ?4, ?4)`,
      key,
      client,
      app,
      readTo,
    );
  }

  #changed(before: ConversationRecord, now: Milliseconds): void {
    this.#sql.run(
      'UPDATE conversation SET updated_at = ?, version = version + 1 WHERE key = ?',
      Math.max(now, before.updatedAt + 1),
      before.key,
    );
  }

  /** A unique conversation is found by its current members; if another one has them already, this one loses its key. */
  #renewUniqueId(before: ConversationRecord): void {
    if (!before.unique) return;
    const members = this.#sql
      .all('SELECT client FROM member WHERE conversation = ?', before.key)
      .map((row) => row.client as string);
    const uniqueId = memberSetKey(members, before.kind === 'temporary');
    const owner = this.#sql.get(
      'SELECT key FROM conversation WHERE app = ? AND unique_id = ?',
      before.app,
      uniqueId,
    );
    const isFree = owner === undefined || Number(owner.key) === before.key;
    this.#sql.run(
      'UPDATE conversation SET unique_id = ? WHERE key = ?',
      isFree ? uniqueId : null,
      before.key,
    );
  }
}
