/** Totals of an app, told apart by one more word. */
export interface Counted {
  readonly app: string;
  readonly count: number;
}

/** Which hooks are left alone after many failures. */
type BreakerReadings = Iterable<readonly [hook: string, state: 'closed' | 'open' | 'half-open']>;

export interface EngineReading {
  readonly app: string;
  /** Calls that wait for their turn. */
  readonly waiting: number;
  readonly breakers: BreakerReadings;
}

export interface PluginReading {
  readonly plugin: string;
  readonly isRunning: boolean;
  /** Questions so far, and those that were not answered as they should be. */
  readonly called: number;
  readonly failed: number;
  /** Events it was not told, because too many were waiting. */
  readonly dropped: number;
  readonly restarts: number;
  /** Events that wait to be told. */
  readonly waiting: number;
  readonly breakers: BreakerReadings;
}

export interface WebhookReading {
  readonly app: string;
  readonly webhook: string;
  readonly taken: number;
  readonly failed: number;
  readonly setAside: number;
  /** How many places of the log it has still to look at. */
  readonly backlog: number;
  /** How long the oldest message that is under way has been waiting. */
  readonly lagSeconds: number;
}

/** What the rooms count for themselves, read when somebody asks: counting must cost them nothing but an addition. */
export interface MetricSources {
  readonly gateway: () => {
    readonly connections: number;
    readonly saturated: boolean;
    readonly accepted: number;
    readonly refused: number;
    readonly received: number;
    readonly sent: number;
    readonly writes: number;
    readonly dropped: { readonly low: number; readonly normal: number };
    readonly overruns: number;
    readonly closed: ReadonlyMap<number, number>;
  };
  readonly sessions: () => Iterable<Counted & { readonly clients: number }>;
  readonly commands: () => Iterable<{
    readonly command: string;
    readonly outcome: string;
    readonly count: number;
  }>;
  readonly messages: () => Iterable<Counted & { readonly conversation: string; readonly kind: string }>;
  readonly deliveries: () => number;
  readonly discarded: () => Iterable<Counted>;
  readonly engines: () => Iterable<EngineReading>;
  readonly plugins: () => Iterable<PluginReading>;
  readonly webhooks: () => Promise<Iterable<WebhookReading>>;
  readonly deadLetters: () => Promise<Iterable<Counted>>;
}
