import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Target } from '../load/load-client.ts';

export interface RunningServer extends Target {
  readonly name: string;
  /** Where its data lies, if it keeps any. */
  readonly dataDir?: string;
  readonly pid?: number | undefined;
  stop(): Promise<void>;
}

export interface ParleyOptions {
  /** Listens on every address of the machine instead of one. */
  readonly everywhere?: boolean;
  /** Settings of the app, as `parley app settings` takes them. */
  readonly settings?: readonly string[];
  /** A data folder that was prepared before; removed at the end like one made here. */
  readonly dataDir?: string;
  /** Files of plug-ins. */
  readonly plugins?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export const APP_ID = 'benchmark-app-id';
export const MASTER_KEY = 'benchmark-master-key';
const PARLEY = here('../../../packages/server/src/app/main.ts');

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

export async function startBareForwarder(): Promise<RunningServer> {
  const child = fork(here('bare-forwarder.ts'), { stdio: 'inherit' });
  endTogether(child);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`The bare forwarder ended with ${code}.`)));
  });
  return {
    name: 'bare ws forwarder',
    appId: APP_ID,
    wsUrl: new URL(`ws://127.0.0.1:${port}/`),
    stop: () => stop(child),
  };
}

/** Something that answers hooks, and takes its time. */
export async function startSlowEngine(
  milliseconds: number,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const child = fork(here('slow-engine.ts'), [String(milliseconds)], { stdio: 'inherit' });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`The engine ended with ${code}.`)));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(child) };
}

/** Parley as an operator runs it: its own process, a real data folder, every message on disk before it is answered. */
export async function startParley({
  everywhere = false,
  settings = [],
  dataDir,
  plugins = [],
  environment = {},
}: ParleyOptions = {}): Promise<RunningServer> {
  const data = dataDir ?? (await mkdtemp(join(tmpdir(), 'parley-bench-')));
  const child = spawn(process.execPath, [PARLEY], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: '0',
      HOST: everywhere ? '0.0.0.0' : '127.0.0.1',
      PARLEY_DATA_DIR: data,
      PARLEY_APP_ID: APP_ID,
      PARLEY_MASTER_KEY: MASTER_KEY,
      PARLEY_CLIENT_RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      ...(plugins.length > 0 && { PARLEY_PLUGINS: plugins.join(',') }),
      ...environment,
    },
  });
  endTogether(child);
  const wsUrl = await new Promise<URL>((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /wss?:\/\/127\.0\.0\.1:\d+\/?/.exec(output)?.[0];
      if (url !== undefined) resolve(new URL(url));
    });
    child.once('exit', (code) => reject(new Error(`Parley ended with ${code}: ${output}`)));
  });
  if (settings.length > 0) {
    const env = { ...process.env, PARLEY_DATA_DIR: data };
    await promisify(execFile)(process.execPath, [PARLEY, 'app', 'settings', ...settings], { env });
  }
  return {
    name: 'Parley',
    pid: child.pid,
    dataDir: data,
    appId: APP_ID,
    wsUrl,
    stop: async () => {
      await stop(child);
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** A scenario that fails must not leave its server to those that come after. */
function endTogether(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}

export function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
