import { errorTable } from '@parley/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppDirectory } from './options.ts';
import { publicAddress, webSocketScheme } from './public-address.ts';

/** How long clients may keep the answer. An integer: Java and C# read it as one. */
const TTL_SECONDS = 3_600;
const RETRY_AFTER_SECONDS = 5;

export interface DiscoveryOptions {
  readonly apps: AppDirectory;
  readonly publicUrl: URL | undefined;
  isDraining(): boolean;
}

interface RouteQuery {
  readonly appId?: unknown;
  readonly secure?: unknown;
}

/** Endpoint discovery: which WebSocket to connect to (`wire-protocol §1.2`), and which hosts serve what (`§1.3`). */
export function registerDiscovery(http: FastifyInstance, options: DiscoveryOptions): void {
  http.get<{ Querystring: RouteQuery }>('/v1/route', (request, reply) => {
    if (!isAnswerable(request.query, reply, options)) return reply;
    return reply.send(webSocketRoute(request, options.publicUrl));
  });

  http.get<{ Querystring: RouteQuery }>('/2/route', (request, reply) => {
    if (!isAnswerable(request.query, reply, options)) return reply;
    return reply.send(serviceHosts(request, options.publicUrl));
  });
}

function webSocketRoute(request: FastifyRequest<{ Querystring: RouteQuery }>, publicUrl: URL | undefined) {
  const address = publicAddress(request, publicUrl);
  const secureWanted = request.query.secure !== 'false' && request.query.secure !== '0';
  const server = `${webSocketScheme(address, secureWanted)}://${address.authority}${address.path}/`;
  return {
    groupId: 'parley',
    server,
    // The same again: Java, Swift and C# fail an attempt when there is no second.
    secondary: server,
    groupUrl: `${address.secure ? 'https' : 'http'}://${address.authority}${address.path}`,
    ttl: TTL_SECONDS,
  };
}

function serviceHosts(request: FastifyRequest, publicUrl: URL | undefined) {
  const host = publicAddress(request, publicUrl).authority;
  return {
    ttl: TTL_SECONDS,
    api_server: host,
    rtm_router_server: host,
    push_server: host,
    engine_server: host,
    stats_server: host,
  };
}

/** Sends the refusal if there is reason for one. */
function isAnswerable(query: RouteQuery, reply: FastifyReply, options: DiscoveryOptions): boolean {
  reply.header('cache-control', 'no-cache,no-store');
  const { appId } = query;
  if (typeof appId !== 'string' || appId === '') {
    reply.code(400).send({ code: 1, error: 'appId is required' });
    return false;
  }
  if (options.isDraining()) {
    const error = 'This node is shutting down; ask again in a moment.';
    reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ code: 503, error });
    return false;
  }
  // Swift and ObjC never ask again after a 404, so it is for apps that do not exist and for nothing else.
  if (!options.apps.routable(appId)) {
    const error = `No app with the id ${JSON.stringify(appId)} is served here. Check the app id.`;
    reply.code(404).send({ code: errorTable.APP_NOT_AVAILABLE.code, error });
    return false;
  }
  return true;
}
