import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/**
 * Whose `X-Forwarded-*` headers are believed: nobody's (`false`), those of whoever connects directly (`true`: this
 * server can be reached through its proxy only), or those of the given addresses, CIDR ranges and range names
 * (`loopback`, `linklocal`, `uniquelocal`).
 */
export type TrustProxy = boolean | readonly string[];

/** Answers whether the proxy at `address`, `hop` steps away from this server, is believed. */
export type TrustedProxies = (address: string, hop: number) => boolean;

export function trustedProxies(trust: TrustProxy): TrustedProxies {
  // `true` stops after one step: what stands further left in X-Forwarded-For was written by the client.
  if (typeof trust === 'boolean') return (_address, hop) => trust && hop === 0;
  return proxyAddr.compile([...trust]);
}

const MAPPED_IPV4 = '::ffff:';

/** The address of the client itself, as far as it can be believed. */
export function clientAddress(request: IncomingMessage, trusted: TrustedProxies): string {
  // The socket may already be gone, and its address with it.
  if (request.socket.remoteAddress === undefined) return '';
  const address = proxyAddr(request, trusted);
  return address.startsWith(MAPPED_IPV4) ? address.slice(MAPPED_IPV4.length) : address;
}
