import { Command } from 'commander';
import { ask } from './ask.ts';
import { type CommonOptions, ofApp, print, withCommonOptions } from './common-options.ts';

interface KickOptions extends CommonOptions {
  readonly reason: string;
}

/** `parley client …`: what an operator does about a client. */
export function clientCommand(): Command {
  const command = new Command('client').description('act on a client of an app');
  withCommonOptions(command.command('kick <id>'))
    .description('end the sessions of a client on every device, and void its session tokens')
    .option('--reason <text>', 'what the client is told, at most 20 characters', '')
    .addHelpText(
      'after',
      '\nThe client may log in again at once, unless your server refuses to sign its login.',
    )
    .action(async (client: string, options: KickOptions) => {
      const done = await ask({ ask: 'kick', client, reason: options.reason, ...ofApp(options) });
      const sessions = done.sessions === 1 ? '1 session was' : `${done.sessions} sessions were`;
      print(options, done, `${sessions} ended. The session tokens of ${client} are void.`);
    });
  return command;
}
