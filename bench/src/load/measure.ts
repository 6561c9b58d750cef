import { cpuTime } from './cores.ts';

/** What one run of a scenario showed. */
export interface Measurement {
  /** Events (messages, or deliveries) per second. */
  readonly rate: number;
  /** Milliseconds from sending to receiving. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's processor time for each event; NaN where its process is not known. */
  readonly cpu: number;
}

/** Counts events and their latencies while it is open. */
export class Recorder {
  #open = false;
  #count = 0;
  #latencies: number[] = [];
  #startedAt = 0;
  #cpuAt = 0;
  readonly #server: number | undefined;

  /** @param server the process id of the server */
  constructor(server?: number) {
    this.#server = server;
  }

  start(): void {
    this.#open = true;
    this.#count = 0;
    this.#latencies = [];
    this.#startedAt = performance.now();
    this.#cpuAt = this.#cpuNow();
  }

  record(sentAt: number): void {
    if (!this.#open) return;
    this.#count++;
    // Every delivery counts, every eighth is timed: sorting millions of samples would disturb what is measured.
    if ((this.#count & 7) === 0) this.#latencies.push(performance.now() - sentAt);
  }

  stop(): Measurement {
    this.#open = false;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const sorted = Float64Array.from(this.#latencies).sort();
    return {
      rate: this.#count / seconds,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      cpu: (this.#cpuNow() - this.#cpuAt) / this.#count,
    };
  }

  #cpuNow(): number {
    return this.#server === undefined ? Number.NaN : cpuTime(this.#server);
  }
}

export function quantile(sorted: Float64Array, share: number): number {
  return sorted.length === 0 ? Number.NaN : (sorted[Math.floor((sorted.length - 1) * share)] as number);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : (sorted[Math.floor((sorted.length - 1) / 2)] as number);
}

export function seconds(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration * 1000));
}
