import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import { CloseCode } from '@parley/protocol';
import type { FastifyInstance } from 'fastify';
import { badCertificate } from './cannot-listen.ts';
import { ClientConnection, type ConnectionSurroundings } from './client-connection.ts';
import { Connections } from './connections.ts';
import { createCounters, type GatewayCounters } from './counters.ts';
import { allowCrossOrigin } from './cross-origin.ts';
import { registerDiscovery } from './discovery.ts';
import { FlushSchedule } from './flush-schedule.ts';
import { registerHealth } from './health.ts';
import { createHttp } from './http-server.ts';
import { KeepAlive } from './keep-alive.ts';
import { closeServer, listen, localAuthority } from './listen.ts';
import { LoopLoad } from './loop-load.ts';
import { defaultLimits, type GatewayOptions, type TlsMaterial } from './options.ts';
import { isExposedPlaintext, plaintextRefused, refusePlaintextRequests } from './plaintext.ts';
import { ReceiveSchedule } from './receive-schedule.ts';
import type { Refusal } from './refusal.ts';
import { serveMetrics } from './serve-metrics.ts';
import { clientAddress, trustedProxies } from './trusted-proxies.ts';
import { createUpgrade, type Upgraded } from './upgrade.ts';

export { CannotListen, type CannotListenReason } from './cannot-listen.ts';
export type { GatewayCounters } from './counters.ts';
export { type FrontPage, serveFrontPage } from './front-page.ts';
export {
  type AppDirectory,
  defaultLimits,
  type GatewayLimits,
  type GatewayOptions,
  type Timers,
  type TlsMaterial,
} from './options.ts';
export type { MetricsDoor } from './serve-metrics.ts';
export type { TrustProxy } from './trusted-proxies.ts';

/** For the last words to those who did not move in time. Whoever does not read gets none; nobody waits for it. */
const LAST_WORD_MS = 1000;
/** Time that clients get to move elsewhere before they are disconnected (`wire-protocol §2.7`). */
const DEFAULT_GRACE_MS = 10_000;

export interface GatewayStats extends Readonly<GatewayCounters> {
  /** Open WebSockets. */
  readonly connections: number;
  /** Whether the event loop is saturated, and frames wait a few milliseconds for others to share a write. */
  readonly saturated: boolean;
}

export interface Gateway {
  /** Where programs on this machine reach it, without a slash at the end. Clients elsewhere ask `/v1/route`. */
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  readonly http: FastifyInstance;
  /** New connections get the new certificate; open ones keep theirs. Throws and changes nothing if it is unusable. */
  reloadTls(cert: TlsMaterial['cert'], key: TlsMaterial['key']): void;
  /**
   * Lets everybody move to another node: no new WebSockets, `goaway` to each connection, 1001 after the grace
   * period. Resolves when all are gone. HTTP goes on until {@link close}.
   */
  drain(options?: { readonly graceMs?: number }): Promise<void>;
  /** Ends everything at once; HTTP requests under way get a moment. */
  close(): Promise<void>;
  stats(): GatewayStats;
}

/**
 * Opens the door: one port for the WebSocket, endpoint discovery, health and whatever routes other rooms register.
 *
 * @example
 * const gateway = await createGateway({ host: '127.0.0.1', port: 0, accept, apps, timers, logger });
 * new WebSocket(gateway.wsUrl, 'lc.protobuf2.3');
 *
 * @throws CannotListen
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { logger, timers } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const trusted = trustedProxies(options.trustProxy ?? false);
  const publicUrl = options.publicUrl === undefined ? undefined : new URL(options.publicUrl);

  const connections = new Connections<ClientConnection>();
  const counters = createCounters();
  const loopLoad = new LoopLoad();
  const flushes = new FlushSchedule(() => loopLoad.isSaturated());
  const receives = new ReceiveSchedule();
  const keepAlive = new KeepAlive(connections, limits, timers);
  const around: ConnectionSurroundings = {
    connections,
    counters,
    flushes,
    receives,
    keepAlive,
    limits,
    logger,
  };

  let connectionsMade = 0;
  let drained: Promise<void> | undefined;
  const isDraining = () => drained !== undefined;

  const { http, server } = createHttp({ tls: options.tls, trusted, limits, logger });
  allowCrossOrigin(http);
  if (options.requireTls) refusePlaintextRequests(http, trusted);
  registerHealth(http, { ready: options.ready ?? (() => true), isDraining });
  registerDiscovery(http, { apps: options.apps, publicUrl, isDraining });
  if (options.metrics !== undefined) serveMetrics(http, options.metrics);
  await options.routes?.(http);

  function reasonToRefuse(request: IncomingMessage): Refusal | undefined {
    if (options.requireTls && isExposedPlaintext(request.socket, trusted)) return plaintextRefused;
    if (!isDraining()) return undefined;
    return {
      status: 503,
      code: 503,
      error: 'This node is shutting down; connect again.',
      retryAfterSeconds: 1,
    };
  }

  function refused(refusal: Refusal): void {
    counters.refused++;
    logger.debug({ status: refusal.status }, refusal.error);
  }

  function accepted({ request, socket, webSocket, subprotocol }: Upgraded): void {
    counters.accepted++;
    const facts = {
      id: String(++connectionsMade),
      remoteAddress: clientAddress(request, trusted),
      origin: request.headers.origin,
      subprotocol,
    };
    new ClientConnection(facts, webSocket, socket, around).open(options.accept);
  }

  async function drain(graceMs: number): Promise<void> {
    const cancels = [
      timers.after(graceMs, () => {
        void connections.visit((connection) =>
          connection.close(CloseCode.GOING_AWAY, 'The node shuts down.'),
        );
      }),
      timers.after(graceMs + LAST_WORD_MS, () => {
        void connections.visit((connection) => connection.terminate());
      }),
    ];
    await connections.visit((connection) => connection.goAway());
    await connections.none();
    for (const cancel of cancels) cancel();
  }

  server.on('upgrade', createUpgrade(limits, { reasonToRefuse, refused, accepted }));
  await http.ready();
  const port = await listen(server, options.host, options.port).catch(async (error: unknown) => {
    await http.close();
    throw error;
  });
  // Such as too many open files: the next connection may succeed, so it is no reason to stop.
  server.on('error', (error) => logger.error({ err: error }, 'A connection could not be accepted.'));
  keepAlive.start();

  const authority = localAuthority(options.host, port);
  const secure = options.tls !== undefined;
  return {
    url: `${secure ? 'https' : 'http'}://${authority}`,
    wsUrl: `${secure ? 'wss' : 'ws'}://${authority}/`,
    port,
    http,
    reloadTls(cert, key) {
      if (!secure)
        throw new Error('TLS is off: start the server with a certificate to be able to replace it.');
      try {
        (server as Server).setSecureContext({ cert, key });
      } catch (error) {
        throw badCertificate(error);
      }
    },
    drain({ graceMs = DEFAULT_GRACE_MS } = {}) {
      drained ??= drain(graceMs);
      return drained;
    },
    async close() {
      keepAlive.stop();
      const closed = closeServer(server);
      for (const connection of [...connections]) connection.terminate();
      await http.close();
      await closed;
    },
    stats: () => ({
      ...counters,
      dropped: { ...counters.dropped },
      closed: new Map(counters.closed),
      connections: connections.size,
      saturated: loopLoad.isSaturated(),
    }),
  };
}
