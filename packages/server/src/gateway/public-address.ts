import type { FastifyRequest } from 'fastify';
import { isEncrypted } from './plaintext.ts';

/** Under which address clients reach this server. */
export interface PublicAddress {
  /** Host and, unless it is the scheme's own, port. */
  readonly authority: string;
  /** Empty, or a path prefix without a slash at its end. */
  readonly path: string;
  /** Whether TLS is spoken there. */
  readonly secure: boolean;
  /** Whether plaintext might be spoken there as well: not on a port that is known to speak TLS. */
  readonly plaintextPossible: boolean;
}

const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/** From the configured public URL if there is one; from what the client connected to otherwise. */
export function publicAddress(request: FastifyRequest, publicUrl: URL | undefined): PublicAddress {
  if (publicUrl !== undefined) {
    return {
      authority: publicUrl.host,
      path: publicUrl.pathname.replace(/\/+$/, ''),
      secure: isSecureScheme(publicUrl.protocol),
      plaintextPossible: publicUrl.port === '',
    };
  }
  const secure = request.protocol === 'https';
  const authority = requestedAuthority(request);
  const plaintextPossible = !isEncrypted(request.raw.socket) && !/:\d+$/.test(authority);
  return { authority, path: '', secure, plaintextPossible };
}

/**
 * The scheme of the WebSocket URL. Every SDK but JS asks for `secure` always, so without TLS that wish cannot be
 * granted; and a wish for plaintext is not granted where it could only fail.
 */
export function webSocketScheme(address: PublicAddress, secureWanted: boolean): 'ws' | 'wss' {
  if (!address.secure) return 'ws';
  return secureWanted || !address.plaintextPossible ? 'wss' : 'ws';
}

function isSecureScheme(protocol: string): boolean {
  return protocol === 'https:' || protocol === 'wss:';
}

/** What the client wrote goes back to it as an address, so it has to look like one. */
function requestedAuthority(request: FastifyRequest): string {
  if (AUTHORITY.test(request.host)) return request.host;
  const { localAddress = '127.0.0.1', localPort } = request.raw.socket;
  const host = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return `${host}:${localPort}`;
}
