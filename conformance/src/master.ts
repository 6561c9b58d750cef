import type { Target } from './target.ts';

/** Whether the target has given a master key: what an app's own server does needs it. */
export const withMasterKey =
  process.env.PARLEY_TARGET_URL === undefined || process.env.PARLEY_TARGET_MASTER_KEY !== undefined;

/** A call of the app's own server, with the master key. */
export async function asMaster<Body>(
  { url, appId, masterKey }: Target,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<Body> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      'X-LC-Id': appId,
      'X-LC-Key': `${masterKey},master`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok)
    throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer as Body;
}
