import { createServer } from 'node:net';

/** Below the ports that systems lend to outgoing connections, one of which could have it when the server comes back. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/**
 * A port for a server that is to come back where its clients look for it. For any other server take 0.
 *
 * @throws Error if none of a hundred is free
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
  throw new Error(`No port between ${LOWEST} and ${HIGHEST} is free.`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
