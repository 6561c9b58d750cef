// The worker thread that writes: the only one that does, so the order of its work is the order of the store.
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { ConversationRef } from '../../../domain/ports/conversations.ts';
import { DiskFull } from '../failures.ts';
import { explain, lockData } from '../lock.ts';
import { LogGate } from '../log-gate.ts';
import { migrate } from '../migrations.ts';
import { openForWriting } from '../open-database.ts';
import { Statements } from '../statements.ts';
import type { Answer, Call, FromWorker, Operations, ToWorker, WorkerData } from '../worker-protocol.ts';
import { AppWrites } from './app-writes.ts';
import { AuditWrites } from './audit-writes.ts';
import { BanWrites } from './ban-writes.ts';
import { ClientWrites } from './client-writes.ts';
import { ConversationTails } from './conversation-tails.ts';
import { ConversationWrites } from './conversation-writes.ts';
import { IndexSchedule } from './index-schedule.ts';
import { KeywordWrites } from './keyword-writes.ts';
import { LatestTime } from './latest-time.ts';
import { LogProgress } from './log-progress.ts';
import { MemberStateWrites } from './member-state-writes.ts';
import { MessageIndex } from './message-index.ts';
import { MessageWrites } from './message-writes.ts';
import { NoticeWrites } from './notice-writes.ts';
import { indexLog } from './operator-log.ts';
import { RecordWrites } from './record-writes.ts';
import { recover } from './recover.ts';
import { RetentionWrites } from './retention-writes.ts';
import { SendTokens } from './send-tokens.ts';
import { ServiceWrites } from './service-writes.ts';
import { SessionTokenWrites } from './session-token-writes.ts';
import { WebhookWrites } from './webhook-writes.ts';

/** What only makes the index follow the log. */
const SETTLING: ReadonlySet<string> = new Set(['ping', 'settle', 'settleOf', 'settleSought', 'settleSome']);

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread.');
const tell = (message: FromWorker) => port.postMessage(message);
const { path, gate: memory } = workerData as WorkerData;

try {
  serve();
} catch (error) {
  const { name, message } = explain(error, dirname(path));
  tell({ failed: { name, message } });
}

function serve(): void {
  const unlock = lockData(path);
  const db = openForWriting(path);
  const gate = new LogGate(memory);
  migrate(db);
  const sql = new Statements(db);
  const tails = new ConversationTails(sql);
  const index = new MessageIndex(sql, tails);
  const progress = new LogProgress();
  const tokens = new SendTokens(sql);
  /** What is held in memory must not know more than the database after a transaction failed. */
  const memories = [tails, index, tokens, progress];
  transaction(() => recover(sql, { tails, index, tokens }));
  /** Whether the calls that are performed only settle, so that nobody waits for a commit. */
  let isSettling = false;
  const operations: Operations = {
    ...operationTable(sql, tails, index, tokens, progress),
    settleSome: (upTo?: number) => index.settleSome(upTo, isSettling),
  };
  const schedule = new IndexSchedule(index, tokens, (work) => withoutFsync(() => transaction(work)));

  port?.on('message', (message: ToWorker) => {
    if (message === 'close') {
      close();
      return;
    }
    tell(execute(message));
    schedule.committed(message.length);
  });
  tell('ready');

  /** All calls of a batch share one transaction and its fsync. */
  function execute(calls: readonly Call[]): readonly Answer[] {
    const performAll = () =>
      transaction(() => calls.map((call): Answer => ({ ok: true, value: perform(call) })));
    try {
      isSettling = calls.every(({ operation }) => SETTLING.has(operation));
      return isSettling ? withoutFsync(performAll) : performAll();
    } catch {
      // One of them is at fault. Alone, each shows whether it is the one; the others are not to suffer for it.
      return calls.map(executeAlone);
    }
  }

  function executeAlone(call: Call): Answer {
    try {
      return transaction(() => ({ ok: true, value: perform(call) }));
    } catch (error) {
      const explained = explain(error, dirname(path));
      const { name, message } = explained instanceof DiskFull ? explained : (error as Error);
      return { ok: false, error: { name, message } };
    }
  }

  function perform({ operation, args }: Call): unknown {
    const perform = operations[operation];
    if (perform === undefined) throw new Error(`The store has no operation ${operation}.`);
    return perform(...(args as never[]));
  }

  function transaction<Result>(work: () => Result): Result {
    gate.pass();
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      for (const memory of memories) memory.committed();
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      for (const memory of memories) memory.rolledBack();
      throw error;
    }
  }

  /** For what a crash may undo because the log tells it again. The next commit of a batch makes it durable too. */
  function withoutFsync<Result>(work: () => Result): Result {
    db.exec('PRAGMA synchronous = NORMAL');
    try {
      return work();
    } finally {
      db.exec('PRAGMA synchronous = FULL');
    }
  }

  function close(): void {
    schedule.stop();
    try {
      let settledTo: number | undefined;
      do settledTo = withoutFsync(() => transaction(() => index.settleSome(settledTo)));
      while (settledTo !== undefined);
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      // Also on a full disk: the thread is to end with nothing open.
      db.close();
      unlock();
      port?.close();
    }
  }
}

