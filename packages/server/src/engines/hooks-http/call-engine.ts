import { createHmac } from 'node:crypto';
import {
  type BulkheadPolicy,
  bulkhead,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
} from 'cockatiel';
import { Pool } from 'undici';
import type { App } from '../../domain/app/app.ts';
import { HookFailed } from '../../domain/ports/hooks.ts';

/** A dead engine is not to add its time-out to every message (`hooks-and-signatures §1.3`). */
const FAILURES_TO_OPEN = 10;
const OPEN_FOR_MS = 5_000;
/** Notifications that may wait for their turn; what is beyond is lost, and counted. */
const WAITING_NOTIFICATIONS = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface EngineCounters {
  called: number;
  failed: number;
  /** Notifications nobody was told of, because too many were waiting. */
  dropped: number;
}

/**
 * Calls the functions of one engine over HTTP as LeanEngine expects it: connections that stay open, a bound on calls
 * under way, a circuit breaker per function. Redirects are not followed, so an engine cannot point into the network.
 */
export class EngineCaller {
  readonly counters: EngineCounters = { called: 0, failed: 0, dropped: 0 };
  readonly #app: App;
  readonly #pool: Pool;
  readonly #base: string;
  readonly #bulkhead: BulkheadPolicy;
  readonly #notifications: BulkheadPolicy;
  readonly #breakers = new Map<string, CircuitBreakerPolicy>();

  constructor(app: App) {
    const { url, maxInFlight } = app.settings.engine;
    const { origin, pathname } = new URL(url);
    this.#app = app;
    this.#base = pathname.replace(/\/+$/, '');
    this.#pool = new Pool(origin, { connections: maxInFlight, pipelining: 1 });
    this.#bulkhead = bulkhead(maxInFlight);
    this.#notifications = bulkhead(maxInFlight, WAITING_NOTIFICATIONS);
  }

  /**
   * The value a function returned; `undefined` where it returned nothing.
   *
   * @throws HookFailed
   */
  ask(name: string, parameters: object): Promise<unknown> {
    const { timeoutMs } = this.#app.settings.engine;
    return this.#guarded(this.#bulkhead, name, async () => {
      const text = await this.#post(name, parameters, timeoutMs);
      // Some runtimes answer nothing at all where a function returns nothing.
      return text === '' ? undefined : resultOf(text);
    });
  }

  /** Tells a function what has happened. What it answers does not matter, as long as it does. */
  async tell(name: string, parameters: object): Promise<void> {
    const { notifyTimeoutMs } = this.#app.settings.engine;
    await this.#guarded(this.#notifications, name, () => this.#post(name, parameters, notifyTimeoutMs));
  }

  /** The names of the functions the engine has. @throws HookFailed */
  async list(): Promise<readonly string[]> {
    const text = await this.#request('GET', '/1.1/functions/_ops/metadatas', undefined, 5_000);
    const names = resultOf(text);
    if (!Array.isArray(names)) throw new HookFailed('The list of functions is no list.');
    return names.filter((name) => typeof name === 'string');
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #guarded<Answer>(
    turnstile: BulkheadPolicy,
    name: string,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    this.counters.called++;
    try {
      return await turnstile.execute(() => this.#breaker(name).execute(call));
    } catch (error) {
      this.counters.failed++;
      if (error instanceof HookFailed) throw error;
      throw new HookFailed(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  #breaker(name: string): CircuitBreakerPolicy {
    let breaker = this.#breakers.get(name);
    if (breaker === undefined) {
      breaker = circuitBreaker(handleAll, {
        halfOpenAfter: OPEN_FOR_MS,
        breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
      });
      this.#breakers.set(name, breaker);
    }
    return breaker;
  }

  #post(name: string, parameters: object, timeoutMs: number): Promise<string> {
    const { legacySign } = this.#app.settings.engine;
    const signed = legacySign ? { ...parameters, __sign: this.#legacySign(name) } : parameters;
    return this.#request('POST', `/1.1/functions/${name}`, JSON.stringify(signed), timeoutMs);
  }

  /** `{time},{HMAC-SHA1 of name and time}`, without which the PHP SDK refuses (`hooks-and-signatures §2.4`). */
  #legacySign(name: string): string {
    const now = Date.now();
    return `${now},${createHmac('sha1', this.#app.masterKey).update(`${name}:${now}`).digest('hex')}`;
  }

  async #request(
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    timeoutMs: number,
  ): Promise<string> {
    const answer = await this.#pool.request({
      method,
      path: this.#base + path,
      headers: method === 'GET' ? this.#masterHeaders() : this.#callHeaders(),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body }),
    });
    const text = await bounded(answer.body);
    if (answer.statusCode !== 200) {
      throw new HookFailed(`The engine answered ${answer.statusCode}: ${text.slice(0, 200)}`);
    }
    return text;
  }

  #callHeaders(): Record<string, string> {
    const { hookKey } = this.#app.settings.engine;
    return {
      'content-type': 'application/json',
      'x-lc-id': this.#app.id,
      'x-lc-key': this.#app.appKey,
      'x-lc-prod': '1',
      'user-agent': 'Parley',
      ...(hookKey !== '' && { 'x-lc-hook-key': hookKey }),
    };
  }

  /** No single spelling is understood by every engine (`hooks-and-signatures §2.2`). */
  #masterHeaders(): Record<string, string> {
    const { id, masterKey } = this.#app;
    return {
      'x-lc-id': id,
      'x-avoscloud-application-id': id,
      'x-lc-key': `${masterKey},master`,
      'x-avoscloud-master-key': masterKey,
      'user-agent': 'Parley',
    };
  }
}

async function bounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new HookFailed('The answer of the engine is longer than a megabyte.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws HookFailed */
function resultOf(text: string): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'result' in answer ? answer.result : undefined;
  } catch {
    throw new HookFailed(`The answer of the engine is no JSON: ${text.slice(0, 100)}`);
  }
}
