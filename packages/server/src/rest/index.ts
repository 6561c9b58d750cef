import { errorTable } from '@parley/protocol/errors';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../domain/app/app.ts';
import { ImError } from '../domain/errors.ts';
import type { ClientId } from '../domain/identifiers.ts';
import type { World } from '../domain/world.ts';
import { authenticate } from './authenticate.ts';
import { memberInfo } from './member-info.ts';
import { notifications } from './notifications.ts';
import { RestError } from './rest-error.ts';
import type { RestRoute } from './route.ts';

export interface RestServices {
  readonly world: World;
  /** Whether a session token is in force and belongs to the client. */
  readonly isSessionToken: (app: App, client: ClientId, token: string) => boolean;
}

/** Every route, as callers know it (`rest.md`). */
const routes: readonly RestRoute[] = [notifications, memberInfo];

const SESSION_TOKEN_HEADER = 'x-lc-im-session-token';

export function registerRest(http: FastifyInstance, services: RestServices): void {
  for (const route of routes) {
    http.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => serve(services, route, request, reply),
      errorHandler: answerError,
    });
  }
}

async function serve(
  { world, isSessionToken }: RestServices,
  route: RestRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = authenticate(world.apps, request.headers);
  const query = request.query as Readonly<Record<string, unknown>>;
  if (route.needs === 'master' && caller.level !== 'master') {
    throw new RestError(403, 403, 'This needs the master key.');
  }
  if (route.needs === 'session') {
    const token = request.headers[SESSION_TOKEN_HEADER];
    const client = query.client_id;
    const isValid =
      typeof client === 'string' && typeof token === 'string' && isSessionToken(caller.app, client, token);
    // ObjC answers this very code with a fresh token (`rest §1.3`).
    if (!isValid) throw new RestError(401, errorTable.SESSION_TOKEN_EXPIRED.code, 'SESSION_TOKEN_EXPIRED');
  }
  const answer = await route.handle({ world, caller, query });
  return withHeaders(reply).send(answer);
}

function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  withHeaders(reply);
  if (error instanceof RestError) {
    reply.code(error.status).send({ code: error.code, error: error.message });
    return;
  }
  if (error instanceof ImError) {
    reply.code(400).send({ code: error.code, error: `${error.reason} ${error.message}` });
    return;
  }
  request.log.error({ err: error, url: request.url }, 'Serving an HTTP request failed.');
  reply.code(500).send({ code: 1, error: 'The server failed; its log says why.' });
}

function withHeaders(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-type', 'application/json;charset=utf-8')
    .header('cache-control', 'no-cache,no-store')
    .header('pragma', 'no-cache');
}
