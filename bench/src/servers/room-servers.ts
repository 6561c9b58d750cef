import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Dialect, parley, plain, socketIo } from '../load/dialects.ts';
import { startParley, stop } from './start-server.ts';

/** A server with rooms that is running. */
export interface RoomServer {
  readonly pid: number;
  readonly port: number;
  readonly dialect: Dialect;
  stop(): Promise<void>;
}

export interface RoomPeer {
  readonly name: string;
  start(): Promise<RoomServer>;
}

/** A peer that cannot take part here, and why. */
export interface AbsentPeer {
  readonly name: string;
  readonly absence: string;
}

export const parleyRooms: RoomPeer = {
  name: 'Parley (every message on disk before its ack)',
  async start() {
    // The standard ceiling of an app would discard what is beyond 160,000 deliveries/s, which is not to be measured.
    const server = await startParley({ everywhere: true, settings: ['deliveriesPerSecond=0'] });
    if (server.pid === undefined) throw new Error('Parley has no process.');
    return {
      pid: server.pid,
      port: Number(server.wsUrl.port),
      dialect: parley(server.appId),
      stop: server.stop,
    };
  },
};

export const socketIoRooms: RoomPeer = {
  name: 'socket.io (room broadcast)',
  start: () => startPrinting(process.execPath, [here('socket-io-room.ts')], socketIo),
};

export const wsRooms: RoomPeer = {
  name: '`ws.send` to every member',
  start: () => startPrinting(process.execPath, [here('ws-room.ts')], plain),
};

const C_NAME = 'C, epoll, joined frames';

/** Compiles the server in C where there is a compiler. `end` removes it. */
export async function compileRoomInC(): Promise<(RoomPeer | AbsentPeer) & { end(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-room-'));
  const program = join(folder, 'room');
  const end = () => rm(folder, { recursive: true, force: true });
  try {
    await promisify(execFile)('gcc', ['-O2', '-o', program, here('../../peers/room.c')]);
  } catch (error) {
    const absence =
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'there is no gcc here'
        : 'gcc failed to compile it';
    return { name: C_NAME, absence, end };
  }
  return { name: C_NAME, start: () => startPrinting(program, [], plain), end };
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** Starts a program that prints its port. */
async function startPrinting(
  program: string,
  args: readonly string[],
  dialect: Dialect,
): Promise<RoomServer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}.`)));
  });
  if (child.pid === undefined) throw new Error(`${program} has no process.`);
  return { pid: child.pid, port, dialect, stop: () => stop(child) };
}
