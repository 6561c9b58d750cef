import { Command } from 'commander';
import { MAX_BANS_LISTED } from '../../domain/ban/list-bans.ts';
import type { Ban } from '../../domain/ports/bans.ts';
import { AdministrationRefused } from '../control/administration.ts';
import { ask } from './ask.ts';
import { type CommonOptions, ofApp, print, withCommonOptions } from './common-options.ts';
import { countOf, secondsIn } from './readers.ts';

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
  addBanCommands(command);
  return command;
}

interface BanOptions extends CommonOptions {
  readonly for?: string;
  readonly reason: string;
}

interface BansOptions extends CommonOptions {
  readonly after?: string;
  readonly limit: string;
}

function addBanCommands(command: Command): void {
  withCommonOptions(command.command('ban <id>'))
    .description('end the sessions of a client and refuse its logins, for good or for a while')
    .option('--for <time>', 'how long, such as 90s, 30m, 12h or 7d; without it, for good')
    .option('--reason <text>', 'what the client is told, at most 100 characters', '')
    .action(async (client: string, options: BanOptions) => {
      const seconds = options.for === undefined ? {} : { seconds: secondsOf(options.for) };
      const ban = await ask({ ask: 'ban', client, reason: options.reason, ...seconds, ...ofApp(options) });
      print(options, ban, `${client} is banned ${endOf(ban)}.`);
    });
  withCommonOptions(command.command('unban <id>'))
    .description('let a client log in again')
    .action(async (client: string, options: CommonOptions) => {
      const done = await ask({ ask: 'lift-ban', client, ...ofApp(options) });
      print(options, done, done.wasBanned ? `${client} may log in again.` : `${client} was not banned.`);
    });
  withCommonOptions(command.command('bans'))
    .description('list banned clients by id')
    .option('--after <id>', 'go on after this client')
    .option('--limit <number>', `how many at most, up to ${MAX_BANS_LISTED}`, '100')
    .action(async (options: BansOptions) => {
      const after = options.after === undefined ? {} : { after: options.after };
      const limit = countOf('--limit', options.limit, MAX_BANS_LISTED);
      const page = await ask({ ask: 'bans', limit, ...after, ...ofApp(options) });
      const lines = page.bans.map((ban) => `${ban.client}  ${endOf(ban)}  ${ban.reason}`.trimEnd());
      if (page.next !== undefined) lines.push(`There are more: go on with --after ${page.next}`);
      print(options, page, lines.length === 0 ? 'Nobody is banned.' : lines.join('\n'));
    });
}

function endOf({ until }: Ban): string {
  return until === undefined ? 'for good' : `until ${new Date(until).toISOString()}`;
}

/** @throws AdministrationRefused */
function secondsOf(time: string): number {
  const seconds = secondsIn(time);
  if (seconds !== undefined) return seconds;
  throw new AdministrationRefused(`Write a time as 90s, 30m, 12h or 7d, not "${time}".`);
}
