import http from 'node:http';
import https from 'node:https';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { badCertificate } from './cannot-listen.ts';
import type { GatewayLimits, TlsMaterial } from './options.ts';
import { type Refusal, refuseSocket } from './refusal.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** How often Node looks for connections that exceed the header time: its default of 30 s would double the limit. */
const TIMEOUT_CHECK_MS = 5_000;
/** What was asked for is named in a refusal, as far as it suits a sentence. */
const MAX_QUOTED_PATH = 200;
/** As the service being replaced writes them; what is refused now may be there in a moment, so no proxy keeps it. */
const REFUSAL_HEADERS = {
  'content-type': 'application/json;charset=utf-8',
  'cache-control': 'no-cache,no-store',
  pragma: 'no-cache',
};
const TLS_HANDSHAKE_TIMEOUT_MS = 15_000;
/** Longer than the idle time-out of common load balancers, which otherwise race with ours. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

export interface HttpOptions {
  readonly tls: TlsMaterial | undefined;
  readonly trusted: TrustedProxies;
  readonly limits: GatewayLimits;
  readonly logger: Logger;
}

export type HttpServer = http.Server | https.Server;

/** The HTTP half: Fastify on a server of our own making, because upgrades and certificates need the server itself. */
export function createHttp(options: HttpOptions): { http: FastifyInstance; server: HttpServer } {
  const server = createServer(options);
  const fastify: FastifyInstance = Fastify({
    serverFactory(handler) {
      server.on('request', handler);
      return server as http.Server;
    },
    // Both were sent by deployed SDKs (`rest §1.1`).
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      // The head of a request is bounded, and each route bounds its own parts; the router would take 100 characters.
      maxParamLength: options.limits.maxHeaderBytes,
    },
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would be made for nothing: only failures are logged.
    childLoggerFactory: (logger) => logger,
    trustProxy: options.trusted,
    // Such as a path that cannot be decoded; its generic types differ from those of ordinary handlers.
    frameworkErrors: (error, request, reply) => {
      answerFailure(error, request as FastifyRequest, reply as FastifyReply);
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else refuseSocket(socket, unreadable(error.code));
    },
  });
  fastify.setNotFoundHandler((request, reply) => {
    refuse(reply, 404, `There is no ${request.method} ${pathOf(request)} on this server.`);
  });
  fastify.setErrorHandler(answerFailure);
  return { http: fastify, server };
}

/** Where the framework's own sentence would repeat the whole path. */
const UNREADABLE_PATHS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The path of the request cannot be decoded.',
};

function pathOf({ url }: FastifyRequest): string {
  const [path = ''] = url.split('?', 1);
  return path.length > MAX_QUOTED_PATH ? `${path.slice(0, MAX_QUOTED_PATH)}…` : path;
}

/** What came was no request, or the head of one without end; Fastify never saw it. */
function unreadable(code: string | undefined): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 408, error: 'The request did not arrive in time.' };
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 431,
        error: 'The address and headers of the request are too long; send long conditions in a batch.',
      };
    default:
      return { status: 400, code: 400, error: 'This is no HTTP request that could be understood.' };
  }
}

/** For rooms that register routes without an error handler of their own. */
function answerFailure(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 500;
  if (status < 500) {
    refuse(reply, status, UNREADABLE_PATHS[error.code] ?? error.message);
    return;
  }
  // Without the query: tokens of sessions and uploads stand there.
  request.log.error({ err: error, url: request.url.split('?', 1)[0] }, 'Serving an HTTP request failed.');
  refuse(reply, status, 'The server failed; its log says why.');
}

function refuse(reply: FastifyReply, status: number, error: string): void {
  reply.code(status).headers(REFUSAL_HEADERS).send({ code: status, error });
}

function createServer({ tls, limits }: HttpOptions): HttpServer {
  const settings: http.ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, limits.headersTimeoutMs),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Other upgrades, such as the h2c that curl and some proxies offer, may be ignored (RFC 9110 §7.8).
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
  };
  if (tls === undefined) return http.createServer(settings);
  try {
    const { cert, key } = tls;
    return https.createServer({ ...settings, cert, key, handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS });
  } catch (error) {
    throw badCertificate(error);
  }
}
