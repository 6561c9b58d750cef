import { Command } from 'commander';
import { AdministrationRefused } from '../control/administration.ts';
import { ask } from './ask.ts';
import { type CommonOptions, ofApp, print, withCommonOptions } from './common-options.ts';

/** `parley webhook …`: what could not be delivered. */
export function webhookCommand(): Command {
  const command = new Command('webhook').description('see and repeat what a webhook could not deliver');
  withCommonOptions(command.command('dead-letters'))
    .description('list the batches that were given up')
    .action(async (options: CommonOptions) => {
      const letters = await ask({ ask: 'dead-letters', ...ofApp(options) });
      const lines = letters.map(
        ({ id, webhook, messages, at, error }) =>
          `${id}  ${webhook}  ${messages} messages  ${new Date(at).toISOString()}  ${error}`,
      );
      print(options, letters, lines.length === 0 ? 'Everything was delivered.' : lines.join('\n'));
    });
  withCommonOptions(command.command('replay <id|all>'))
    .description('send a batch once more, or all of them, the oldest first')
    .action(async (which: string, options: CommonOptions) => {
      const id = Number(which);
      if (which !== 'all' && !(Number.isSafeInteger(id) && id > 0)) {
        throw new AdministrationRefused(`Write the number of a dead letter, or "all", not "${which}".`);
      }
      const done = await ask({ ask: 'replay', ...(which !== 'all' && { id }), ...ofApp(options) });
      print(options, done, `${done.replayed === 1 ? '1 batch was' : `${done.replayed} batches were`} taken.`);
    });
  return command;
}
