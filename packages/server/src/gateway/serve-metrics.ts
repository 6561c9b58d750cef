import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export interface MetricsDoor {
  /** Whoever reads must bring it. */
  readonly token: string;
  readonly render: () => Promise<{ readonly type: string; readonly text: string }>;
  readonly requestServed: (method: string, route: string, status: number, milliseconds: number) => void;
}

/**
 * `/metrics`, for the holder of the token. There is none without one: that a request comes from this machine proves
 * nothing where a proxy runs on it.
 */
export function serveMetrics(http: FastifyInstance, { token, render, requestServed }: MetricsDoor): void {
  http.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    // A path nobody serves is as many paths as somebody likes to try.
    requestServed(method, routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime);
  });
  http.get('/metrics', async (request, reply) => {
    const presented = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!isSame(presented, token)) {
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ code: 401, error: 'Bring PARLEY_METRICS_TOKEN as a bearer token.' });
    }
    const { type, text } = await render();
    return reply.type(type).header('cache-control', 'no-store').send(text);
  });
}

/** In constant time, whatever the lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
