import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** Why a request is not answered as it wished, in the form HTTP errors have everywhere else. */
export interface Refusal {
  readonly status: 400 | 403 | 408 | 431 | 503;
  readonly code: number;
  /** One sentence for whoever debugs the client. */
  readonly error: string;
  readonly retryAfterSeconds?: number;
}

/**
 * Answers with plain HTTP what no handler gets: upgrades, and what is no request. Node has let go of the socket by then,
 * so the bytes are ours to write.
 */
export function refuseSocket(socket: Socket, refusal: Refusal): void {
  const body = JSON.stringify({ code: refusal.code, error: refusal.error });
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Connection: close',
    'Content-Type: application/json;charset=utf-8',
    'Access-Control-Allow-Origin: *',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  if (refusal.retryAfterSeconds !== undefined) head.push(`Retry-After: ${refusal.retryAfterSeconds}`);
  // HTTP sockets stay half open after `end`, and a client that never hangs up must not keep this one.
  socket.once('finish', () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
