import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { type Config, ConfigInvalid, type LoadedConfig, loadConfig } from '../config/index.ts';
import type { Milliseconds } from '../domain/identifiers.ts';
import type { Store } from '../domain/ports/store.ts';
import { openSqliteStore } from '../engines/store-sqlite/index.ts';
import type { TlsMaterial } from '../gateway/index.ts';
import { Metrics } from '../metrics/index.ts';
import { AppDirectory } from './app-directory.ts';
import { controlPath } from './control/control-path.ts';
import { startControlServer } from './control/control-server.ts';
import { createApp, type ParleyApp } from './create-app.ts';
import { createLogger } from './create-logger.ts';
import type { Demo } from './demo/demo.ts';
import { DEMO_APP_ID, provisionDemoApp } from './demo/demo-app.ts';
import { greeting } from './greeting.ts';
import { openFiles } from './open-files.ts';
import { productionWarnings } from './production-warnings.ts';
import { provisionApp } from './provision-app.ts';
import { readTlsFiles } from './read-tls-files.ts';
import { continueFrom, systemClock } from './system-clock.ts';
import { version } from './version.ts';

/** How far the data may be ahead of the machine's clock for time to wait. */
const MOST_AHEAD: Milliseconds = 3_600_000;

/** A process that serves, and what its signals do. */
export interface RunningServer {
  readonly logger: Logger;
  /** Lets clients move elsewhere, then resolves with everything on disk and closed. */
  drain(): Promise<void>;
  /** Takes the certificate and key that are on disk now; logs why if it cannot. */
  reloadTls(): void;
}

/**
 * Starts the server this environment describes and prints where it is.
 *
 * @param died told once if the store cannot go on: end the process, nothing acknowledged is lost
 * @throws ConfigInvalid, DatabaseUnusable, CannotListen, PluginUnusable
 */
export async function startServer(
  environment: Readonly<Record<string, string | undefined>>,
  died: (error: Error, logger: Logger) => void,
): Promise<RunningServer> {
  const loaded = loadConfig(environment);
  const { config } = loaded;
  const logger = createLogger(config);
  for (const warning of loaded.warnings) logger.warn(warning);
  if (config.appId === DEMO_APP_ID) {
    throw new ConfigInvalid([`PARLEY_APP_ID cannot be ${DEMO_APP_ID}, which is the app of the chat page.`]);
  }
  const tls = readTlsFiles(config);
  const dataDir = resolve(config.dataDir);
  const measured = config.metricsToken === undefined ? undefined : new Metrics();
  const store = await openSqliteStore({
    path: resolve(dataDir, 'parley.db'),
    onFatal: (error) => died(error, logger),
    ...(measured !== undefined && {
      onCommit: (calls, milliseconds) => measured.observed.committed(calls, milliseconds),
    }),
  });

  let app: ParleyApp | undefined;
  try {
    await continueTime(store, logger);
    const provisioned = await provisionApp(store.apps, config, systemClock);
    const demo = config.demo ? await openDemo(store, config, tls, logger) : undefined;
    const apps = await AppDirectory.load(store.apps, {
      without: config.demo ? undefined : DEMO_APP_ID,
      withoutClientRates: config.clientRateLimits ? undefined : provisioned.id,
    });
    app = await createApp({
      store,
      files: await openFiles(config),
      fileService: fileServiceOf(config),
      apps,
      clock: systemClock,
      plugins: config.plugins,
      logger,
      privateTargets: config.privateTargets,
      page: demo?.page,
      ...(measured !== undefined &&
        config.metricsToken !== undefined && { metrics: { token: config.metricsToken, measured } }),
      gateway: gatewayOptions(loaded, tls),
    });
    const { url, wsUrl } = app.gateway;
    const stopControl = await startControlServer(controlPath(dataDir), { apps, ...app.core });
    for (const warning of productionWarnings(config, apps.list())) logger.warn(warning);
    demo?.start(wsUrl);
    logger.info({ url, dataDir, version }, 'Parley is ready.');
    if (config.logFormat === 'text') {
      process.stdout.write(
        greeting(provisioned, {
          version,
          url: config.publicUrl ?? url,
          wsUrl,
          dataDir,
          ...(config.demo && { page: `${config.publicUrl ?? url}/` }),
        }),
      );
    }
    return { logger, ...signals(app, loaded, logger, () => Promise.all([stopControl(), demo?.stop()])) };
  } catch (error) {
    await (app ?? store).close();
    throw error;
  }
}

/** Time that stands still until the machine's has caught up is better than messages nobody is told of, for an hour. */
async function continueTime(store: Store, logger: Logger): Promise<void> {
  const left = await store.latestTime();
  const ahead = left - Date.now();
  if (ahead <= MOST_AHEAD) {
    continueFrom(left);
    return;
  }
  logger.warn(
    { latest: new Date(left).toISOString() },
    "The newest messages are dated more than an hour ahead of this machine's clock. Clients that have seen them are not told of what comes until then, unless they are open; see that the clock is right.",
  );
}

async function openDemo(
  store: Store,
  config: Config,
  tls: TlsMaterial | undefined,
  logger: Logger,
): Promise<Demo> {
  // Nobody else needs the SDK and the scripts of the sample people.
  const { createDemo } = await import('./demo/demo.ts');
  return createDemo({ app: await provisionDemoApp(store.apps, systemClock), store, config, tls, logger });
}

function fileServiceOf({ maxFileBytes, publicUrl, filesUrl }: LoadedConfig['config']) {
  const plain = (url: string) => url.replace(/\/+$/, '');
  return {
    maxBytes: maxFileBytes,
    ...(publicUrl !== undefined && { publicUrl: plain(publicUrl) }),
    ...(filesUrl !== undefined && { downloadUrl: plain(filesUrl) }),
  };
}

function gatewayOptions({ config }: LoadedConfig, tls: ReturnType<typeof readTlsFiles>) {
  return {
    host: config.host,
    port: config.port,
    tls,
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy,
    requireTls: config.requireTls,
    limits: {
      maxFrameBytes: config.maxFrameBytes,
      readTimeoutMs: config.readTimeout * 1000,
      loginTimeoutMs: config.loginTimeout * 1000,
    },
  };
}

function signals(
  app: ParleyApp,
  { config }: LoadedConfig,
  logger: Logger,
  stopOthers: () => Promise<unknown>,
) {
  return {
    async drain() {
      await stopOthers();
      await app.drain(config.drainSeconds * 1000);
    },
    reloadTls() {
      try {
        const tls = readTlsFiles(config);
        if (tls === undefined) {
          logger.info('TLS is off, so there is no certificate to read again.');
          return;
        }
        app.gateway.reloadTls(tls.cert, tls.key);
        logger.info('New connections get the new certificate.');
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        logger.error(`The certificate was not replaced: ${reason}`);
      }
    },
  };
}
