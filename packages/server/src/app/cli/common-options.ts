import type { Command } from 'commander';

export interface CommonOptions {
  readonly app?: string;
  readonly json?: true;
}

export function withCommonOptions(command: Command): Command {
  return command
    .option('--app <id>', 'the app, where there are several')
    .option('--json', 'print JSON for programs');
}

/** The part of a request that names the app. */
export function ofApp({ app }: CommonOptions): { readonly app?: string } {
  return app === undefined ? {} : { app };
}

export function print({ json }: CommonOptions, value: object, forPeople: string): void {
  process.stdout.write(`${json === true ? JSON.stringify(value) : forPeople}\n`);
}
