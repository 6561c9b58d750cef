import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import { connectTo, type Targets } from '../outgoing/targets.ts';

const TIMEOUT_MS = 5_000;

/** The receiver did not take it. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
  /** Trying again will not help: the receiver has understood, and refuses. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean) {
    super(message);
    this.isFinal = isFinal;
  }
}

/** Posts JSON; any 2xx takes it. Redirects are not followed. @throws NotTaken */
export type Post = (url: string, body: string, headers: Record<string, string>) => Promise<void>;

export function postTo(targets: Targets): Post {
  // Few connections: each webhook has one call under way.
  const agent = new Agent({ connections: 8, pipelining: 1, connect: connectTo(targets) });
  return (url, body, headers) => post(agent, url, body, headers);
}

async function post(agent: Agent, url: string, body: string, headers: Record<string, string>): Promise<void> {
  let status: number;
  try {
    const answer = await request(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'user-agent': 'Parley', ...headers },
      dispatcher: agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = answer.statusCode;
    // What it says does not matter, but its connection is wanted again.
    await answer.body.dump();
  } catch (error) {
    throw new NotTaken(error instanceof Error ? error.message : String(error), false);
  }
  if (status >= 200 && status < 300) return;
  throw new NotTaken(`The receiver answered ${status}.`, status < 500 && status !== 408 && status !== 429);
}

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com), which libraries of every language verify.
 *
 * @param id the same whenever the same is sent again: receivers know by it what they have already
 * @param secret base64, with or without `whsec_` in front
 */
export function signedHeaders(id: string, secret: string, body: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
