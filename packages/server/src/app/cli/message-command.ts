import { text as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import { AdministrationRefused } from '../control/administration.ts';
import { ask } from './ask.ts';
import { type CommonOptions, ofApp, print, withCommonOptions } from './common-options.ts';

interface SendOptions extends CommonOptions {
  readonly from: string;
  readonly raw?: true;
  readonly transient?: true;
}

/** What SDKs show as a text message. */
const TEXT_MESSAGE = -1;

/** `parley message …`: speaks in a conversation without being in it. */
export function messageCommand(): Command {
  const command = new Command('message').description('send messages');
  withCommonOptions(command.command('send <conversation> [text]'))
    .description('send a text to a conversation; without a text, what comes in on standard input')
    .requiredOption('--from <client>', 'the client id it is sent under; it need not be a member')
    .option('--raw', 'send the text as it is instead of as a text message of the SDKs')
    .option('--transient', 'only for who is online now, kept nowhere')
    .action(async (conversation: string, given: string | undefined, options: SendOptions) => {
      const text = given ?? (await readAll(process.stdin)).trimEnd();
      if (text === '') throw new AdministrationRefused('There is nothing to send: the text is empty.');
      const sent = await ask({
        ask: 'send',
        conversation,
        from: options.from,
        body: options.raw === true ? text : JSON.stringify({ _lctype: TEXT_MESSAGE, _lctext: text }),
        transient: options.transient === true,
        ...ofApp(options),
      });
      print(options, sent, `Sent: message ${sent.id} at ${new Date(sent.timestamp).toISOString()}.`);
    });
  return command;
}
