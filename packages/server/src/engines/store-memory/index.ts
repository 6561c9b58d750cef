import type { AppRepository } from '../../domain/ports/app-repository.ts';
import { closable } from '../../domain/ports/closable.ts';
import type { NoticeRepository } from '../../domain/ports/notices.ts';
import type { SessionTokenRepository } from '../../domain/ports/session-tokens.ts';
import type { Store } from '../../domain/ports/store.ts';
import { auditRepository } from './audit.ts';
import {
  banRepository,
  dailyClientRepository,
  refusedConversationRepository,
  roomAbsenceRepository,
  tagHolderRepository,
} from './clients.ts';
import { conversationRepository } from './conversations.ts';
import { keywordRepository } from './keywords.ts';
import { memberStateRepository } from './member-states.ts';
import { messageRepository } from './messages.ts';
import { recordRepository } from './records.ts';
import { retentionRepository } from './retention.ts';
import { serviceRepository } from './services.ts';
import { pair, Tables } from './tables.ts';
import { webhookRepository } from './webhooks.ts';

/**
 * A store that forgets everything with the process: for tests, and the port in the fewest words. Each call does all
 * its work before it returns, so calls take effect in their order without further ado.
 */
export async function openMemoryStore(): Promise<Store> {
  const tables = new Tables();
  return closable(
    {
      apps: appRepository(tables),
      conversations: conversationRepository(tables),
      messages: messageRepository(tables),
      services: serviceRepository(tables),
      memberStates: memberStateRepository(tables),
      notices: noticeRepository(tables),
      sessionTokens: sessionTokenRepository(tables),
      records: recordRepository(),
      refusedConversations: refusedConversationRepository(tables),
      dailyClients: dailyClientRepository(tables),
      roomAbsences: roomAbsenceRepository(),
      tagHolders: tagHolderRepository(),
      webhooks: webhookRepository(tables),
      audit: auditRepository(tables),
      keywords: keywordRepository(),
      bans: banRepository(tables),
      retention: retentionRepository(tables),
      async ping() {},
      async latestTime() {
        return 0;
      },
    },
    async () => {},
  );
}

function appRepository(tables: Tables): AppRepository {
  return {
    async list() {
      return [...tables.apps];
    },
    async create(app, audit) {
      const existing = tables.apps.find(({ id }) => id === app.id);
      if (existing !== undefined) return { app: existing, existing: true };
      const created = { ...app, key: tables.apps.length + 1 };
      tables.apps.push(created);
      if (audit !== undefined) tables.addAuditEntry(created.key, audit);
      return { app: created, existing: false };
    },
    async update(key, change, audit) {
      const index = tables.apps.findIndex((app) => app.key === key);
      const app = tables.apps[index];
      if (app === undefined) return undefined;
      const updated = { ...app, ...change };
      tables.apps[index] = updated;
      if (audit !== undefined) tables.addAuditEntry(key, audit);
      return updated;
    },
  };
}

function noticeRepository(tables: Tables): NoticeRepository {
  return {
    async since(app, client, since, limit) {
      return tables.notices
        .filter((kept) => kept.app === app && kept.recipients.has(client) && kept.notice.at > since)
        .slice(0, limit)
        .map(({ notice }) => notice);
    },
  };
}

function sessionTokenRepository(tables: Tables): SessionTokenRepository {
  return {
    async loadInvalidations(now) {
      const inForce = [...tables.closedSessions].filter(([, until]) => until > now);
      return {
        epochs: [...tables.epochs.values()],
        closedSessions: inForce.map(([session, until]) => ({ session, until })),
      };
    },
    async raiseEpoch(app, client, now) {
      const name = pair(app, client);
      const epoch = Math.max((tables.epochs.get(name)?.epoch ?? 0) + 1, now);
      tables.epochs.set(name, { app, client, epoch });
      return epoch;
    },
    async closeSession(session, until) {
      tables.closedSessions.set(session, Math.max(until, tables.closedSessions.get(session) ?? 0));
    },
  };
}
