import type { GenericCommand } from '@parley/protocol';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Connection, Peer } from '../../session/connection.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../index.ts';
import { ManualTimers } from './manual-timers.ts';
import { until } from './until.ts';

export const KNOWN_APP = 'app-that-is-known';

/** A peer that does nothing but remember. */
export class RecordingPeer implements Peer {
  readonly connection: Connection;
  readonly received: GenericCommand[] = [];
  disconnects = 0;
  goAways = 0;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  receive(command: GenericCommand): void {
    this.received.push(command);
  }

  disconnected(): void {
    this.disconnects++;
  }

  goAway(): void {
    this.goAways++;
  }
}

export interface OpenGateway {
  readonly gateway: Gateway;
  readonly timers: ManualTimers;
  /** In the order of connecting. */
  readonly peers: RecordingPeer[];
  /** The n-th to connect, once it has. */
  peer(index?: number): Promise<RecordingPeer>;
}

/** A gateway on a free port, with time standing still; closed when the test ends. */
export async function openGateway(options: Partial<GatewayOptions> = {}): Promise<OpenGateway> {
  const timers = new ManualTimers();
  const peers: RecordingPeer[] = [];
  const gateway = await createGateway({
    host: '127.0.0.1',
    port: 0,
    accept(connection) {
      const peer = new RecordingPeer(connection);
      peers.push(peer);
      return peer;
    },
    apps: { routable: (appId) => appId === KNOWN_APP },
    timers,
    logger: pino({ level: 'silent' }),
    ...options,
  });
  onTestFinished(() => gateway.close());
  return {
    gateway,
    timers,
    peers,
    async peer(index = 0) {
      await until(() => peers.length > index, 'the connection');
      return peers[index] as RecordingPeer;
    },
  };
}
