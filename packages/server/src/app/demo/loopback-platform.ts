import { type Platform, webPlatform } from '@parley/client';
import { Agent, WebSocket } from 'undici';
import type { TlsMaterial } from '../../gateway/index.ts';

/** How a client in this process reaches its own server, whatever name the certificate is for. */
export function loopbackPlatform(tls: TlsMaterial | undefined): Platform {
  if (tls === undefined) return webPlatform();
  const dispatcher = new Agent({
    connect: { ca: tls.cert, allowPartialTrustChain: true, checkServerIdentity: () => undefined },
  });
  return webPlatform({
    WebSocket: class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, { protocols, dispatcher });
      }
    } as never,
  });
}
