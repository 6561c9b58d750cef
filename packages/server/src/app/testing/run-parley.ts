import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A Parley process and everything it printed. */
export interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves once this appears in the output, with what matched. */
  readonly printed: (pattern: RegExp) => Promise<string>;
  readonly exited: Promise<number | null>;
}

/** The variables of the test's own environment would be options of the server under test. */
const { PATH, HOME } = process.env;

export function runParley(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The chat page has tests of its own.
    env: { PATH, HOME, PORT: '0', PARLEY_DEMO: 'off', ...environment },
  });
  let output = '';
  const watchers = new Set<() => void>();
  const read = (chunk: Buffer) => {
    output += chunk.toString();
    for (const watcher of [...watchers]) watcher();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    child,
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(output)?.[0];
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
        void exited.then((code) =>
          reject(new Error(`Parley ended with ${code} before ${pattern}:\n${output}`)),
        );
      }),
    exited,
  };
}
