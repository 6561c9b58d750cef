import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Command } from 'commander';
import { AdministrationRefused } from '../control/administration.ts';
import { ask } from './ask.ts';
import { type CommonOptions, ofApp, print, withCommonOptions } from './common-options.ts';

/** `parley keywords …`: the words that no message of an app is to have. */
export function keywordsCommand(): Command {
  const command = new Command('keywords').description('see and replace the keywords that are filtered');
  withCommonOptions(command.command('list'))
    .description('print the keywords, one a line')
    .action(async (options: CommonOptions) => {
      const page = await ask({ ask: 'keywords', ...ofApp(options) });
      print(options, page, page.count === 0 ? 'There are no keywords.' : page.keywords.join('\n'));
    });
  withCommonOptions(command.command('set [file]'))
    .description('replace all of them by those of a file, one a line; without a file, of standard input')
    .addHelpText(
      'after',
      '\nThe file is plain text in UTF-8. Messages are held against it as soon as the command ends.',
    )
    .action(async (file: string | undefined, options: CommonOptions) => {
      const text = await readText(file);
      if (text.trim() === '') {
        throw new AdministrationRefused('The list is empty. To filter nothing, write "keywords clear".');
      }
      const done = await ask({ ask: 'change-keywords', file: text, ...ofApp(options) });
      print(options, done, `${done.count === 1 ? '1 keyword is' : `${done.count} keywords are`} filtered.`);
    });
  withCommonOptions(command.command('clear'))
    .description('filter nothing any more')
    .action(async (options: CommonOptions) => {
      const done = await ask({ ask: 'change-keywords', file: '', ...ofApp(options) });
      print(options, done, 'Nothing is filtered any more.');
    });
  return command;
}

/** @throws AdministrationRefused */
async function readText(file: string | undefined): Promise<string> {
  if (file === undefined) return (await buffer(process.stdin)).toString();
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AdministrationRefused(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
