import { Counter, Histogram, type Registry } from 'prom-client';

const MILLISECONDS = 1000;

/** What is not only counted: how long it took, and how large it was. */
export class Observations {
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #requestSeconds: Histogram<'method' | 'route'>;
  readonly #hooks: Counter<'app' | 'hook' | 'outcome'>;
  readonly #hookSeconds: Histogram<'app' | 'hook'>;
  readonly #commitSeconds: Histogram;
  readonly #commitCalls: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Counter({
      name: 'parley_http_requests_total',
      help: 'HTTP requests answered.',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: 'parley_http_request_seconds',
      help: 'Time from a request to its answer.',
      labelNames: ['method', 'route'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    this.#hooks = new Counter({
      name: 'parley_hook_calls_total',
      help: 'Calls of hooks: answered, failed, timed-out, skipped (left alone after failures), dropped (too many waiting).',
      labelNames: ['app', 'hook', 'outcome'],
      registers,
    });
    this.#hookSeconds = new Histogram({
      name: 'parley_hook_seconds',
      help: 'Time from wanting to call a hook to its answer or failure, waiting included.',
      labelNames: ['app', 'hook'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10],
      registers,
    });
    this.#commitSeconds = new Histogram({
      name: 'parley_store_commit_seconds',
      help: 'Time from handing a batch to the store to its being on disk.',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
      registers,
    });
    this.#commitCalls = new Histogram({
      name: 'parley_store_batch_calls',
      help: 'Calls that shared a commit.',
      buckets: [1, 2, 5, 10, 25, 50, 100, 200, 512],
      registers,
    });
  }

  requestServed(method: string, route: string, status: number, milliseconds: number): void {
    this.#requests.inc({ method, route, status });
    this.#requestSeconds.observe({ method, route }, milliseconds / MILLISECONDS);
  }

  hookCalled(app: string, hook: string, outcome: string, milliseconds: number): void {
    this.#hooks.inc({ app, hook, outcome });
    // What was not called took no time worth knowing.
    if (outcome === 'skipped' || outcome === 'dropped') return;
    this.#hookSeconds.observe({ app, hook }, milliseconds / MILLISECONDS);
  }

  committed(calls: number, milliseconds: number): void {
    this.#commitSeconds.observe(milliseconds / MILLISECONDS);
    this.#commitCalls.observe(calls);
  }
}
