// A worker thread that reads, so that a long history or query delays neither commits nor the event loop.
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { explain } from '../lock.ts';
import { LogGate } from '../log-gate.ts';
import { findMessage } from '../message-lookup.ts';
import { openForReading } from '../open-database.ts';
import { Statements } from '../statements.ts';
import type { Answer, Call, FromWorker, Operations, ToWorker, WorkerData } from '../worker-protocol.ts';
import { readAuditEntries } from './audit-reads.ts';
import { readAllBans, readBans } from './ban-reads.ts';
import {
  countDailyClients,
  hasDailyClient,
  readNewestTagHolders,
  readRefusedBy,
  readRefusedConversations,
} from './client-reads.ts';
import { readHistory } from './history.ts';
import { readKeywordApps, readKeywords } from './keyword-reads.ts';
import { LogMerger } from './log-merger.ts';
import {
  readNotices,
  readPatchedSince,
  readPositions,
  readUnacknowledged,
  readUnread,
} from './member-state-reads.ts';
import { readLog } from './operator-log-reads.ts';
import { countConversations, queryConversations } from './query.ts';
import {
  countRecords,
  findRecordByKey,
  hasRecordClass,
  holdersOfKey,
  loadRecords,
  queryRecords,
} from './record-reads.ts';
import { readRoles } from './role-reads.ts';
import {
  countSubscribers,
  readBroadcasts,
  readExchange,
  readReceived,
  readServiceLogs,
  readSubscribers,
  readSubscriptions,
  readSubscriptionsOf,
} from './service-reads.ts';
import { inSnapshot } from './snapshot.ts';
import {
  countDeadLetters,
  readDeadLetters,
  readEndOfEvents,
  readEndOfLog,
  readEventsAfter,
  readMessagesAfter,
  readPosition,
} from './webhook-reads.ts';

/** Milliseconds. */
const MERGE_EVERY = 1000;

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread.');
const tell = (message: FromWorker) => port.postMessage(message);
const { path, databaseFile, gate } = workerData as WorkerData;

try {
  serve();
} catch (error) {
  const { name, message } = explain(error, dirname(path));
  tell({ failed: { name, message } });
}

function serve(): void {
  const db = openForReading(path);
  const operations = operationTable(new Statements(db));
  const merger = databaseFile === undefined ? undefined : new LogMerger(db, databaseFile, new LogGate(gate));
  const merging = merger && setInterval(() => merger.merge(), MERGE_EVERY);

  port?.on('message', (message: ToWorker) => {
    if (message === 'close') {
      clearInterval(merging);
      merger?.close();
      db.close();
      port.close();
      return;
    }
    // A snapshot of its own for each: one for all would keep what is committed meanwhile from being merged.
    tell(message.map((call) => perform(db, operations, call)));
  });
  tell('ready');
}

function perform(db: DatabaseSync, operations: Operations, { operation, args }: Call): Answer {
  try {
    const perform = operations[operation];
    if (perform === undefined) throw new Error(`The store has no operation ${operation}.`);
    return { ok: true, value: inSnapshot(db, () => perform(...(args as never[]))) };
  } catch (error) {
    const { name, message } = error as Error;
    return { ok: false, error: { name, message } };
  }
}

function operationTable(sql: Statements): Operations {
  return {
    ping: () => undefined,
    history: readHistory.bind(undefined, sql),
    find: findMessage.bind(undefined, sql),
    patchedSince: readPatchedSince.bind(undefined, sql),
    unread: readUnread.bind(undefined, sql),
    positions: readPositions.bind(undefined, sql),
    unacknowledged: readUnacknowledged.bind(undefined, sql),
    noticesSince: readNotices.bind(undefined, sql),
    query: queryConversations.bind(undefined, sql),
    count: countConversations.bind(undefined, sql),
    roles: readRoles.bind(undefined, sql),
    loadRecords: loadRecords.bind(undefined, sql),
    findRecordByKey: findRecordByKey.bind(undefined, sql),
    hasRecordClass: hasRecordClass.bind(undefined, sql),
    holdersOfKey: holdersOfKey.bind(undefined, sql),
    queryRecords: queryRecords.bind(undefined, sql),
    countRecords: countRecords.bind(undefined, sql),
    subscriptions: readSubscriptions.bind(undefined, sql),
    subscriptionsOf: readSubscriptionsOf.bind(undefined, sql),
    subscribers: readSubscribers.bind(undefined, sql),
    countSubscribers: countSubscribers.bind(undefined, sql),
    serviceLogs: readServiceLogs.bind(undefined, sql),
    exchangeNamed: readExchange.bind(undefined, sql),
    received: readReceived.bind(undefined, sql),
    endOfLog: readEndOfLog.bind(undefined, sql),
    messagesAfter: readMessagesAfter.bind(undefined, sql),
    webhookPosition: readPosition.bind(undefined, sql),
    endOfEvents: readEndOfEvents.bind(undefined, sql),
    eventsAfter: readEventsAfter.bind(undefined, sql),
    deadLetters: readDeadLetters.bind(undefined, sql),
    countDeadLetters: countDeadLetters.bind(undefined, sql),
    auditEntries: readAuditEntries.bind(undefined, sql),
    keywordApps: readKeywordApps.bind(undefined, sql),
    keywords: readKeywords.bind(undefined, sql),
    allBans: readAllBans.bind(undefined, sql),
    bans: readBans.bind(undefined, sql),
    broadcasts: readBroadcasts.bind(undefined, sql),
    log: readLog.bind(undefined, sql),
    refusedConversations: readRefusedConversations.bind(undefined, sql),
    refusedBy: readRefusedBy.bind(undefined, sql),
    countDailyClients: countDailyClients.bind(undefined, sql),
    hasDailyClient: hasDailyClient.bind(undefined, sql),
    newestTagHolders: readNewestTagHolders.bind(undefined, sql),
  };
}
