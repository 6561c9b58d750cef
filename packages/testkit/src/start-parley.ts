import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppDirectory,
  type AppSettings,
  type Clock,
  createApp,
  type GatewayLimits,
  Metrics,
  openFilesOnDisk,
  openMemoryStore,
  openSqliteStore,
  type ParleyApp,
  type PluginEntry,
  type Pusher,
  type Store,
  systemClock,
} from '@parley/server';
import { pino } from 'pino';

export interface StartOptions {
  /** `sqlite` (in a temporary folder) is what operators run; `memory` is faster. */
  readonly store?: 'sqlite' | 'memory' | Store;
  /** On top of the defaults. Client rates are off unless given: tests are faster than people. */
  readonly settings?: Partial<AppSettings>;
  readonly clock?: Clock;
  readonly limits?: Partial<GatewayLimits>;
  /** 100 MiB unless given. */
  readonly maxFileBytes?: number;
  /** Whoever brings it reads `/metrics`. */
  readonly metricsToken?: string;
  /** Where hooks and webhooks may go beyond the internet: anywhere but link-local addresses unless given. */
  readonly privateTargets?: boolean | readonly string[];
  /** Gets what is to be pushed. */
  readonly pusher?: Pusher;
  /** Ids of further apps on the same server. */
  readonly otherApps?: readonly string[];
  readonly plugins?: readonly PluginEntry[];
}

/** A complete server on a free port, with one app. */
export interface Parley {
  readonly url: string;
  readonly wsUrl: string;
  readonly appId: string;
  readonly appKey: string;
  readonly masterKey: string;
  /** Where its data is. */
  readonly folder: string;
  readonly store: Store;
  readonly app: ParleyApp;
  readonly apps: AppDirectory;
  /** Resolves once every client that is logged in has been told what it missed. */
  caughtUp(): Promise<void>;
  /** Stops the server and removes its data. */
  close(): Promise<void>;
}

const NO_RATES = { messagesPerMinute: 0, historyQueriesPerMinute: 0, otherOperationsPerMinute: 0 };

/**
 * @example
 * const parley = await startParley();
 * const tom = await TestClient.open(parley, 'Tom');
 * await parley.close();
 */
export async function startParley(options: StartOptions = {}): Promise<Parley> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const measured = options.metricsToken === undefined ? undefined : new Metrics();
  const store = await openStore(options.store ?? 'sqlite', folder, measured);
  const clock = options.clock ?? systemClock;
  const keys = { id: 'parley-test-app-id', appKey: 'test-app-key', masterKey: 'test-master-key' };
  await store.apps.create({
    ...keys,
    settings: { clientRateLimits: NO_RATES, ...options.settings },
    createdAt: clock.now(),
  });
  for (const id of options.otherApps ?? []) {
    const settings = { clientRateLimits: NO_RATES };
    await store.apps.create({ ...keys, id, settings, createdAt: clock.now() });
  }
  const apps = await AppDirectory.load(store.apps, { clock });
  const app = await createApp({
    store,
    files: await openFilesOnDisk(join(folder, 'files'), 0),
    fileService: { maxBytes: options.maxFileBytes ?? 100 * 1024 * 1024 },
    apps,
    clock,
    ...(options.plugins !== undefined && { plugins: options.plugins }),
    logger: pino({ level: process.env.PARLEY_TEST_LOG ?? 'fatal' }),
    ...(options.pusher !== undefined && { pusher: options.pusher }),
    ...(options.privateTargets !== undefined && { privateTargets: options.privateTargets }),
    ...(measured !== undefined &&
      options.metricsToken !== undefined && { metrics: { token: options.metricsToken, measured } }),
    gateway: { host: '127.0.0.1', port: 0, ...(options.limits !== undefined && { limits: options.limits }) },
  });
  return {
    url: app.gateway.url,
    wsUrl: app.gateway.wsUrl,
    appId: keys.id,
    appKey: keys.appKey,
    masterKey: keys.masterKey,
    folder,
    store,
    app,
    apps,
    async caughtUp() {
      const { live } = app.core;
      const isBusy = () =>
        apps.list().some(({ key }) => [...live.all(key)].some((session) => session.isCatchingUp));
      while (isBusy()) await new Promise((resolve) => setImmediate(resolve));
    },
    async close() {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function openStore(
  store: 'sqlite' | 'memory' | Store,
  folder: string,
  measured: Metrics | undefined,
): Promise<Store> {
  if (store === 'memory') return openMemoryStore();
  if (store !== 'sqlite') return Promise.resolve(store);
  return openSqliteStore({
    path: join(folder, 'parley.db'),
    onFatal: (error: Error) => {
      throw error;
    },
    onCommit: (calls, milliseconds) => measured?.observed.committed(calls, milliseconds),
  });
}
