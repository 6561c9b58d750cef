import { closeSync, openSync } from 'node:fs';
import { closable } from '../../domain/ports/closable.ts';
import { QueryTooSlow } from '../../domain/ports/query-too-slow.ts';
import type { SentToClients, ServiceMessageDraft } from '../../domain/ports/services.ts';
import type { Store } from '../../domain/ports/store.ts';
import { LogGate } from './log-gate.ts';
import { soughtBy } from './sought.ts';
import { Unsettled } from './unsettled.ts';
import { type BatchObserver, WorkerClient } from './worker-client.ts';
import type { WorkerData } from './worker-protocol.ts';

export { DatabaseInUse, DatabaseTooNew, DatabaseUnusable } from './failures.ts';

export interface SqliteOptions {
  /** The database file; its folder is created where it is missing. */
  readonly path: string;
  /** Told once if the store cannot go on. Every call rejects from then on; end the process. */
  readonly onFatal: (error: Error) => void;
  /** Told of every commit: how many calls shared it, and how long it took. */
  readonly onCommit?: BatchObserver;
}

/**
 * The embedded store: one SQLite file, a thread that writes, a thread that reads and a thread that searches.
 *
 * @throws DatabaseInUse, DatabaseTooNew, DatabaseUnusable
 */
export async function openSqliteStore({ path, onFatal, onCommit }: SqliteOptions): Promise<Store> {
  let fatal = (error: Error) => {
    fatal = () => {};
    onFatal(error);
  };
  const start = (entry: string, data: WorkerData, answered?: BatchObserver) =>
    WorkerClient.start(new URL(entry, import.meta.url), data, (error) => fatal(error), answered);
  const gate = new LogGate().memory;
  const writer = await start('./writer/main.ts', { path, gate }, onCommit);
  // Closed when no thread has the database open any more: closing any descriptor of a file ends the locks that SQLite
  // holds on it.
  const databaseFile = openSync(path, 'r+');
  const [reader, searcher] = await Promise.all([
    start('./reader/main.ts', { path, gate, databaseFile }),
    // A query that has to look at every conversation may take a second, a search by type at every message of one:
    // histories and logins are not to wait for that.
    start('./reader/main.ts', { path }),
  ]);
  const unsettled = new Unsettled(writer);
  unsettled.recover();

  const store: Omit<Store, 'close'> = {
    apps: {
      list: () => writer.call('listApps'),
      create: (app, audit) => writer.call('createApp', app, audit),
      update: (key, change, audit) => writer.call('updateApp', key, change, audit),
    },
    conversations: {
      load: (app, ids, now) => writer.call('loadConversations', app, ids, now),
      create: (draft) => writer.call('createConversation', draft),
      addMembers: (ref, change) => writer.call('addMembers', plainRef(ref), change),
      removeMembers: (ref, change) => writer.call('removeMembers', plainRef(ref), change),
      replaceColumns: (ref, change) => writer.call('replaceColumns', plainRef(ref), change),
      overwrite: (ref, change) => writer.call('overwriteConversation', plainRef(ref), change),
      moderate: (ref, change) => writer.call('moderate', plainRef(ref), change),
      setMuted: (ref, change) => writer.call('setMuted', plainRef(ref), change),
      delete: (ref) => writer.call('deleteConversation', plainRef(ref)),
      async query(query) {
        await unsettled.settleSought(query.app, soughtBy(query.condition));
        return searcher.call('query', query);
      },
      async count(query) {
        await unsettled.settleSought(query.app, soughtBy(query.condition));
        return searcher.call('count', query);
      },
      roles: (app, after, limit) => searcher.call('roles', app, after, limit),
    },
    messages: {
      append(draft) {
        unsettled.appended(draft.conversation);
        return writer.call('append', draft);
      },
      patch: (draft) => writer.call('patch', draft),
      delete: (conversation, id, place) => writer.call('deleteMessage', conversation, id, place),
      overwrite: (conversation, id, change) => writer.call('overwriteMessage', conversation, id, change),
      async log(range) {
        const until = performance.now() + range.budget;
        while (await writer.call<boolean>('indexLog')) {
          if (performance.now() >= until) throw new QueryTooSlow('The log is still being indexed.');
        }
        return reader.call('log', range);
      },
      async history(range) {
        await unsettled.settle(range.conversation);
        return (range.type === undefined ? reader : searcher).call('history', range);
      },
      async find(conversation, id, hint) {
        await unsettled.settle(conversation);
        return reader.call('find', conversation, id, hint);
      },
      async patchedSince(app, client, since, limit, now) {
        await unsettled.settleOf(app, client);
        return reader.call('patchedSince', app, client, since, limit, now);
      },
    },
    services: {
      subscribe: (service, client, now) => writer.call('subscribe', plainRef(service), client, now),
      unsubscribe: (service, client) => writer.call('unsubscribe', plainRef(service), client),
      setMuted: (service, client, muted) =>
        writer.call('setSubscriptionMuted', plainRef(service), client, muted),
      subscriptions: (client, services) => reader.call('subscriptions', client, services),
      subscriptionsOf: (app, client, page) => reader.call('subscriptionsOf', app, client, page),
      subscribers: (service, after, limit) => reader.call('subscribers', service, after, limit),
      countSubscribers: (service) => reader.call('countSubscribers', service),
      logsOf: (service, client) => reader.call('serviceLogs', plainRef(service), client),
      hide: (service, client, message) => writer.call('hideMessage', plainRef(service), client, message),
      sendToSubscribers(draft) {
        unsettled.appended(draft.service.key);
        return writer.call('sendToSubscribers', plainService(draft));
      },
      nameExchange: (service, client, now) => writer.call('nameExchange', plainRef(service), client, now),
      exchangeNamed: (app, logKey) => reader.call('exchangeNamed', app, logKey),
      sendToClients: (draft) => appendedToLogs(writer.call('sendToClients', plainService(draft))),
      receive: (draft) => appendedToLogs(writer.call('receive', plainService(draft))),
      async received(query) {
        await unsettled.settleAll();
        return reader.call('received', query);
      },
      broadcast: (draft) => writer.call('broadcast', plainService(draft)),
      broadcasts: (service, now, skip, limit) =>
        reader.call('broadcasts', plainRef(service), now, skip, limit),
      withdrawBroadcast: (app, id) => writer.call('withdrawBroadcast', app, id),
      rememberClient: (app, client, now) => writer.call('rememberClient', app, client, now),
    },
    memberStates: {
      acknowledge: (conversation, client, what, now) =>
        writer.call('acknowledge', conversation, client, what, now),
      markRead: (conversation, client, position, now) =>
        writer.call('markRead', conversation, client, position, now),
      async unread(app, client, changedSince, now) {
        await unsettled.settleOf(app, client);
        return reader.call('unread', app, client, changedSince, now);
      },
      async positions(conversation) {
        await unsettled.settle(conversation);
        return reader.call('positions', conversation);
      },
      async unacknowledged(app, client, limitPerConversation, now) {
        await unsettled.settleOf(app, client);
        return reader.call('unacknowledged', app, client, limitPerConversation, now);
      },
    },
    notices: {
      since: (app, client, since, limit) => reader.call('noticesSince', app, client, since, limit),
    },
    sessionTokens: {
      loadInvalidations: (now) => writer.call('loadInvalidations', now),
      raiseEpoch: (app, client, now) => writer.call('raiseEpoch', app, client, now),
      closeSession: (session, until) => writer.call('closeSession', session, until),
    },
    refusedConversations: {
      add: (app, client, conversation) => writer.call('refuseConversation', app, client, conversation),
      remove: (app, client, conversation) => writer.call('allowConversation', app, client, conversation),
      list: (app, client, skip, limit) => reader.call('refusedConversations', app, client, skip, limit),
      refusedBy: (app, conversation, clients) => reader.call('refusedBy', app, conversation, clients),
    },
    dailyClients: {
      add: (app, day, clients) => writer.call('addDailyClients', app, day, clients),
      count: (app, day) => reader.call('countDailyClients', app, day),
      has: (app, day, client) => reader.call('hasDailyClient', app, day, client),
      forget: (before, limit) => writer.call('forgetDailyClients', before, limit),
    },
    roomAbsences: {
      keep: (absences) => writer.call('keepRoomAbsences', absences),
      take: () => writer.call('takeRoomAbsences'),
    },
    tagHolders: {
      put: (holder) => writer.call('putTagHolder', holder),
      remove: (holder) => writer.call('removeTagHolder', holder),
      newest: (limit) => reader.call('newestTagHolders', limit),
      forgetOldest: (kept, limit) => writer.call('forgetTagHolders', kept, limit),
    },
    webhooks: {
      endOfLog: () => reader.call('endOfLog'),
      messagesAfter: (app, place, limit) => reader.call('messagesAfter', app, place, limit),
      addEvent: (app, event) => writer.call('addWebhookEvent', app, event),
      endOfEvents: () => reader.call('endOfEvents'),
      eventsAfter: (app, place, limit) => reader.call('eventsAfter', app, place, limit),
      forgetEvents: (app, from, to) => writer.call('forgetWebhookEvents', app, from, to),
      position: (app, webhook) => reader.call('webhookPosition', app, webhook),
      setPosition: (app, webhook, place) => writer.call('setWebhookPosition', app, webhook, place),
      giveUp: (app, webhook, letter) => writer.call('giveUpWebhook', app, webhook, letter),
      deadLetters: (app, skip, limit) => reader.call('deadLetters', app, skip, limit),
      countDeadLetters: (app) => reader.call('countDeadLetters', app),
      removeDeadLetter: (app, id) => writer.call('removeDeadLetter', app, id),
      deleteOld: (app, before, limit) => writer.call('deleteOldOfWebhooks', app, before, limit),
    },
    audit: {
      add: (app, draft) => writer.call('addAuditEntry', app, draft),
      list: (query) => searcher.call('auditEntries', query),
    },
    keywords: {
      apps: () => reader.call('keywordApps'),
      read: (app) => reader.call('keywords', app),
      replace: (app, keywords) => writer.call('replaceKeywords', app, keywords),
    },
    bans: {
      loadAll: (now) => reader.call('allBans', now),
      put: (app, ban) => writer.call('putBan', app, ban),
      lift: (app, client) => writer.call('liftBan', app, client),
      list: (app, now, after, limit) => reader.call('bans', app, now, after, limit),
    },
    retention: {
      deleteMessages: (app, before, limit) => writer.call('deleteMessages', app, before, limit),
      deleteInactiveConversations: (app, before, limit) =>
        writer.call('deleteInactiveConversations', app, before, limit),
      deleteExpiredTemporary: (now, limit) => writer.call('deleteExpiredTemporary', now, limit),
      deleteRemainsOfConversations: (limit) => writer.call('deleteRemainsOfConversations', limit),
      deleteRemainsOfServices: (limit) => writer.call('deleteRemainsOfServices', limit),
      forgetBroadcasts: (now, limit) => writer.call('forgetBroadcasts', now, limit),
      forgetSendTokens: (before, limit) => writer.call('forgetSendTokens', before, limit),
      deleteNotices: (app, before, limit) => writer.call('deleteNotices', app, before, limit),
      deleteAuditEntries: (app, before, limit) => writer.call('deleteAuditEntries', app, before, limit),
      deleteClosedSessions: (now, limit) => writer.call('deleteClosedSessions', now, limit),
      deleteEndedBans: (now, limit) => writer.call('deleteEndedBans', now, limit),
    },
    records: {
      create: (draft) => writer.call('createRecord', draft),
      replace: (ref, change) => writer.call('replaceRecord', ref, change),
      remove: (ref) => writer.call('removeRecord', ref),
      load: (app, className, ids) => reader.call('loadRecords', app, className, ids),
      findByKey: (app, className, key) => reader.call('findRecordByKey', app, className, key),
      hasClass: (app, className) => reader.call('hasRecordClass', app, className),
      holdersOf: (className, keyName, createdBefore, limit) =>
        reader.call('holdersOfKey', className, keyName, createdBefore, limit),
      query: (query) => searcher.call('queryRecords', query),
      count: (query) => searcher.call('countRecords', query),
    },
    ping: () => writer.call('ping'),
    latestTime: () => writer.call('latestTime'),
  };
  /** Which logs a message went to is known only when it is there; nobody can have counted on it before. */
  async function appendedToLogs(appending: Promise<SentToClients>): Promise<SentToClients> {
    const sent = await appending;
    if (sent.state === 'appended') for (const { log } of sent.logs) unsettled.appended(log);
    return sent;
  }

  return closable(store, async () => {
    // A read may still wait for the writer to index what it looks for, and is asked of its thread only then.
    await writer.finish();
    await Promise.all([reader.close(), searcher.close()]);
    await writer.close();
    closeSync(databaseFile);
  });
}

function plainService<Draft extends ServiceMessageDraft>(draft: Draft): Draft {
  return { ...draft, service: plainRef(draft.service) };
}

/** Callers pass whole conversations as references; their members need not cross to the worker. */
function plainRef({ app, key }: { readonly app: number; readonly key: number }) {
  return { app, key };
}
