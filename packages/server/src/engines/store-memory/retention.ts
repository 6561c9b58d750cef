import type { Milliseconds } from '../../domain/identifiers.ts';
import type { Deleted, RetentionRepository } from '../../domain/ports/retention.ts';
import { type ConversationEntry, recordOf, type Tables } from './tables.ts';

export function retentionRepository(tables: Tables): RetentionRepository {
  return {
    async deleteMessages(app, before, limit) {
      let deleted = 0;
      for (const { record, messages, sendTokens, hidden } of tables.conversations.values()) {
        if (record.app !== app) continue;
        const old = messages.findIndex((message) => message.timestamp >= before);
        const due = Math.min(old < 0 ? messages.length : old, limit - deleted);
        const gone = new Set(messages.splice(0, due).map(({ id }) => id));
        for (const [token, { id }] of sendTokens) if (gone.has(id)) sendTokens.delete(token);
        for (const id of gone) hidden.delete(id);
        deleted += due;
      }
      return deleted;
    },
    async deleteInactiveConversations(app, before, limit) {
      const inactive = [...tables.conversations.values()]
        .filter(({ record }) => record.app === app && record.expiresAt === undefined)
        .filter((entry) => lastActive(tables, entry) < before)
        .sort((a, b) => recordOf(a).updatedAt - recordOf(b).updatedAt);
      return deleteWithin(tables, inactive, limit, ({ record }) => record.id);
    },
    async deleteExpiredTemporary(now, limit) {
      const expired = [...tables.conversations.values()].filter(
        ({ record }) => record.expiresAt !== undefined && record.expiresAt <= now,
      );
      return deleteWithin(tables, expired, limit, ({ record }) => ({ app: record.app, id: record.id }));
    },
    async deleteRemainsOfConversations() {
      // They went with the conversation.
      return 0;
    },
    async deleteRemainsOfServices() {
      // They went with the service.
      return 0;
    },
    async forgetBroadcasts(now, limit) {
      const over = tables.broadcasts.filter(({ validUntil }) => validUntil <= now).slice(0, limit);
      tables.broadcasts = tables.broadcasts.filter((broadcast) => !over.includes(broadcast));
      return over.length;
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
    async deleteAuditEntries(app, before, limit) {
      let deleted = 0;
      tables.audit = tables.audit.filter((kept) => {
        const isDue = kept.app === app && kept.entry.at < before && deleted < limit;
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
    async deleteEndedBans(now, limit) {
      const over = [...tables.bans.values()]
        .flatMap((ofApp) => [...ofApp.values()].map((ban) => ({ ofApp, ...ban })))
        .filter(({ until }) => until !== undefined && until <= now)
        .slice(0, limit);
      for (const { ofApp, client } of over) ofApp.delete(client);
      return over.length;
    },
  };
}

/** A service lives as long as it talks to anybody. */
function lastActive(tables: Tables, entry: ConversationEntry): Milliseconds {
  const logs = [...tables.serviceLogs.values()].filter((log) => log.service === entry.record.key);
  return Math.max(...[entry, ...logs].map((each) => recordOf(each).updatedAt));
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
