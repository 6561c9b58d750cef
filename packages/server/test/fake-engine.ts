import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { AppSettings } from '../src/domain/app/app-settings.ts';

export type Parameters = Record<string, unknown>;
export type Handler = (parameters: Parameters) => unknown;

export interface Call {
  readonly name: string;
  readonly parameters: Parameters;
  readonly headers: IncomingHttpHeaders;
}

/** What a handler answers as it is, in place of `{"result": …}`. */
export class Raw {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export const HOOKS = [
  '_messageReceived',
  '_receiversOffline',
  '_messageSent',
  '_messageUpdate',
  '_conversationStart',
  '_conversationStarted',
  '_conversationAdd',
  '_conversationAdded',
  '_conversationRemove',
  '_conversationRemoved',
  '_conversationUpdate',
  '_clientOnline',
  '_clientOffline',
  '_rtmClientSign',
];

/** An engine of an app, over real HTTP: functions by their names, and what was asked of it. */
export class FakeEngine {
  functions: Record<string, Handler> = {};
  calls: Call[] = [];
  /** TCP connections since the start. */
  connections = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const name = request.url?.split('/').at(-1) ?? '';
      const parameters = request.method === 'POST' ? ((await json(request)) as Parameters) : {};
      this.calls.push({ name, parameters, headers: request.headers });
      answer(response, await this.functions[name]?.(parameters));
    });
    this.#server.on('connection', () => {
      this.connections++;
    });
  }

  static async start(): Promise<FakeEngine> {
    const engine = new FakeEngine();
    await new Promise<void>((resolve) => engine.#server.listen(0, '127.0.0.1', resolve));
    return engine;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  settings(changes: Partial<AppSettings['engine']> = {}): Pick<AppSettings, 'engine'> {
    return {
      engine: {
        url: this.url,
        hookKey: 'hook-key',
        hooks: HOOKS,
        legacySign: true,
        // The engine is in the process of the test, which may be slow.
        timeoutMs: 10_000,
        notifyTimeoutMs: 60_000,
        maxInFlight: 64,
        ...changes,
      },
    };
  }

  called(name: string): readonly Call[] {
    return this.calls.filter((call) => call.name === name);
  }

  /** The parameters of a hook, once it was called so often. */
  async told(name: string, times = 1): Promise<readonly Parameters[]> {
    await expect.poll(() => this.called(name).length).toBe(times);
    return this.called(name).map(({ parameters }) => parameters);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answer(response: ServerResponse, result: unknown): void {
  if (result instanceof Raw) response.writeHead(result.status, result.headers).end(result.body);
  else response.setHeader('content-type', 'application/json').end(JSON.stringify({ result }));
}
