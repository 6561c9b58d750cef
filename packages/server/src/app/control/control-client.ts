import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import {
  type AdministrationAnswer,
  AdministrationRefused,
  type AdministrationRequest,
} from './administration.ts';

/** Who asks, for the audit log. Whoever may use the socket is believed. */
export const USER_HEADER = 'parley-user';

/**
 * Asks the server that runs on this data.
 *
 * @returns `undefined` where none runs
 * @throws AdministrationRefused
 */
export async function askRunningServer<Request extends AdministrationRequest>(
  path: string,
  asked: Request,
  user: string,
): Promise<AdministrationAnswer<Request> | undefined> {
  const answer = await post(path, JSON.stringify(asked), { [USER_HEADER]: encodeURIComponent(user) });
  if (answer === undefined) return undefined;
  if (answer.status !== 200) {
    throw new AdministrationRefused((answer.body as { message?: string }).message ?? 'The server refused.');
  }
  return answer.body as AdministrationAnswer<Request>;
}

function post(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; body: unknown } | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: path, method: 'POST', path: '/', headers }, (response) => {
      json(response).then((parsed) => resolve({ status: response.statusCode ?? 500, body: parsed }), reject);
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      // No socket, or one that a killed process left behind.
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
    call.end(body);
  });
}
