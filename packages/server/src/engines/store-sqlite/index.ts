import type { Store } from '../../domain/ports/store.ts';
import { WorkerClient } from './worker-client.ts';

export { DatabaseInUse, DatabaseTooNew, DatabaseUnusable } from './failures.ts';

export interface SqliteOptions {
  /** The database file; its folder is created where it is missing. */
  readonly path: string;
  /** Told once if the store cannot go on. Every call rejects from then on; end the process. */
  readonly onFatal: (error: Error) => void;
}

/**
 * The embedded store: one SQLite file, a thread that writes and a thread that reads.
 *
 * @throws DatabaseInUse, DatabaseTooNew, DatabaseUnusable
 */
export async function openSqliteStore({ path, onFatal }: SqliteOptions): Promise<Store> {
  let fatal = (error: Error) => {
    fatal = () => {};
    onFatal(error);
  };
  const writer = await WorkerClient.start(new URL('./writer/main.ts', import.meta.url), { path }, (error) =>
    fatal(error),
  );
  const reader = await WorkerClient.start(new URL('./reader/main.ts', import.meta.url), { path }, (error) =>
    fatal(error),
  );

  // Conversation rows follow the message log late. Reads that look at them first have them brought up to date, unless
  // no message was sent since that was done last.
  let appended = 0;
  let flushed = 0;
  async function upToDate(): Promise<void> {
    if (flushed === appended) return;
    const covers = appended;
    await writer.call('flush');
    flushed = Math.max(flushed, covers);
  }

  return {
    apps: {
      list: () => writer.call('listApps'),
      create: (app) => writer.call('createApp', app),
      update: (key, change) => writer.call('updateApp', key, change),
    },
    conversations: {
      load: (app, ids, now) => writer.call('loadConversations', app, ids, now),
      create: (draft) => writer.call('createConversation', draft),
      addMembers: (ref, change) => writer.call('addMembers', plainRef(ref), change),
      removeMembers: (ref, change) => writer.call('removeMembers', plainRef(ref), change),
      replaceColumns: (ref, change) => writer.call('replaceColumns', plainRef(ref), change),
      setMuted: (ref, change) => writer.call('setMuted', plainRef(ref), change),
      async query(query) {
        await upToDate();
        return reader.call('query', query);
      },
      async count(query) {
        await upToDate();
        return reader.call('count', query);
      },
    },
    messages: {
      append(draft) {
        appended++;
        return writer.call('append', draft);
      },
      patch: (draft) => writer.call('patch', draft),
      history: (range) => reader.call('history', range),
      find: (conversation, id, hint) => reader.call('find', conversation, id, hint),
      async patchedSince(app, client, since, limit, now) {
        await upToDate();
        return reader.call('patchedSince', app, client, since, limit, now);
      },
    },
    memberStates: {
      acknowledge: (conversation, client, what, now) =>
        writer.call('acknowledge', conversation, client, what, now),
      markRead: (conversation, client, position, now) =>
        writer.call('markRead', conversation, client, position, now),
      async unread(app, client, changedSince, now) {
        await upToDate();
        return reader.call('unread', app, client, changedSince, now);
      },
      positions: (conversation) => reader.call('positions', conversation),
      async unacknowledged(app, client, limitPerConversation, now) {
        await upToDate();
        return reader.call('unacknowledged', app, client, limitPerConversation, now);
      },
    },
    notices: {
      add: (app, recipients, notice, now) => writer.call('addNotice', app, recipients, notice, now),
      since: (app, client, since, limit) => reader.call('noticesSince', app, client, since, limit),
    },
    sessionTokens: {
      loadInvalidations: (now) => writer.call('loadInvalidations', now),
      raiseEpoch: (app, client) => writer.call('raiseEpoch', app, client),
      closeSession: (session, until) => writer.call('closeSession', session, until),
    },
    retention: {
      deleteMessages: (app, before, limit) => writer.call('deleteMessages', app, before, limit),
      deleteInactiveConversations: (app, before, limit) =>
        writer.call('deleteInactiveConversations', app, before, limit),
      deleteExpiredTemporary: (now, limit) => writer.call('deleteExpiredTemporary', now, limit),
      forgetSendTokens: (before, limit) => writer.call('forgetSendTokens', before, limit),
      deleteNotices: (app, before, limit) => writer.call('deleteNotices', app, before, limit),
      deleteClosedSessions: (now, limit) => writer.call('deleteClosedSessions', now, limit),
    },
    ping: () => writer.call('ping'),
    async close() {
      await reader.close();
      await writer.close();
    },
  };
}

/** Callers pass whole conversations as references; their members need not cross to the worker. */
function plainRef({ app, key }: { readonly app: number; readonly key: number }) {
  return { app, key };
}
