import { collectDefaultMetrics, Registry } from 'prom-client';
import { Observations } from './observations.ts';
import { registerReadings } from './readings.ts';
import type { MetricSources } from './sources.ts';

export type { Counted, EngineReading, MetricSources, WebhookReading } from './sources.ts';

/** Everything an operator's monitoring reads, in the format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  /** Where the rooms tell how long something took. */
  readonly observed: Observations;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.observed = new Observations(this.#registry);
  }

  /** Reads these from now on, whenever somebody asks. */
  read(sources: MetricSources): void {
    registerReadings(this.#registry, sources);
  }

  async render(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
