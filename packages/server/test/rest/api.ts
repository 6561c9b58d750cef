import { CommandType, operationName } from '@parley/protocol';
import type { Parley, TestClient } from '@parley/testkit';
import { Value } from 'typebox/value';
import { expect } from 'vitest';
import { routes } from '../../src/rest/index.ts';
import { Failure } from '../../src/rest/schemas.ts';

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
  readonly body: any;
  readonly headers: Headers;
}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  /** Text as it is, instead of a body. */
  readonly text?: string;
  /** The master key unless given. */
  readonly as?: 'master' | 'app' | 'nobody';
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the REST API of a server, and insists that every answer is as its route describes it. */
export class Api {
  readonly #parley: Parley;

  constructor(parley: Parley) {
    this.#parley = parley;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    const url = new URL(this.#parley.url + path);
    for (const [name, value] of Object.entries(options.query ?? {}))
      url.searchParams.set(name, String(value));
    const text = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const response = await fetch(url, {
      method,
      headers: {
        ...this.#keys(options.as ?? 'master'),
        ...(text !== undefined && { 'Content-Type': 'application/json' }),
        ...options.headers,
      },
      ...(text !== undefined && { body: text }),
    });
    const body = await response.json();
    expect(response.headers.get('content-type')).toBe('application/json;charset=utf-8');
    checkAnswer(method, path, response.status, body);
    return { status: response.status, body, headers: response.headers };
  }

  get = (path: string, query: CallOptions['query'] = {}) => this.call('GET', path, { query });
  post = (path: string, body: unknown = {}) => this.call('POST', path, { body });
  put = (path: string, body: unknown = {}) => this.call('PUT', path, { body });
  delete = (path: string, body?: unknown) => this.call('DELETE', path, { body });

  /** The body of a call that must succeed. */
  async done(call: Promise<Reply>): Promise<Reply['body']> {
    const { status, body } = await call;
    if (status >= 300) throw new Error(`Refused with ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  #keys(as: 'master' | 'app' | 'nobody'): Record<string, string> {
    if (as === 'nobody') return {};
    const { appId, appKey, masterKey } = this.#parley;
    return { 'X-LC-Id': appId, 'X-LC-Key': as === 'master' ? `${masterKey},master` : appKey };
  }
}

/** What a refusal says, for comparison. */
export const refusal = ({ status, body }: Reply) => [status, body.code, body.error];

/** What a connection was pushed so far, by operation. */
export async function told(client: TestClient): Promise<readonly string[]> {
  await client.settled();
  return client.inbox
    .splice(0)
    .flatMap(({ cmd, op }) => (cmd === CommandType.conv && op !== undefined ? operationName(op) : []));
}

function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  const route = routes.find((each) => each.method === method && matches(each.path, path));
  const schema = status >= 400 ? Failure : route?.answers[status];
  if (schema === undefined) throw new Error(`${method} ${path} is not said to answer ${status}.`);
  if (Value.Check(schema, body)) return;
  const errors = JSON.stringify(Value.Errors(schema, body));
  throw new Error(`${method} ${path} answers ${JSON.stringify(body)}, which is not as described: ${errors}`);
}

function matches(pattern: string, path: string): boolean {
  // Repeated slashes and one at the end are nothing (`rest §1.1`).
  const plain = path.replaceAll(/\/+/g, '/').replace(/\/$/, '');
  const [wanted, given] = [pattern.split('/'), plain.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, at) => part.startsWith(':') || part === given[at])
  );
}
