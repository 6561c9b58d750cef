import type { DropCounters } from './outbound-queue.ts';

/** What the gateway has done since it started. */
export interface GatewayCounters {
  /** WebSockets accepted. */
  accepted: number;
  /** Upgrades refused, for whatever reason. */
  refused: number;
  /** Commands received. */
  received: number;
  /** Frames handed over for sending, dropped ones included. */
  sent: number;
  /** Writes they left in; `sent / writes` is what joining gains. */
  writes: number;
  /** Frames dropped on congested connections. */
  readonly dropped: DropCounters;
  /** Connections cut because too much waited for them. */
  overruns: number;
  /** Close frames sent, by code. */
  readonly closed: Map<number, number>;
}

export function createCounters(): GatewayCounters {
  return {
    accepted: 0,
    refused: 0,
    received: 0,
    sent: 0,
    writes: 0,
    dropped: { low: 0, normal: 0 },
    overruns: 0,
    closed: new Map(),
  };
}
