// The worker thread that writes: the only one that does, so the order of its work is the order of the store.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { explain, lockData } from '../lock.ts';
import { migrate } from '../migrations.ts';
import { openForWriting } from '../open-database.ts';
import { Statements } from '../statements.ts';
import type { Answer, Call, FromWorker, Operations, ToWorker, WorkerData } from '../worker-protocol.ts';
import { AppWrites } from './app-writes.ts';
import { ConversationWrites } from './conversation-writes.ts';
import { MemberStateWrites } from './member-state-writes.ts';
import { MessageCounters } from './message-counters.ts';
import { MessageWrites } from './message-writes.ts';
import { NoticeWrites } from './notice-writes.ts';
import { RetentionWrites } from './retention-writes.ts';
import { SessionTokenWrites } from './session-token-writes.ts';

/** How long the conversations' rows may lag behind the message log. */
const FLUSH_AFTER = 1000;
/** Beyond this the log of unmerged commits is merged by force; until then the reading thread does it on the side. */
const MAX_WAL_BYTES = 256 * 1024 * 1024;

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread.');
const tell = (message: FromWorker) => port.postMessage(message);
const { path } = workerData as WorkerData;

try {
  serve();
} catch (error) {
  const { name, message } = explain(error, dirname(path));
  tell({ failed: { name, message } });
}

function serve(): void {
  const unlock = lockData(path);
  const db = openForWriting(path);
  migrate(db);
  const sql = new Statements(db);
  const counters = new MessageCounters(sql);
  transaction(() => counters.repair());
  const operations = operationTable(sql, counters);
  let flushTimer: NodeJS.Timeout | undefined;

  port?.on('message', (message: ToWorker) => {
    if (message === 'close') {
      close();
      return;
    }
    tell(execute(message));
    if (counters.isDirty) flushTimer ??= setTimeout(flushSoon, FLUSH_AFTER);
  });
  tell('ready');

  /** All calls of a batch share one transaction and its fsync. */
  function execute(calls: readonly Call[]): readonly Answer[] {
    try {
      return transaction(() => calls.map((call) => ({ ok: true, value: perform(call) })));
    } catch {
      // One of them is at fault. Alone, each shows whether it is the one; the others are not to suffer for it.
      return calls.map(executeAlone);
    }
  }

  function executeAlone(call: Call): Answer {
    try {
      return transaction(() => ({ ok: true, value: perform(call) }));
    } catch (error) {
      const { name, message } = error as Error;
      return { ok: false, error: { name, message } };
    }
  }

  function perform({ operation, args }: Call): unknown {
    const perform = operations[operation];
    if (perform === undefined) throw new Error(`The store has no operation ${operation}.`);
    return perform(...(args as never[]));
  }

  function transaction<Result>(work: () => Result): Result {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      counters.committed();
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      counters.rolledBack();
      throw error;
    }
  }

  function flushSoon(): void {
    flushTimer = undefined;
    try {
      transaction(() => counters.flush());
      if (walBytes() > MAX_WAL_BYTES) db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // A full disk, say. Nothing is lost: the message log is the truth, and the next flush tries again.
      flushTimer = setTimeout(flushSoon, FLUSH_AFTER);
    }
  }

  function walBytes(): number {
    return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }

  function close(): void {
    clearTimeout(flushTimer);
    if (counters.isDirty) transaction(() => counters.flush());
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    unlock();
    port?.close();
  }
}

/** What the main thread may ask for, by the names `index.ts` uses. */
function operationTable(sql: Statements, counters: MessageCounters): Operations {
  const notices = new NoticeWrites(sql);
  const conversations = new ConversationWrites(sql, counters, notices);
  const messages = new MessageWrites(sql, counters);
  const memberStates = new MemberStateWrites(sql);
  const apps = new AppWrites(sql);
  const sessionTokens = new SessionTokenWrites(sql);
  const retention = new RetentionWrites(sql, conversations, counters);
  return {
    ping: () => undefined,
    flush: counters.flush.bind(counters),
    append: messages.append.bind(messages),
    patch: messages.patch.bind(messages),
    acknowledge: memberStates.acknowledge.bind(memberStates),
    markRead: memberStates.markRead.bind(memberStates),
    loadConversations: conversations.load.bind(conversations),
    createConversation: conversations.create.bind(conversations),
    addMembers: conversations.addMembers.bind(conversations),
    removeMembers: conversations.removeMembers.bind(conversations),
    replaceColumns: conversations.replaceColumns.bind(conversations),
    setMuted: conversations.setMuted.bind(conversations),
    addNotice: notices.add.bind(notices),
    listApps: apps.list.bind(apps),
    createApp: apps.create.bind(apps),
    updateApp: apps.update.bind(apps),
    loadInvalidations: sessionTokens.loadInvalidations.bind(sessionTokens),
    raiseEpoch: sessionTokens.raiseEpoch.bind(sessionTokens),
    closeSession: sessionTokens.closeSession.bind(sessionTokens),
    deleteMessages: retention.deleteMessages.bind(retention),
    deleteInactiveConversations: retention.deleteInactiveConversations.bind(retention),
    deleteExpiredTemporary: retention.deleteExpiredTemporary.bind(retention),
    forgetSendTokens: retention.forgetSendTokens.bind(retention),
    deleteNotices: retention.deleteNotices.bind(retention),
    deleteClosedSessions: retention.deleteClosedSessions.bind(retention),
  };
}
