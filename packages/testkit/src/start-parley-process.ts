import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(import.meta.resolve('@parley/server/main'));

export interface ParleyProcess {
  readonly url: string;
  readonly wsUrl: string;
  readonly child: ChildProcess;
  /** Ends the process as a power cut would and waits until it is gone. */
  killNine(): Promise<void>;
  /** Asks the process to end and waits for its exit code. */
  stop(): Promise<number | null>;
}

/**
 * A server as an operator runs it: a process of its own with its data on disk.
 *
 * @param environment on top of the test's own; `PORT` is 0 and the chat page is off unless given
 * @throws Error with everything the process printed, if it ends before it listens
 */
export async function startParleyProcess(
  environment: Readonly<Record<string, string>>,
): Promise<ParleyProcess> {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'warn', PARLEY_DEMO: 'off', ...environment },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then((code) => reject(new Error(`The server ended with code ${code}:\n${output}`)));
  });
  return {
    url,
    wsUrl: `${url.replace(/^http/, 'ws')}/`,
    child,
    async killNine() {
      child.kill('SIGKILL');
      await ended;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
