import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface TestSocket {
  readonly socket: WebSocket;
  /** Messages so far, text ones as their bytes. */
  readonly messages: Buffer[];
  readonly closed: Promise<Closed>;
}

/** A well-behaved client, connected. */
export async function connect(
  url: string,
  subprotocol = 'lc.protobuf2.3',
  options: WebSocket.ClientOptions = {},
): Promise<TestSocket> {
  const socket = new WebSocket(url, subprotocol, options);
  onTestFinished(() => socket.terminate());
  const messages: Buffer[] = [];
  socket.on('message', (data: Buffer) => messages.push(data));
  const closed = new Promise<Closed>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  socket.on('error', () => {});
  return { socket, messages, closed };
}
