import type { FastifyInstance, FastifyReply } from 'fastify';

const RETRY_AFTER_SECONDS = 5;

export interface HealthOptions {
  ready(): boolean;
  isDraining(): boolean;
}

/** The two questions orchestrators ask: is the process alive, and may it be sent clients. */
export function registerHealth(http: FastifyInstance, options: HealthOptions): void {
  http.get('/healthz', () => ({ status: 'alive' }));

  http.get('/readyz', (_request, reply) => {
    if (options.isDraining()) return notReady(reply, 'shutting down');
    if (!options.ready()) return notReady(reply, 'starting');
    return reply.send({ status: 'ready' });
  });
}

function notReady(reply: FastifyReply, status: string): FastifyReply {
  return reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ status });
}
