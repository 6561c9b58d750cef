#!/usr/bin/env node
import { Command } from 'commander';
import { loadConfig, optionEntries } from '../config/index.ts';
import { startFailure } from './start-failure.ts';
import { startServer } from './start-server.ts';
import { version } from './version.ts';

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

program
  .command('config')
  .description('print the options in force, without secrets')
  .action(() => {
    const { config, file, warnings } = loadConfig(process.env);
    for (const warning of warnings) console.error(warning);
    console.error(file === undefined ? 'No configuration file.' : `Configuration file: ${file}`);
    for (const [name, { variable, secret }] of optionEntries) {
      const value = config[name];
      console.log(`${variable}=${value === undefined ? '' : secret ? '[secret]' : String(value)}`);
    }
  });

async function start(): Promise<void> {
  const server = await startServer(process.env, (error, logger) => {
    logger.fatal({ err: error }, 'The store failed, so the server stops. Nothing acknowledged is lost.');
    process.exit(1);
  });
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) {
      server.logger.warn(`${signal} again: stopping at once.`);
      process.exit(1);
    }
    stopping = true;
    server.logger.info(`${signal}: letting clients move elsewhere, then stopping.`);
    server.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        server.logger.fatal({ err: error }, 'Stopping failed. Nothing acknowledged is lost.');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', server.reloadTls);
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
});
