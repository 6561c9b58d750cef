import type { Target } from '../load/load-client.ts';
import type { Measurement } from '../load/measure.ts';

export interface Scenario {
  readonly name: string;
  /** What is counted per second. */
  readonly unit: string;
  readonly conditions: string;
  /** Connects the clients once; the returned run may be asked for several measurements. */
  prepare(target: Target): Promise<PreparedScenario>;
}

export interface PreparedScenario {
  /** As fast as the server goes, with a bounded number of messages in flight. */
  saturate(seconds: number): Promise<Measurement>;
  /** At a fixed rate of the scenario's unit, whatever the server does. */
  atRate(rate: number, seconds: number): Promise<Measurement>;
  end(): void;
}
