import type { FastifyInstance } from 'fastify';

const METHODS = 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS';
/** What SDKs send (`rest §1.2`, `wire-protocol §1.2`); anything else a page asks for is allowed as well. */
const HEADERS = [
  'X-LC-Id',
  'X-LC-Key',
  'X-LC-Sign',
  'X-LC-Session',
  'X-LC-IM-Session-Token',
  'X-LC-Prod',
  'X-LC-UA',
  'Authorization',
  'Content-Type',
];
const ONE_DAY_SECONDS = 86_400;

/**
 * Lets web pages of any origin call HTTP endpoints. Browsers never combine `*` with cookies, so a foreign page learns
 * nothing it could not fetch from anywhere. Which origins may open sessions is a setting of the app.
 */
export function allowCrossOrigin(http: FastifyInstance): void {
  http.addHook('onRequest', async (request, reply) => {
    reply.header('access-control-allow-origin', '*');
    if (request.method !== 'OPTIONS') return;
    reply.header('access-control-allow-methods', METHODS);
    reply.header(
      'access-control-allow-headers',
      allowedHeaders(request.headers['access-control-request-headers']),
    );
    reply.header('access-control-max-age', ONE_DAY_SECONDS);
    return reply.code(204).send();
  });
}

function allowedHeaders(requested: string | undefined): string {
  const known = new Set(HEADERS.map((name) => name.toLowerCase()));
  const others = (requested ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !known.has(name.toLowerCase()));
  return [...HEADERS, ...others].join(', ');
}
