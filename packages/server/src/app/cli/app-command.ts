import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { appSettingsSchema } from '../../domain/app/app-settings.ts';
import { openSqliteStore } from '../../engines/store-sqlite/index.ts';
import { AppDirectory } from '../app-directory.ts';
import {
  AdministrationRefused,
  type AdministrationRequest,
  type AppReport,
  administer,
} from '../control/administration.ts';
import { askRunningServer } from '../control/control-client.ts';
import { controlPath } from '../control/control-path.ts';

interface Options {
  readonly app?: string;
  readonly json?: true;
}

/** `parley app …`: what an operator sees and changes, on a running server or on its data. */
export function appCommand(): Command {
  const command = new Command('app').description(
    'show an app and change its settings, also while the server runs',
  );
  const options = (subcommand: Command) =>
    subcommand
      .option('--app <id>', 'the app, where there are several')
      .option('--json', 'print JSON for programs');

  options(command.command('show'))
    .description('print id and keys')
    .action(async ({ app, json }: Options) => {
      const { id, appKey, masterKey } = await ask({ ask: 'app', ...(app !== undefined && { app }) });
      print(
        json,
        { id, appKey, masterKey },
        `App ID      ${id}\nApp key     ${appKey}\nMaster key  ${masterKey}`,
      );
    });

  options(command.command('settings [change...]'))
    .description(
      'print the settings, or change some: allowEdit=off maxMembers=200 messageRetentionDays=standard',
    )
    .action(async (changes: readonly string[], { app, json }: Options) => {
      const named = app === undefined ? {} : { app };
      const report = await ask(
        changes.length === 0
          ? { ask: 'app', ...named }
          : { ask: 'change-settings', change: parseChanges(changes), ...named },
      );
      print(json, report.settings, settingsTable(report));
    });
  return command;
}

/** Asks the server that has the data, or reads the data where none runs. */
async function ask(request: AdministrationRequest): Promise<AppReport> {
  const dataDir = resolve(loadConfig(process.env).config.dataDir);
  const running = await askRunningServer(controlPath(dataDir), request);
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
    return await administer(await AppDirectory.load(store.apps), request);
  } finally {
    await store.close();
  }
}

/** @throws AdministrationRefused */
function parseChanges(changes: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    changes.map((change) => {
      const [name = '', ...rest] = change.split('=');
      if (rest.length === 0) {
        throw new AdministrationRefused(`Write a change as name=value; "${change}" has no "=".`);
      }
      return [name, parseValue(rest.join('='))];
    }),
  );
}

const WORDS: Readonly<Record<string, unknown>> = { on: true, off: false, standard: null };

/** Switches as people say them, everything else as JSON, and what is no JSON as text. */
function parseValue(text: string): unknown {
  if (Object.hasOwn(WORDS, text)) return WORDS[text];
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function settingsTable({ settings, changed }: AppReport): string {
  const width = Math.max(...Object.keys(appSettingsSchema.properties).map((name) => name.length));
  const lines = Object.entries(settings).map(([name, value]) => {
    const shown = value === true ? 'on' : value === false ? 'off' : JSON.stringify(value);
    return `${changed.includes(name) ? '*' : ' '} ${name.padEnd(width)}  ${shown}`;
  });
  return [...lines, '', '* differs from the standard; name=standard takes it back.'].join('\n');
}

function print(asJson: boolean | undefined, value: object, forPeople: string): void {
  process.stdout.write(`${asJson === true ? JSON.stringify(value) : forPeople}\n`);
}
