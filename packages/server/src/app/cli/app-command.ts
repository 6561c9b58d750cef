import { Command } from 'commander';
import { appSettingsSchema } from '../../domain/app/app-settings.ts';
import { AdministrationRefused, type AppReport } from '../control/administration.ts';
import { ask } from './ask.ts';
import { type CommonOptions, ofApp, print, withCommonOptions } from './common-options.ts';

/** `parley app …`: what an operator sees and changes, on a running server or on its data. */
export function appCommand(): Command {
  const command = new Command('app').description('show, create and set up apps, also while the server runs');

  withCommonOptions(command.command('show'))
    .description('print id and keys')
    .action(async (options: CommonOptions) => {
      printKeys(options, await ask({ ask: 'app', ...ofApp(options) }));
    });

  command
    .command('list')
    .description('print the ids of all apps')
    .option('--json', 'print JSON for programs')
    .action(async (options: CommonOptions) => {
      const ids = (await ask({ ask: 'apps' })).map(({ id }) => id);
      print(options, ids, ids.length === 0 ? 'There is no app yet.' : ids.join('\n'));
    });

  command
    .command('create [id]')
    .description('make another app, with keys of its own; without an id, one is made up')
    .option('--json', 'print JSON for programs')
    .action(async (id: string | undefined, options: CommonOptions) => {
      printKeys(options, await ask({ ask: 'create-app', ...(id !== undefined && { id }) }));
    });

  withCommonOptions(command.command('rotate-key <app|master>'))
    .description('replace a key; the old one is worth nothing at once')
    .addHelpText(
      'after',
      '\nWho uses the app key has to be given the new one. A new master key also ends what the old one signed: session\ntokens, so that clients log in again, and signatures.',
    )
    .action(async (key: string, options: CommonOptions) => {
      if (key !== 'app' && key !== 'master') {
        throw new AdministrationRefused(`There is no ${key} key: write "app" or "master".`);
      }
      printKeys(options, await ask({ ask: 'rotate-key', key, ...ofApp(options) }));
    });

  withCommonOptions(command.command('settings [change...]'))
    .description(
      'print the settings, or change some: allowEdit=off maxMembers=200 messageRetentionDays=standard',
    )
    .action(async (changes: readonly string[], options: CommonOptions) => {
      const report =
        changes.length === 0
          ? await ask({ ask: 'app', ...ofApp(options) })
          : await ask({ ask: 'change-settings', change: parseChanges(changes), ...ofApp(options) });
      print(options, report.settings, settingsTable(report));
    });
  return command;
}

function printKeys(options: CommonOptions, { id, appKey, masterKey }: AppReport): void {
  print(
    options,
    { id, appKey, masterKey },
    `App ID      ${id}\nApp key     ${appKey}\nMaster key  ${masterKey}`,
  );
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
