import type { Deleted, RetentionRepository } from '../../domain/ports/store.ts';
import { type ConversationEntry, recordOf, type Tables } from './tables.ts';

export function retentionRepository(tables: Tables): RetentionRepository {
  return {
    async deleteMessages(app, before, limit) {
      let deleted = 0;
      for (const { record, messages, sendTokens } of tables.conversations.values()) {
        if (record.app !== app) continue;
        const old = messages.findIndex((message) => message.timestamp >= before);
        const due = Math.min(old < 0 ? messages.length : old, limit - deleted);
        const gone = new Set(messages.splice(0, due).map(({ id }) => id));
        for (const [token, { id }] of sendTokens) if (gone.has(id)) sendTokens.delete(token);
        deleted += due;
      }
      return deleted;
    },
    async deleteInactiveConversations(app, before, limit) {
      const inactive = [...tables.conversations.values()]
        .filter(({ record }) => record.app === app && record.expiresAt === undefined)
        .filter((entry) => recordOf(entry).updatedAt < before)
        .sort((a, b) => recordOf(a).updatedAt - recordOf(b).updatedAt);
      return deleteWithin(tables, inactive, limit, ({ record }) => record.id);
    },
    async deleteExpiredTemporary(now, limit) {
      const expired = [...tables.conversations.values()].filter(
        ({ record }) => record.expiresAt !== undefined && record.expiresAt <= now,
      );
      return deleteWithin(tables, expired, limit, ({ record }) => ({ app: record.app, id: record.id }));
    },
    async forgetSendTokens(before, limit) {
      let forgotten = 0;
      for (const { sendTokens } of tables.conversations.values()) {
        for (const [token, { timestamp }] of sendTokens) {
          if (timestamp >= before || forgotten >= limit) continue;
          sendTokens.delete(token);
          forgotten++;
        }
      }
      return forgotten;
    },
    async deleteNotices(app, before, limit) {
      let deleted = 0;
      tables.notices = tables.notices.filter((kept) => {
        const isDue = kept.app === app && kept.notice.at < before && deleted < limit;
        if (isDue) deleted++;
        return !isDue;
      });
      return deleted;
    },
    async deleteClosedSessions(now, limit) {
      const over = [...tables.closedSessions].filter(([, until]) => until <= now).slice(0, limit);
      for (const [session] of over) tables.closedSessions.delete(session);
      return over.length;
    },
  };
}

function deleteWithin<Name>(
  tables: Tables,
  due: readonly ConversationEntry[],
  limit: number,
  nameOf: (entry: ConversationEntry) => Name,
): Deleted<Name> {
  const batch = due.slice(0, limit);
  for (const entry of batch) tables.remove(entry);
  return { deleted: batch.map(nameOf), hasMore: due.length > limit };
}
