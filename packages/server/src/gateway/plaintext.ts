import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Refusal } from './refusal.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/;
/** Asked by the machinery around the process, which rarely speaks TLS; nothing confidential is in the answer. */
const HEALTH_CHECKS = new Set(['/healthz', '/readyz']);

/** What a client is told where TLS is required. */
export const plaintextRefused: Refusal = {
  status: 403,
  code: 403,
  error: 'This server accepts TLS only. Connect with https or wss.',
};

/** Whether TLS ends at this process. */
export function isEncrypted(socket: Socket): boolean {
  return 'encrypted' in socket;
}

/** Plaintext that somebody on the way could read: not from this machine, and not through a proxy that ended TLS. */
export function isExposedPlaintext(socket: Socket, trusted: TrustedProxies): boolean {
  const { remoteAddress = '' } = socket;
  return !isEncrypted(socket) && !LOOPBACK.test(remoteAddress) && !trusted(remoteAddress, 0);
}

export function refusePlaintextRequests(http: FastifyInstance, trusted: TrustedProxies): void {
  http.addHook('onRequest', async (request, reply) => {
    if (!isExposedPlaintext(request.raw.socket, trusted) || HEALTH_CHECKS.has(request.url)) return;
    const { status, code, error } = plaintextRefused;
    return reply.code(status).send({ code, error });
  });
}
