import { Command } from 'commander';
import type { AuditEntry } from '../../domain/ports/audit.ts';
import { AdministrationRefused } from '../control/administration.ts';
import { ask } from './ask.ts';
import { type CommonOptions, ofApp, print, withCommonOptions } from './common-options.ts';
import { countOf, secondsIn } from './readers.ts';

const MAX_LIMIT = 1000;

interface AuditOptions extends CommonOptions {
  readonly since?: string;
  readonly until?: string;
  readonly action?: string;
  readonly target?: string;
  readonly before?: string;
  readonly limit: string;
}

/** `parley audit`: who administered an app, and what they did. */
export function auditCommand(): Command {
  return withCommonOptions(new Command('audit'))
    .description('print who administered an app and what they did, the newest last')
    .option('--since <time>', 'from here on: 30m, 12h, 7d, or a time such as 2027-01-31T12:00Z')
    .option('--until <time>', 'up to here, written alike')
    .option('--action <name>', 'only this, such as client.kick')
    .option('--target <id>', 'only what was done to this client, conversation or app')
    .option('--before <id>', 'only what is older than this entry')
    .option('--limit <number>', `at most so many of the newest, up to ${MAX_LIMIT}`, '100')
    .action(async (options: AuditOptions) => {
      const { since, until, before } = options;
      const query = {
        ...(since !== undefined && { since: timeOf(since) }),
        ...(until !== undefined && { until: timeOf(until) }),
        ...(options.action !== undefined && { action: options.action }),
        ...(options.target !== undefined && { target: options.target }),
        ...(before !== undefined && { before: countOf('--before', before, Number.MAX_SAFE_INTEGER) }),
        limit: countOf('--limit', options.limit, MAX_LIMIT),
      };
      const entries = (await ask({ ask: 'audit', query, ...ofApp(options) })).toReversed();
      print(options, entries, entries.length === 0 ? 'There is nothing.' : entries.map(lineOf).join('\n'));
    });
}

function lineOf({ id, at, action, target, details, failed, ...author }: AuditEntry): string {
  const who = [author.via, author.user, author.address].filter((part) => part !== undefined).join(' ');
  const what = [action, target, failed === true ? 'FAILED' : undefined].filter((part) => part !== undefined);
  const more = Object.keys(details).length === 0 ? '' : `  ${JSON.stringify(details)}`;
  return `${id}  ${new Date(at).toISOString()}  ${who}  ${what.join(' ')}${more}`;
}

/** @throws AdministrationRefused */
function timeOf(text: string): number {
  const seconds = secondsIn(text);
  const time = seconds === undefined ? Date.parse(text) : Date.now() - seconds * 1000;
  if (Number.isNaN(time)) {
    throw new AdministrationRefused(`Write a time as 30m, 12h, 7d or 2027-01-31T12:00Z, not "${text}".`);
  }
  return time;
}
