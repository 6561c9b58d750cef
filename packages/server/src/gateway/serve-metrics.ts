import type { FastifyInstance } from 'fastify';

export interface MetricsDoor {
  /** Whoever reads must bring a token. */
  readonly isToken: (presented: string) => boolean;
  readonly render: () => Promise<{ readonly type: string; readonly text: string }>;
  readonly requestServed: (method: string, route: string, status: number, milliseconds: number) => void;
}

/**
 * `/metrics`, for the holder of the token. There is none without one: that a request comes from this machine proves
 * nothing where a proxy runs on it.
 */
export function serveMetrics(http: FastifyInstance, { isToken, render, requestServed }: MetricsDoor): void {
  http.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    // A path nobody serves is as many paths as somebody likes to try.
    requestServed(method, routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime);
  });
  http.get('/metrics', async (request, reply) => {
    const presented = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!isToken(presented)) {
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ code: 401, error: 'Bring PARLEY_METRICS_TOKEN as a bearer token.' });
    }
    const { type, text } = await render();
    return reply.type(type).header('cache-control', 'no-store').send(text);
  });
}
