import type { Parley } from '@parley/testkit';

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what a test is about
  readonly body: any;
  readonly headers: Headers;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly session?: string;
  readonly master?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Short forms of what a storage SDK sends. */
export class DataApi {
  readonly #parley: Pick<Parley, 'url' | 'appId' | 'appKey' | 'masterKey'>;
  readonly #standard: CallOptions;

  constructor(parley: Pick<Parley, 'url' | 'appId' | 'appKey' | 'masterKey'>, standard: CallOptions = {}) {
    this.#parley = parley;
    this.#standard = standard;
  }

  get master(): DataApi {
    return new DataApi(this.#parley, { ...this.#standard, master: true });
  }

  as(session: string): DataApi {
    return new DataApi(this.#parley, { ...this.#standard, session });
  }

  get(path: string, query: CallOptions['query'] = {}, options: CallOptions = {}): Promise<Reply> {
    return this.call('GET', path, { ...options, query });
  }

  post(path: string, body?: unknown, options: CallOptions = {}): Promise<Reply> {
    return this.call('POST', path, { ...options, body });
  }

  put(path: string, body?: unknown, options: CallOptions = {}): Promise<Reply> {
    return this.call('PUT', path, { ...options, body });
  }

  delete(path: string, options: CallOptions = {}): Promise<Reply> {
    return this.call('DELETE', path, options);
  }

  async call(method: string, path: string, given: CallOptions): Promise<Reply> {
    const { body, query, session, master, headers } = { ...this.#standard, ...given };
    const url = new URL(`/1.1${path}`, this.#parley.url);
    for (const [name, value] of Object.entries(query ?? {})) {
      url.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
    const response = await fetch(url, {
      method,
      headers: {
        'X-LC-Id': this.#parley.appId,
        'X-LC-Key': master === true ? `${this.#parley.masterKey},master` : this.#parley.appKey,
        ...(session !== undefined && { 'X-LC-Session': session }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }
}

export const ID = /^[0-9a-f]{24}$/;
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
export const TOKEN = /^[a-z0-9]{25}$/;
