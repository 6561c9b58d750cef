import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { type LoadedConfig, loadConfig } from '../config/index.ts';
import { openSqliteStore } from '../engines/store-sqlite/index.ts';
import { AppDirectory } from './app-directory.ts';
import { controlPath } from './control/control-path.ts';
import { startControlServer } from './control/control-server.ts';
import { createApp, type ParleyApp } from './create-app.ts';
import { createLogger } from './create-logger.ts';
import { greeting } from './greeting.ts';
import { openFiles } from './open-files.ts';
import { productionWarnings } from './production-warnings.ts';
import { provisionApp } from './provision-app.ts';
import { readTlsFiles } from './read-tls-files.ts';
import { systemClock } from './system-clock.ts';
import { version } from './version.ts';

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
 * @throws ConfigInvalid, DatabaseUnusable, CannotListen
 */
export async function startServer(
  environment: Readonly<Record<string, string | undefined>>,
  died: (error: Error, logger: Logger) => void,
): Promise<RunningServer> {
  const loaded = loadConfig(environment);
  const { config } = loaded;
  const logger = createLogger(config);
  for (const warning of loaded.warnings) logger.warn(warning);
  const tls = readTlsFiles(config);
  const dataDir = resolve(config.dataDir);
  const store = await openSqliteStore({
    path: resolve(dataDir, 'parley.db'),
    onFatal: (error) => died(error, logger),
  });

  try {
    const provisioned = await provisionApp(store.apps, config, systemClock);
    const apps = await AppDirectory.load(store.apps, {
      withoutClientRates: config.clientRateLimits ? undefined : provisioned.id,
    });
    const app = await createApp({
      store,
      files: await openFiles(config),
      fileService: fileServiceOf(config),
      apps,
      clock: systemClock,
      logger,
      privateTargets: config.privateTargets,
      gateway: gatewayOptions(loaded, tls),
    });
    const { url, wsUrl } = app.gateway;
    const stopControl = await startControlServer(controlPath(dataDir), { apps, ...app.core });
    for (const warning of productionWarnings(config, apps.list())) logger.warn(warning);
    logger.info({ url, dataDir, version }, 'Parley is ready.');
    if (config.logFormat === 'text') {
      process.stdout.write(greeting(provisioned, { version, url: config.publicUrl ?? url, wsUrl, dataDir }));
    }
    return { logger, ...signals(app, loaded, logger, stopControl) };
  } catch (error) {
    await store.close();
    throw error;
  }
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

function signals(app: ParleyApp, { config }: LoadedConfig, logger: Logger, stopControl: () => Promise<void>) {
  return {
    async drain() {
      await stopControl();
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
