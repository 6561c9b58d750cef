import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../config/index.ts';
import { openSqliteStore } from '../../engines/store-sqlite/index.ts';
import { AppDirectory } from '../app-directory.ts';
import {
  type AdministrationAnswer,
  AdministrationRefused,
  type AdministrationRequest,
  administer,
} from '../control/administration.ts';
import { askRunningServer } from '../control/control-client.ts';
import { controlPath } from '../control/control-path.ts';
import { createCore } from '../create-core.ts';
import { openFiles } from '../open-files.ts';
import { systemClock } from '../system-clock.ts';

/**
 * Asks the server that has the data, or does it with the data where none runs.
 *
 * @throws AdministrationRefused, AppSettingsInvalid
 */
export async function ask<Request extends AdministrationRequest>(
  request: Request,
): Promise<AdministrationAnswer<Request>> {
  const { config } = loadConfig(process.env);
  const dataDir = resolve(config.dataDir);
  const user = userName();
  const running = await askRunningServer(controlPath(dataDir), request, user);
  if (running !== undefined) return running;
  const path = resolve(dataDir, 'parley.db');
  if (!existsSync(path)) {
    throw new AdministrationRefused(
      `There is no data in ${dataDir}: start the server once, or set PARLEY_DATA_DIR to the folder it uses.`,
    );
  }
  const store = await openSqliteStore({
    path,
    onFatal: (error) => {
      throw error;
    },
  });
  try {
    const apps = await AppDirectory.load(store.apps);
    const files = await openFiles(config);
    const core = await createCore({
      store,
      files,
      apps,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      privateTargets: config.privateTargets,
    });
    try {
      return await administer({ apps, ...core }, request, { via: 'cli', user });
    } finally {
      core.webhooks.close();
      await core.hooks.close();
    }
  } finally {
    await store.close();
  }
}

/** Behind `sudo` everybody is root; it says who it was. */
function userName(): string {
  const { SUDO_USER } = process.env;
  try {
    const { username } = userInfo();
    return SUDO_USER === undefined ? username : `${SUDO_USER} as ${username}`;
  } catch {
    // A container may run under a number that has no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
