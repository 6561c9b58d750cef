#!/usr/bin/env node
import { Command } from 'commander';
import { loadConfig, type Option, optionEntries } from '../config/index.ts';
import { appCommand } from './cli/app-command.ts';
import { auditCommand } from './cli/audit-command.ts';
import { clientCommand } from './cli/client-command.ts';
import { keywordsCommand } from './cli/keywords-command.ts';
import { messageCommand } from './cli/message-command.ts';
import { webhookCommand } from './cli/webhook-command.ts';
import { startFailure } from './start-failure.ts';
import { type RunningServer, startServer } from './start-server.ts';
import { version } from './version.ts';

// The data folder holds keys and everybody's messages: nobody else on the machine is to read them.
process.umask(0o077);

const program = new Command('parley')
  .description('An instant-messaging backend that you run yourself.')
  .version(version, '-v, --version')
  .helpOption('-h, --help')
  .showHelpAfterError()
  .addHelpText('after', '\nOptions are environment variables: see docs/reference/configuration.md.');

program
  .command('start', { isDefault: true })
  .description('start the server (the standard command)')
  .action(start);

program.addCommand(appCommand());
program.addCommand(auditCommand());
program.addCommand(clientCommand());
program.addCommand(messageCommand());
program.addCommand(keywordsCommand());
program.addCommand(webhookCommand());

program
  .command('config')
  .description('print the options in force, without secrets')
  .action(() => {
    const { config, file, warnings } = loadConfig(process.env);
    for (const warning of warnings) console.error(warning);
    console.error(file === undefined ? 'No configuration file.' : `Configuration file: ${file}`);
    for (const [name, option] of optionEntries)
      console.log(`${option.variable}=${printed(option, config[name])}`);
  });

function printed({ secret, kind }: Option<unknown>, value: unknown): string {
  if (value === undefined) return '';
  return secret ? '[secret]' : (kind.show?.(value) ?? String(value));
}

/** Signals are listened to from the first moment: one that comes while the server starts must not be lost. */
async function start(): Promise<void> {
  let server: RunningServer | undefined;
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Before it serves there is nobody to warn, and the store survives any end.
    if (server === undefined) process.exit(0);
    if (stopping) {
      server.logger.warn(`${signal} again: stopping at once.`);
      process.exit(1);
    }
    stopping = true;
    void drain(server, signal);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => server?.reloadTls());
  server = await startServer(process.env, (error, logger) => {
    logger.fatal({ err: error }, 'The store failed, so the server stops. Nothing acknowledged is lost.');
    process.exit(1);
  });
}

async function drain(server: RunningServer, signal: NodeJS.Signals): Promise<never> {
  server.logger.info(`${signal}: letting clients move elsewhere, then stopping.`);
  try {
    await server.drain();
  } catch (error) {
    server.logger.fatal({ err: error }, 'Stopping failed. Nothing acknowledged is lost.');
    process.exit(1);
  }
  process.exit(0);
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
});
