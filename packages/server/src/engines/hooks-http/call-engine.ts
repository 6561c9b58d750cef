import { Pool } from 'undici';
import type { App } from '../../domain/app/app.ts';
import { HookFailed } from '../../domain/ports/hooks.ts';
import { Breaker, type BreakerState, isLeftAlone } from '../outgoing/breaker.ts';
import { connectTo, type Targets } from '../outgoing/targets.ts';
import { GaveWay, Turnstile } from '../outgoing/turnstile.ts';
import { signName } from './legacy-sign.ts';

/** Notifications that may wait for their turn; beyond that the oldest is lost, and counted. */
const WAITING_NOTIFICATIONS = 10_000;
/** Questions that may wait for theirs: a burst is not to slip past a hook, but nobody waits beyond the time-out. */
const WAITING_QUESTIONS = 10_000;
const LIST_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const VERSION = 'Parley/1.0';

export interface EngineCounters {
  called: number;
  failed: number;
  /** Calls that were not made, because too many were waiting. */
  dropped: number;
}

/** `skipped`: left alone after many failures. `dropped`: too many were waiting. */
export type CallOutcome = 'answered' | 'failed' | 'timed-out' | 'skipped' | 'dropped';

/** Told of every call when it is over. */
export type CallObserver = (app: App, name: string, outcome: CallOutcome, milliseconds: number) => void;

/** Where a call comes from, and what becomes of it. */
interface Call {
  readonly name: string;
  readonly parameters: object;
  /** Of the client it is about. */
  readonly address?: string;
}

/**
 * Calls the functions of one engine over HTTP as LeanEngine expects it: connections that stay open, a bound on calls
 * under way, a circuit breaker per function. Redirects are not followed, so an engine cannot point into the network.
 */
export class EngineCaller {
  readonly counters: EngineCounters = { called: 0, failed: 0, dropped: 0 };
  readonly #app: App;
  /** One each, so that no question waits for an engine that is slow to hear what has happened. */
  readonly #asking: Pool;
  readonly #telling: Pool;
  readonly #base: string;
  readonly #called: CallObserver;
  readonly #questions: Turnstile;
  readonly #notifications: Turnstile;
  readonly #breakers = new Map<string, Breaker>();
  #underWay = 0;
  #idle = () => {};

  constructor(app: App, targets: Targets, called: CallObserver = () => {}) {
    const { url, maxInFlight } = app.settings.engine;
    const { origin, pathname } = new URL(url);
    this.#app = app;
    this.#called = called;
    this.#base = pathname.replace(/\/+$/, '');
    const connections = { connections: maxInFlight, pipelining: 1, connect: connectTo(targets) };
    this.#asking = new Pool(origin, connections);
    this.#telling = new Pool(origin, connections);
    this.#questions = new Turnstile(maxInFlight, WAITING_QUESTIONS);
    this.#notifications = new Turnstile(maxInFlight, WAITING_NOTIFICATIONS);
  }

