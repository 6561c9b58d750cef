import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { cannotListen } from './cannot-listen.ts';
import type { HttpServer } from './http-server.ts';

/** Time for HTTP requests that are under way when the server closes. */
const LAST_REQUESTS_MS = 2_000;

/** Listens, and answers on which port. */
export async function listen(server: HttpServer, host: string, port: number): Promise<number> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(host, port, error as NodeJS.ErrnoException);
  }
  return (server.address() as AddressInfo).port;
}

/** Stops listening and resolves when the last connection has ended; those that would not end are cut. */
export async function closeServer(server: HttpServer): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  const cut = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS);
  await closed;
  clearTimeout(cut);
}

/** An address at which programs on this machine reach a server that listens on `host`. */
export function localAuthority(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return `127.0.0.1:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
