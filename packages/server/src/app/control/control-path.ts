import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the kernels allow for the path of a socket, with room for the closing zero. */
const LONGEST_SOCKET_PATH = 100;

/**
 * Where the server of this data folder listens for commands of its operator. Whoever may read the data folder may
 * give them, nobody else.
 */
export function controlPath(dataDir: string): string {
  const name = `parley-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const path = join(dataDir, 'control.sock');
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH ? path : join(tmpdir(), `${name}.sock`);
}
