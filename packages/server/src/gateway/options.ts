import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { AcceptConnection } from '../session/connection.ts';
import type { BacklogLimits } from './outbound-queue.ts';
import type { MetricsDoor } from './serve-metrics.ts';
import type { TrustProxy } from './trusted-proxies.ts';

/** PEM text, as in the files `PARLEY_TLS_CERT` and `PARLEY_TLS_KEY` name. */
export interface TlsMaterial {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** What the gateway asks about apps. */
export interface AppDirectory {
  /** False for an app that is unknown or switched off: its clients are told for good (`wire-protocol §1.2`). */
  routable(appId: string): boolean;
}

/** Time as the gateway needs it; the domain's `Clock` fits. */
export interface Timers {
  after(delay: number, action: () => void): () => void;
}

export interface GatewayLimits extends BacklogLimits {
  /** A longer frame closes the connection with 4109. */
  readonly maxFrameBytes: number;
  /** A client that reads so slowly that more than this waits for it is disconnected. */
  readonly maxQueuedBytes: number;
  /** Silence after which a connection is closed with 4107; clients send a heartbeat every 180 s. */
  readonly readTimeoutMs: number;
  /** Time to log in before a connection is closed with 4108. */
  readonly loginTimeoutMs: number;
  /** Time to send the head of an HTTP request, and so of a WebSocket handshake. */
  readonly headersTimeoutMs: number;
  readonly maxHeaderBytes: number;
}

export const defaultLimits: GatewayLimits = {
  maxFrameBytes: 128 * 1024,
  maxQueuedBytes: 8 * 1024 * 1024,
  lowQueuedBytes: 64 * 1024,
  normalQueuedBytes: 256 * 1024,
  readTimeoutMs: 360_000,
  // SDKs connect first and ask the app's server for a signature then, so this includes a slow signing server.
  loginTimeoutMs: 60_000,
  headersTimeoutMs: 15_000,
  maxHeaderBytes: 16 * 1024,
};

export interface GatewayOptions {
  readonly host: string;
  /** 0 takes any free port; {@link Gateway.port} tells which. */
  readonly port: number;
  readonly tls?: TlsMaterial | undefined;
  /** Where clients reach this server, e.g. `https://im.example.com`, if that differs from what they connect to. */
  readonly publicUrl?: string | undefined;
  /** Whose `X-Forwarded-*` headers are believed. Nobody's by default. */
  readonly trustProxy?: TrustProxy | undefined;
  /** Refuses plaintext from beyond this machine, health checks excepted, unless it came through a trusted proxy. */
  readonly requireTls?: boolean | undefined;
  readonly accept: AcceptConnection;
  readonly apps: AppDirectory;
  /** Whether the rooms behind are ready to serve; answers `/readyz`. */
  readonly ready?: (() => boolean) | undefined;
  /** Where other rooms register their HTTP routes: once the server listens it is too late. */
  readonly routes?: ((http: FastifyInstance) => void | Promise<void>) | undefined;
  readonly limits?: Partial<GatewayLimits> | undefined;
  /** Absent where nobody may read metrics, and nothing is measured. */
  readonly metrics?: MetricsDoor | undefined;
  readonly timers: Timers;
  readonly logger: Logger;
}