  /**
   * The value a function returned; `undefined` where it returned nothing.
   *
   * @throws HookFailed
   */
  ask(call: Call): Promise<unknown> {
    const { timeoutMs } = this.#app.settings.engine;
    const begun = performance.now();
    return this.#guarded(this.#questions, call.name, async () => {
      const left = Math.ceil(timeoutMs - (performance.now() - begun));
      if (left <= 0) throw new HookFailed('The engine is too busy: a call waited for its turn too long.');
      const text = await this.#post(this.#asking, call, left);
      // Some runtimes answer nothing at all where a function returns nothing.
      return text === '' ? undefined : resultOf(text);
    });
  }

  /** Tells a function what has happened. What it answers does not matter, as long as it does. */
  async tell(call: Call): Promise<void> {
    const { notifyTimeoutMs } = this.#app.settings.engine;
    await this.#guarded(this.#notifications, call.name, () =>
      this.#post(this.#telling, call, notifyTimeoutMs),
    );
  }

  /** Functions that were called, and whether they are now. */
  *breakers(): Iterable<readonly [name: string, state: BreakerState]> {
    for (const [name, { state }] of this.#breakers) yield [name, state];
  }

  /** Calls that wait for their turn. */
  get waiting(): number {
    return this.#questions.waiting + this.#notifications.waiting;
  }

  /** The names of the functions the engine has. @throws HookFailed */
  async list(): Promise<readonly string[]> {
    const path = '/1.1/functions/_ops/metadatas';
    const text = await this.#request(
      this.#telling,
      { method: 'GET', path, headers: this.#masterHeaders() },
      LIST_TIMEOUT_MS,
    );
    const names = resultOf(text);
    if (!Array.isArray(names)) throw new HookFailed('The list of functions is no list.');
    return names.filter((name) => typeof name === 'string');
  }

  /** Lets the calls that were begun end, those that wait included, for as long as there is patience. */
  async close(patienceMs: number): Promise<void> {
    if (this.#underWay > 0) {
      const ended = Promise.withResolvers<void>();
      this.#idle = ended.resolve;
      const deadline = setTimeout(ended.resolve, patienceMs);
      await ended.promise;
      clearTimeout(deadline);
    }
    await Promise.all([this.#asking.destroy(), this.#telling.destroy()]);
  }

  async #guarded<Answer>(turnstile: Turnstile, name: string, call: () => Promise<Answer>): Promise<Answer> {
    this.counters.called++;
    this.#underWay++;
    const begun = performance.now();
    try {
      const answer = await turnstile.execute(() => this.#breaker(name).execute(call));
      this.#called(this.#app, name, 'answered', performance.now() - begun);
      return answer;
    } catch (error) {
      const outcome = outcomeOf(error);
      this.#called(this.#app, name, outcome, performance.now() - begun);
      this.counters.failed++;
      if (outcome === 'dropped') this.counters.dropped++;
      if (error instanceof HookFailed) throw error;
      throw new HookFailed(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      if (--this.#underWay === 0) this.#idle();
    }
  }

  #breaker(name: string): Breaker {
    const breaker = this.#breakers.get(name) ?? new Breaker();
    this.#breakers.set(name, breaker);
    return breaker;
  }

  #post(pool: Pool, { name, parameters, address }: Call, timeoutMs: number): Promise<string> {
    const { legacySign } = this.#app.settings.engine;
    const { masterKey } = this.#app;
    const signed = legacySign ? { ...parameters, __sign: signName(masterKey, name, Date.now()) } : parameters;
    const path = `/1.1/functions/${name}`;
    const headers = this.#callHeaders(address);
    return this.#request(pool, { method: 'POST', path, headers, body: JSON.stringify(signed) }, timeoutMs);
  }

  async #request(
    pool: Pool,
    request: {
      readonly method: 'GET' | 'POST';
      readonly path: string;
      readonly headers: Record<string, string>;
      readonly body?: string;
    },
    timeoutMs: number,
  ): Promise<string> {
    const answer = await pool.request({
      ...request,
      path: this.#base + request.path,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await bounded(answer.body);
    if (answer.statusCode !== 200) {
      throw new HookFailed(`The engine answered ${answer.statusCode}: ${text.slice(0, 200)}`);
    }
    return text;
  }

  #callHeaders(address: string | undefined): Record<string, string> {
    const { hookKey } = this.#app.settings.engine;
    return {
      'content-type': 'application/json',
      'x-lc-id': this.#app.id,
      'x-lc-key': this.#app.appKey,
      'x-lc-prod': '1',
      'user-agent': VERSION,
      ...(hookKey !== '' && { 'x-lc-hook-key': hookKey }),
      ...(address !== undefined && address !== '' && { 'x-real-ip': address, 'x-forwarded-for': address }),
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
      'user-agent': VERSION,
    };
  }
}

function outcomeOf(error: unknown): CallOutcome {
  if (isLeftAlone(error)) return 'skipped';
  if (error instanceof GaveWay) return 'dropped';
  return error instanceof Error && error.name === 'TimeoutError' ? 'timed-out' : 'failed';
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
