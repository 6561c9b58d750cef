import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Subprotocol, subprotocols } from '@parley/protocol';
import { WebSocketServer } from 'ws';
import { ClientSocket } from './client-socket.ts';
import type { GatewayLimits } from './options.ts';
import { type Refusal, refuseSocket } from './refusal.ts';

/** Bounds one message beside its size: tiny pieces cost by their number. */
const MAX_PIECES = 4_096;
/** How long a closing handshake, and what is still to be written before it, may take. */
const CLOSE_TIMEOUT_MS = 10_000;

export interface Upgraded {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly webSocket: ClientSocket;
  readonly subprotocol: Subprotocol;
}

export interface Doorkeeper {
  /** A reason not to let this request in, besides the protocol it offers. */
  reasonToRefuse(request: IncomingMessage): Refusal | undefined;
  refused(refusal: Refusal): void;
  accepted(upgraded: Upgraded): void;
}

/** Listens to a server's `upgrade` event: a WebSocket on a served sub-protocol, or a refusal that explains itself. */
export function createUpgrade(limits: GatewayLimits, doorkeeper: Doorkeeper) {
  const webSockets = new WebSocketServer<typeof ClientSocket>({
    noServer: true,
    WebSocket: ClientSocket,
    clientTracking: false,
    // No extension at all: ObjC rejects frames with extension bits, and deflate costs 200 KB a connection.
    perMessageDeflate: false,
    // Pongs go through the outbound queue, where a flood of pings cannot pile them up.
    autoPong: false,
    maxPayload: limits.maxFrameBytes,
    maxFragments: MAX_PIECES,
    maxBufferedChunks: MAX_PIECES,
    // In a spread, because the published types do not know it yet.
    ...{ closeTimeout: CLOSE_TIMEOUT_MS },
    handleProtocols: (offered) => firstServed(offered)?.name ?? false,
  });

  function turnAway(socket: Socket, refusal: Refusal): void {
    doorkeeper.refused(refusal);
    refuseSocket(socket, refusal);
  }

  return (request: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    // Node's HTTP servers hand over their TCP or TLS socket; the type is wider for the sake of other transports.
    const socket = duplex as Socket;
    const offered = offeredSubprotocols(request);
    const subprotocol = firstServed(offered);
    const refusal = doorkeeper.reasonToRefuse(request);
    if (refusal !== undefined) {
      turnAway(socket, refusal);
    } else if (subprotocol === undefined) {
      turnAway(socket, noSubprotocol(offered));
    } else {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        doorkeeper.accepted({ request, socket, webSocket, subprotocol });
      });
    }
  };
}

/** In the client's order of preference. Every SDK offers exactly one (`wire-protocol §2.1`). */
function firstServed(offered: Iterable<string>): Subprotocol | undefined {
  for (const name of offered) {
    const subprotocol = subprotocols.get(name);
    if (subprotocol !== undefined) return subprotocol;
  }
  return undefined;
}

function offeredSubprotocols(request: IncomingMessage): string[] {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function noSubprotocol(offered: readonly string[]): Refusal {
  const served = [...subprotocols.keys()].join(', ');
  const error =
    offered.length === 0
      ? `A WebSocket needs a Sec-WebSocket-Protocol header naming one of ${served}.`
      : `None of the offered sub-protocols (${offered.join(', ')}) is served here; offer one of ${served}.`;
  return { status: 400, code: 400, error };
}
