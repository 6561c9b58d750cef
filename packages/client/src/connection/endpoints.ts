import { localError } from '../errors.ts';
import type { Clock } from '../platform/platform.ts';
import type { Http } from './http.ts';

const SHORTEST_TTL = 60;

/** Where sockets go. The server says so and may change its mind, so the answer is kept only for the time it names. */
export class Endpoints {
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #appId: string;
  readonly #fixed: string | undefined;
  #urls: readonly string[] = [];
  #until = 0;
  #turn = 0;
  #failures = 0;

  /** @param url of the server; a `ws:` or `wss:` one is used as it is, without asking */
  constructor(http: Http, clock: Clock, appId: string, url: string) {
    this.#http = http;
    this.#clock = clock;
    this.#appId = appId;
    this.#fixed = /^wss?:/.test(url) ? url : undefined;
  }

  /** The next one to try: two that the server names take turns. */
  async next(isSecure: boolean): Promise<string> {
    if (this.#fixed !== undefined) return this.#fixed;
    if (this.#clock.now() >= this.#until) await this.#ask(isSecure);
    const url = this.#urls[this.#turn++ % this.#urls.length];
    if (url === undefined) throw localError('HTTP_FAILED', 'The server names no endpoint.');
    return url;
  }

  forget(): void {
    this.#until = 0;
  }

  /** No connection came about. Where all of them fail, the server may be somewhere else by now. */
  failed(): void {
    this.#failures++;
    if (this.#failures >= this.#urls.length) this.forget();
  }

  async #ask(isSecure: boolean): Promise<void> {
    const answer = (await this.#http.get('/v1/route', {
      query: { appId: this.#appId, secure: isSecure ? 1 : 0 },
    })) as { server?: unknown; secondary?: unknown; ttl?: unknown } | undefined;
    const urls = [answer?.server, answer?.secondary].filter((url) => typeof url === 'string');
    if (urls.length === 0) throw localError('HTTP_FAILED', 'There is no Parley server at this URL.');
    const ttl = typeof answer?.ttl === 'number' ? answer.ttl : SHORTEST_TTL;
    this.#urls = [...new Set(urls)];
    this.#failures = 0;
    this.#until = this.#clock.now() + Math.max(ttl, SHORTEST_TTL) * 1000;
  }
}
