import type { Store } from './store.ts';

/**
 * Gives a store its `close`: calls made after it reject, and whoever closes again waits for the same end.
 *
 * @param release finishes what was called before, then lets go of everything
 * @example return closable({ apps, conversations, …, ping }, async () => worker.close());
 */
export function closable(store: Omit<Store, 'close'>, release: () => Promise<void>): Store {
  let released: Promise<void> | undefined;
  const refuse = () => Promise.reject(new Error('The store is closed.'));
  const guarded = <Repository extends object>(repository: Repository): Repository =>
    new Proxy(repository, {
      get: (target, name) => (released === undefined ? Reflect.get(target, name) : refuse),
    });
  return {
    apps: guarded(store.apps),
    conversations: guarded(store.conversations),
    messages: guarded(store.messages),
    services: guarded(store.services),
    memberStates: guarded(store.memberStates),
    notices: guarded(store.notices),
    sessionTokens: guarded(store.sessionTokens),
    records: guarded(store.records),
    refusedConversations: guarded(store.refusedConversations),
    dailyClients: guarded(store.dailyClients),
    roomAbsences: guarded(store.roomAbsences),
    tagHolders: guarded(store.tagHolders),
    webhooks: guarded(store.webhooks),
    audit: guarded(store.audit),
    keywords: guarded(store.keywords),
    bans: guarded(store.bans),
    retention: guarded(store.retention),
    ping: () => (released === undefined ? store.ping() : refuse()),
    latestTime: () => (released === undefined ? store.latestTime() : refuse()),
    close() {
      released ??= release();
      return released;
    },
  };
}
