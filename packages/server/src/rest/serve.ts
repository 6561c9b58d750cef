import compress from '@fastify/compress';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TObject } from 'typebox';
import Type from 'typebox';
import type { Operator } from '../domain/actor.ts';
import { DataError, ImError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { isSameSecret } from '../domain/same-secret.ts';
import { type Call, perform } from './audit.ts';
import { authenticate, type Caller, requireLevel } from './authenticate.ts';
import { withinBudget } from './budget.ts';
import { Checked, parseBody } from './parameters.ts';
import { envelopeOf, RestError, refusalFrom, refusalOf } from './rest-error.ts';
import type { RestRoute, RestServices } from './route.ts';

/** As long as any body may be (`rest §7`): callers that send many objects at once count on it. */
const DEFAULT_BODY_BYTES = 20 * 1024 * 1024;
/** Below, the head of the answer would weigh more than what is saved. */
const COMPRESSED_FROM_BYTES = 1024;
/** The name under which a request carries who calls. */
const CALLER = 'caller';
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

/** Puts routes behind one way of authenticating, checking and answering. */
export async function serveRoutes(
  http: FastifyInstance,
  services: RestServices,
  routes: readonly RestRoute[],
): Promise<void> {
  await http.register(async (scope) => {
    await scope.register(compress, { encodings: ['gzip'], threshold: COMPRESSED_FROM_BYTES });
    // Deployed callers send JSON as text, as a form, or without a type (`rest §1.2`).
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, text: string) => text);
    // What cannot be read as a type is one, too; Fastify would refuse it before it looks for who reads it.
    scope.addHook('onRequest', async ({ raw }) => {
      if (raw.headers['content-type'] !== undefined) raw.headers['content-type'] = 'text/plain';
    });
    scope.setErrorHandler(answerError);
    scope.decorateRequest(CALLER, undefined);
    for (const route of routes) serveRoute(scope, services, route);
    for (const path of new Set(routes.map((route) => route.path))) refuseOtherMethods(scope, routes, path);
  });
}

function serveRoute(scope: FastifyInstance, services: RestServices, route: RestRoute): void {
  const params = checkedOf(route.params);
  const query = checkedOf(route.query);
  const body = checkedOf(route.body);
  scope.route({
    method: route.method,
    url: route.path,
    bodyLimit: route.bodyLimit ?? DEFAULT_BODY_BYTES,
    // Before the body is read: who has no key cannot make the server read megabytes.
    onRequest: async (request) => {
      const caller = authenticate(services.world.apps, request.headers);
      requireLevel(services, caller, route.needs, request);
      if (route.messaging !== false && !caller.app.settings.imEnabled) throw new ImError('APP_NOT_AVAILABLE');
      request.setDecorator(CALLER, caller);
    },
    handler: async (request, reply) => {
      const caller = request.getDecorator<Caller | undefined>(CALLER);
      if (caller === undefined) throw new Error('A request came past its authentication.');
      const call: Call = {
        params: params.texts(request.params as JsonObject) as never,
        query: query.texts(request.query as JsonObject) as never,
        body: bodyOf(route, body, request) as never,
        text: route.takesText === true ? textOf(request.body) : '',
        world: services.world,
        services,
        caller,
        operator: operatorOf(caller, request),
        ip: request.ip,
        userAgent: String(request.headers['x-lc-ua'] ?? request.headers['user-agent'] ?? ''),
        origin: originOf(request),
      };
      const answer = await withinBudget(route, call, () => perform(route, call));
      return send(reply, answer.status, answer.body, answer.headers);
    },
  });
}

const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/** What the caller wrote goes back to it as an address, so it has to look like one. */
function originOf({ protocol, host, raw }: FastifyRequest): string {
  return `${protocol}://${AUTHORITY.test(host) ? host : `127.0.0.1:${raw.socket.localPort}`}`;
}

/** A hook of the app that asks over REST says so with the secret both sides know (`hooks-and-signatures §4.3`). */
function operatorOf({ app }: Caller, request: FastifyRequest): Operator {
  const { hookKey } = app.settings.engine;
  const presented = request.headers['x-lc-hook-key'];
  const isHook = hookKey !== '' && typeof presented === 'string' && isSameSecret(presented, hookKey);
  return { app, address: request.ip, ...(isHook && { isHook }) };
}

function checkedOf(schema: TObject | undefined): Checked {
  return new Checked(schema ?? Type.Object({}));
}

function bodyOf({ bodyFromQuery, body }: RestRoute, checked: Checked, request: FastifyRequest): JsonObject {
  // Where none is wanted any will do: JS deletes with `null`, Java with an object (`storage-subset §5.2`).
  if (body === undefined) return {};
  const text = textOf(request.body);
  if (bodyFromQuery !== true) return checked.body(parseBody(text));
  return checked.texts(request.query as JsonObject, text.trim() === 'null' ? {} : parseBody(text));
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : '';
}

/** A known path with another method is told so, unless a route with a parameter there takes it (`rest §1.1`). */
function refuseOtherMethods(scope: FastifyInstance, routes: readonly RestRoute[], path: string): void {
  const taken = new Set<string>(
    routes.filter((route) => covers(route.path, path)).map((route) => route.method),
  );
  const method = METHODS.filter((candidate) => !taken.has(candidate));
  const refusal = `${path} takes ${[...taken].join(', ')} only.`;
  scope.route({
    method,
    url: path,
    handler: async () => {
      throw new RestError(405, 405, 'Method not allowed.', refusal);
    },
  });
}

function covers(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, at) => part.startsWith(':') || part === given[at])
  );
}

export function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  const refusal = refusalFrom(status === 413 ? new DataError('TOO_LARGE', error.message) : error);
  if (refusal !== undefined) {
    send(reply, refusal.status, envelopeOf(refusal), refusal.headers);
    return;
  }
  if (status < 500) {
    send(reply, status, { code: status, error: error.message });
    return;
  }
  // Without the query: tokens of sessions and uploads stand there.
  request.log.error({ err: error, url: request.url.split('?', 1)[0] }, 'Serving an HTTP request failed.');
  send(
    reply,
    500,
    envelopeOf(refusalOf(new ImError('INTERNAL_ERROR', 'The server failed; its log says why.'))),
  );
}

/** As text: a body may be a bare `true`, which Fastify would not take for JSON. */
function send(
  reply: FastifyReply,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'application/json;charset=utf-8',
      'cache-control': 'no-cache,no-store',
      pragma: 'no-cache',
      ...headers,
    })
    .send(JSON.stringify(body));
}
