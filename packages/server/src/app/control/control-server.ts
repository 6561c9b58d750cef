import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { AppSettingsInvalid } from '../../domain/app/change-app-settings.ts';
import {
  type Administered,
  AdministrationRefused,
  type AdministrationRequest,
  administer,
} from './administration.ts';
import { USER_HEADER } from './control-client.ts';

/**
 * Listens for commands of the operator, who uses the same program with other words (`parley app settings`). A socket
 * in the data folder rather than a port: the right to the folder is the right to command, and no secret is needed.
 *
 * @returns stops listening
 */
export async function startControlServer(
  path: string,
  administered: Administered,
): Promise<() => Promise<void>> {
  // Whoever holds the lock on the data may remove what a killed process left behind.
  if (process.platform !== 'win32') rmSync(path, { force: true });
  const server = createServer((request, response) => void answer(administered, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  // The server must end with its clients, not with this socket.
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

async function answer(
  administered: Administered,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    // Both ends are the same program, of the same release or nearly: the words are checked where they are used.
    const asked = (await json(request)) as AdministrationRequest;
    const author = { via: 'cli', user: userOf(request) } as const;
    reply(response, 200, await administer(administered, asked, author));
  } catch (error) {
    const refused = error instanceof AdministrationRefused || error instanceof AppSettingsInvalid;
    const message = error instanceof Error ? error.message : String(error);
    reply(response, refused ? 400 : 500, { message });
  }
}

function userOf({ headers }: IncomingMessage): string {
  const user = headers[USER_HEADER];
  return typeof user === 'string' ? decodeURIComponent(user) : 'unknown';
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
