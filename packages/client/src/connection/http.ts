import { localError, ParleyError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';

export interface HttpOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** HTTP to the same server, with the credentials of the app. Answers are unknown until somebody looks at them. */
export class Http {
  readonly #platform: Platform;
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(platform: Platform, base: string, appId: string, appKey: string | undefined) {
    this.#platform = platform;
    this.#base = base.replace(/\/+$/, '');
    this.#headers = {
      'X-LC-Id': appId,
      ...(appKey !== undefined && { 'X-LC-Key': appKey }),
    };
  }

  get(path: string, options?: HttpOptions): Promise<unknown> {
    return this.#request('GET', path, options);
  }

  post(path: string, options?: HttpOptions): Promise<unknown> {
    return this.#request('POST', path, options);
  }

  /** @throws ParleyError with the code of the answer, or HTTP_FAILED */
  async #request(method: 'GET' | 'POST', path: string, options: HttpOptions = {}): Promise<unknown> {
    const { status, body } = await this.#platform
      .http({
        method,
        url: `${this.#base}${path}${queryString(options.query ?? {})}`,
        headers: { ...this.#headers, ...(options.body !== undefined && JSON_CONTENT), ...options.headers },
        ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      })
      .catch((cause: unknown) => {
        throw localError('HTTP_FAILED', 'The server could not be reached over HTTP.', { cause });
      });
    const answer = parse(body);
    if (status < 300) return answer;
    const { code, error } = (answer ?? {}) as { code?: unknown; error?: unknown };
    const text = typeof error === 'string' ? error : `HTTP status ${status}`;
    const reason = /^[A-Z_]+$/.test(text) ? text : 'HTTP_FAILED';
    throw new ParleyError(reason, typeof code === 'number' ? code : status, {
      detail: text,
      isPassing: isRefusal(status) ? false : undefined,
    });
  }
}

/** Whether an HTTP status says that the same request will not do better later. */
export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

const JSON_CONTENT = { 'Content-Type': 'application/json' };

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function queryString(query: NonNullable<HttpOptions['query']>): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