/** What the main thread may ask for, by the names `index.ts` uses. */
function operationTable(
  sql: Statements,
  tails: ConversationTails,
  index: MessageIndex,
  tokens: SendTokens,
  progress: LogProgress,
): Operations {
  const notices = new NoticeWrites(sql);
  const time = new LatestTime(sql);
  const conversations = new ConversationWrites(sql, tails, notices);
  const messages = new MessageWrites(sql, tails, index, tokens, time);
  const services = new ServiceWrites(sql, tails, index, tokens, messages);
  const memberStates = new MemberStateWrites(sql, index, notices);
  const audit = new AuditWrites(sql);
  const apps = new AppWrites(sql, audit);
  const webhooks = new WebhookWrites(sql);
  const clients = new ClientWrites(sql);
  const keywords = new KeywordWrites(sql);
  const bans = new BanWrites(sql);
  const sessionTokens = new SessionTokenWrites(sql);
  const records = new RecordWrites(sql);
  const retention = new RetentionWrites(sql, conversations, index, progress);
  return {
    ping: () => undefined,
    latestTime: () => time.latest,
    settle: index.settle.bind(index),
    settleOf: index.settleOf.bind(index),
    settleSought: index.settleSought.bind(index),
    append: messages.append.bind(messages),
    patch: messages.patch.bind(messages),
    subscribe: services.subscribe.bind(services),
    unsubscribe: services.unsubscribe.bind(services),
    setSubscriptionMuted: services.setMuted.bind(services),
    hideMessage: services.hide.bind(services),
    sendToSubscribers: services.sendToSubscribers.bind(services),
    sendToClients: services.sendToClients.bind(services),
    nameExchange: services.nameExchange.bind(services),
    receive: services.receive.bind(services),
    broadcast: services.broadcast.bind(services),
    withdrawBroadcast: services.withdrawBroadcast.bind(services),
    rememberClient: services.rememberClient.bind(services),
    acknowledge: memberStates.acknowledge.bind(memberStates),
    markRead: memberStates.markRead.bind(memberStates),
    loadConversations: conversations.load.bind(conversations),
    createConversation: conversations.create.bind(conversations),
    addMembers: conversations.addMembers.bind(conversations),
    removeMembers: conversations.removeMembers.bind(conversations),
    replaceColumns: conversations.replaceColumns.bind(conversations),
    overwriteConversation: conversations.overwrite.bind(conversations),
    moderate: conversations.moderate.bind(conversations),
    setMuted: conversations.setMuted.bind(conversations),
    deleteConversation(ref: ConversationRef) {
      // What waits to be indexed would not be found when the messages are deleted.
      index.settle(ref.key);
      return conversations.deleteWithRemains(ref);
    },
    deleteMessage: messages.delete.bind(messages),
    overwriteMessage: messages.overwrite.bind(messages),
    indexLog: indexLog.bind(undefined, sql),
    refuseConversation: clients.refuseConversation.bind(clients),
    allowConversation: clients.allowConversation.bind(clients),
    addDailyClients: clients.addDailyClients.bind(clients),
    forgetDailyClients: clients.forgetDailyClients.bind(clients),
    keepRoomAbsences: clients.keepRoomAbsences.bind(clients),
    takeRoomAbsences: clients.takeRoomAbsences.bind(clients),
    putTagHolder: clients.putTagHolder.bind(clients),
    removeTagHolder: clients.removeTagHolder.bind(clients),
    forgetTagHolders: clients.forgetTagHolders.bind(clients),
    setWebhookPosition: webhooks.setPosition.bind(webhooks),
    addWebhookEvent: webhooks.addEvent.bind(webhooks),
    forgetWebhookEvents: webhooks.forgetEvents.bind(webhooks),
    giveUpWebhook: webhooks.giveUp.bind(webhooks),
    removeDeadLetter: webhooks.removeDeadLetter.bind(webhooks),
    deleteOldOfWebhooks: webhooks.deleteOld.bind(webhooks),
    addAuditEntry: audit.add.bind(audit),
    replaceKeywords: keywords.replace.bind(keywords),
    putBan: bans.put.bind(bans),
    liftBan: bans.lift.bind(bans),
    deleteEndedBans: bans.deleteEnded.bind(bans),
    listApps: apps.list.bind(apps),
    createApp: apps.create.bind(apps),
    updateApp: apps.update.bind(apps),
    loadInvalidations: sessionTokens.loadInvalidations.bind(sessionTokens),
    raiseEpoch: sessionTokens.raiseEpoch.bind(sessionTokens),
    closeSession: sessionTokens.closeSession.bind(sessionTokens),
    createRecord: records.create.bind(records),
    replaceRecord: records.replace.bind(records),
    removeRecord: records.remove.bind(records),
    deleteMessages: retention.deleteMessages.bind(retention),
    deleteInactiveConversations: retention.deleteInactiveConversations.bind(retention),
    deleteExpiredTemporary: retention.deleteExpiredTemporary.bind(retention),
    deleteRemainsOfConversations: retention.deleteRemainsOfConversations.bind(retention),
    deleteRemainsOfServices: retention.deleteRemainsOfServices.bind(retention),
    forgetBroadcasts: retention.forgetBroadcasts.bind(retention),
    forgetSendTokens: tokens.forget.bind(tokens),
    deleteNotices: retention.deleteNotices.bind(retention),
    deleteAuditEntries: retention.deleteAuditEntries.bind(retention),
    deleteClosedSessions: retention.deleteClosedSessions.bind(retention),
  };
}
