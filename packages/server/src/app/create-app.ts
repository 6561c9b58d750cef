import type { Logger } from 'pino';
import type { App } from '../domain/app/app.ts';
import { RestRates } from '../domain/limits/rest-rates.ts';
import type { Clock } from '../domain/ports/clock.ts';
import type { FileStore } from '../domain/ports/files.ts';
import type { Pusher } from '../domain/ports/pusher.ts';
import type { Store } from '../domain/ports/store.ts';
import type { DeadLetter } from '../domain/ports/webhooks.ts';
import type { PrivateTargets } from '../engines/outgoing/targets.ts';
import { NotTaken } from '../engines/webhooks-http/index.ts';
import {
  createGateway,
  type FrontPage,
  type Gateway,
  type GatewayOptions,
  serveFrontPage,
} from '../gateway/index.ts';
import { startJobs } from '../jobs/index.ts';
import type { Metrics } from '../metrics/index.ts';
import type { PluginEntry } from '../plugins/index.ts';
import { type FileService, registerRest } from '../rest/index.ts';
import type { AppDirectory } from './app-directory.ts';
import { type Core, createCore } from './create-core.ts';
import { metricSources, metricsDoor } from './metric-sources.ts';
import { version } from './version.ts';

export interface AppParts {
  readonly store: Store;
  readonly files: FileStore;
  /** How large a file may be, and where clients fetch it, if not from the address they ask at. */
  readonly fileService: FileService;
  readonly apps: AppDirectory;
  readonly clock: Clock;
  /** In the order in which they are asked. */
  readonly plugins?: readonly PluginEntry[];
  readonly logger: Logger;
  /** Which addresses beyond the public internet hooks and webhooks may call; all but those of the link by default. */
  readonly privateTargets?: PrivateTargets;
  /** Brings messages to devices whose app is not running. */
  readonly pusher?: Pusher;
  /** What people find at `/`, if anything. */
  readonly page?: FrontPage | undefined;
  /** What is measured, and the token of those who may read it. */
  readonly metrics?: { readonly token: string; readonly measured: Metrics };
  readonly gateway: Omit<
    GatewayOptions,
    'accept' | 'apps' | 'ready' | 'routes' | 'metrics' | 'timers' | 'logger'
  >;
}

/** A server that accepts clients. */
export interface ParleyApp {
  readonly core: Core;
  readonly gateway: Gateway;
  /** Lets clients move elsewhere, then stops and closes the store. */
  drain(graceMs: number): Promise<void>;
  /** Stops at once. What was acknowledged is on disk. */
  close(): Promise<void>;
}

/**
 * Puts the service behind a gateway and starts what time drives. The caller chose store and clock, opened them, and
 * learns of their faults.
 *
 * @throws CannotListen, PluginUnusable
 */
export async function createApp({
  store,
  files,
  fileService,
  apps,
  clock,
  plugins = [],
  logger,
  privateTargets = true,
  pusher,
  page,
  metrics,
  gateway: options,
}: AppParts): Promise<ParleyApp> {
  const core = await createCore({
    store,
    files,
    apps,
    clock,
    plugins,
    logger,
    privateTargets,
    ...(pusher !== undefined && { pusher }),
    ...(metrics !== undefined && {
      hookCalled: (app, hook, outcome, milliseconds) =>
        metrics.measured.observed.hookCalled(app.id, hook, outcome, milliseconds),
    }),
  });
  // Before anybody can say anything that they would have objected to.
  await core.plugins.start();
  core.rooms.restore(await store.roomAbsences.take());
  await core.hooks.start(apps.list());
  await core.webhooks.begin(apps.list());
  const gateway = await createGateway({
    ...options,
    accept: core.accept,
    routes: async (http) => {
      await serveFrontPage(http, page);
      await registerRest(
        http,
        {
          world: core.world,
          isSessionToken: (app, client, token) => core.sessions.isToken(app, client, token),
          rates: new RestRates(clock),
          files: fileService,
          replay: (app, letter) => replay(core.webhooks, app, letter),
        },
        { version },
      );
    },
    apps: { routable: (appId) => apps.find(appId)?.settings.imEnabled === true },
    ...(metrics !== undefined && { metrics: metricsDoor(metrics) }),
    timers: clock,
    logger,
  }).catch(async (error: unknown) => {
    await core.plugins.close();
    await core.hooks.close();
    await keepAbsences();
    throw error;
  });
  core.webhooks.start(apps.list());
  metrics?.measured.read(metricSources(core, gateway, apps, clock));
  const stopJobs = startJobs({
    store,
    apps,
    clock,
    logger,
    sessions: core.sessions,
    bans: core.world.bans,
    dailyClients: core.world.dailyClients,
    files,
  });
  function keepAbsences(): Promise<void> {
    return store.roomAbsences
      .keep(core.rooms.absences)
      .catch((error: unknown) => logger.error({ err: error }, 'Who was in which room could not be kept.'));
  }
  async function close(): Promise<void> {
    stopJobs();
    await gateway.close();
    await core.plugins.close();
    core.webhooks.close();
    await core.hooks.close();
    await keepAbsences();
    await core.world.dailyClients
      .save()
      .catch((error: unknown) => logger.error({ err: error }, 'The clients of today could not be saved.'));
    await files.close();
    await store.close();
  }
  return {
    core,
    gateway,
    async drain(graceMs) {
      await gateway.drain({ graceMs });
      await close();
    },
    close,
  };
}

/** Why the receiver did not take it; `undefined` where it did. */
async function replay(webhooks: Core['webhooks'], app: App, letter: DeadLetter): Promise<string | undefined> {
  try {
    await webhooks.replay(app, letter);
    return undefined;
  } catch (error) {
    if (error instanceof NotTaken) return error.message;
    throw error;
  }
}
