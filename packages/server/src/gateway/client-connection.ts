import type { Socket } from 'node:net';
import {
  CloseCode,
  decodeCommand,
  decodeText,
  type GenericCommand,
  type Subprotocol,
  UnparseableFrame,
} from '@parley/protocol';
import type { Logger } from 'pino';
import type { AcceptConnection, Connection, OfflineMode, Peer, Urgency } from '../session/connection.ts';
import type { ClientSocket, SocketEvents } from './client-socket.ts';
import type { Connections } from './connections.ts';
import type { GatewayCounters } from './counters.ts';
import type { Flushable, FlushSchedule } from './flush-schedule.ts';
import { FrameJoiner } from './frame-joiner.ts';
import { base64Frames, binaryFrames } from './frames.ts';
import { Inbox } from './inbox.ts';
import type { KeepAlive, Watched } from './keep-alive.ts';
import type { GatewayLimits } from './options.ts';
import { OutboundQueue } from './outbound-queue.ts';
import type { ReceiveSchedule } from './receive-schedule.ts';
import { SocketWriter } from './socket-writer.ts';

/**
 * One write carries at most this. Below the high-water mark of a socket (64 KiB), so that a socket that takes
 * everything at once never counts as congested; far above what it takes to make the cost of the write itself small.
 */
const WRITE_BYTES = 32 * 1024;

/** Shared by all connections: what one of them joins is written before another joins. */
const JOINERS = {
  binary: new FrameJoiner(binaryFrames, WRITE_BYTES),
  base64: new FrameJoiner(base64Frames, WRITE_BYTES),
};

/** What all connections of a gateway share. */
export interface ConnectionSurroundings {
  readonly connections: Connections<ClientConnection>;
  readonly counters: GatewayCounters;
  readonly flushes: FlushSchedule;
  readonly receives: ReceiveSchedule;
  readonly keepAlive: KeepAlive;
  readonly limits: GatewayLimits;
  readonly logger: Logger;
}

/** Where a connection comes from. */
export interface ClientFacts {
  readonly id: string;
  readonly remoteAddress: string;
  readonly origin: string | undefined;
  readonly subprotocol: Subprotocol;
}

/**
 * One WebSocket, between the socket and the peer that serves it. Reading goes through `ws`; writing goes through the
 * outbound queue and straight to the TCP (or TLS) socket. The two never mix within a frame, because each writes
 * whole frames in one call.
 */
export class ClientConnection implements Connection, Flushable, SocketEvents, Watched {
  readonly id: string;
  readonly remoteAddress: string;
  readonly origin: string | undefined;
  readonly offlineMode: OfflineMode;

  flushPending = false;
  heardAt: number;
  readonly openedAt: number;
  isLoggedIn = false;

  readonly #webSocket: ClientSocket;
  readonly #socket: Socket;
  readonly #writer: SocketWriter;
  readonly #framing: Subprotocol['framing'];
  readonly #joiner: FrameJoiner;
  readonly #queue: OutboundQueue;
  readonly #inbox: Inbox;
  readonly #around: ConnectionSurroundings;
  #peer: Peer | undefined;
  /** The socket holds as much as it should; nothing is written until it has drained. */
  #congested = false;
  /** Closing or closed: nothing more is sent or received. */
  #ended = false;
  #wentAway = false;

  constructor(facts: ClientFacts, webSocket: ClientSocket, socket: Socket, around: ConnectionSurroundings) {
    this.id = facts.id;
    this.remoteAddress = facts.remoteAddress;
    this.origin = facts.origin;
    this.offlineMode = facts.subprotocol.offlineMode;
    this.openedAt = around.keepAlive.now;
    this.heardAt = around.keepAlive.now;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#writer = new SocketWriter(socket);
    this.#framing = facts.subprotocol.framing;
    this.#joiner = JOINERS[this.#framing];
    this.#queue = new OutboundQueue(this.#joiner);
    this.#inbox = new Inbox(around.receives, webSocket, (data, isBinary) => this.#receive(data, isBinary));
    this.#around = around;
  }

  /** Puts the connection into service. */
  open(accept: AcceptConnection): void {
    this.#around.connections.add(this);
    this.#webSocket.attach(this);
    this.#guarded(() => {
      this.#peer = accept(this);
    });
  }

  loggedIn(): void {
    this.isLoggedIn = true;
  }

  // --- towards the client

  send(head: Uint8Array, body: Uint8Array, urgency: Urgency): void {
    if (this.#ended) return;
    const { counters, limits } = this.#around;
    counters.sent++;
    this.#queue.push(head, body, urgency);
    if (this.#congested) {
      this.#queue.shed(limits, counters.dropped);
      if (this.#queue.bytes + this.#socket.writableLength > limits.maxQueuedBytes) this.#overrun();
    } else if (this.#queue.bytes > limits.maxQueuedBytes) this.#overrun();
    else this.#around.flushes.mark(this);
  }

  flush(): boolean {
    if (this.#congested || !this.#webSocket.isOpen) return false;
    const portion = this.#queue.take(WRITE_BYTES);
    if (portion !== undefined) this.#write(portion);
    return !this.#congested && !this.#queue.isEmpty;
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  /** Asks the client, once, to move to another node. */
  goAway(): void {
    if (this.#ended || this.#wentAway) return;
    this.#wentAway = true;
    this.#guarded(() => this.#peer?.goAway());
  }

  /** Cuts the connection without a word. */
  terminate(): void {
    this.#end();
    this.#webSocket.terminate();
  }

  #write(portion: Buffer): void {
    this.#around.counters.writes++;
    if (this.#writer.write(portion)) this.#joiner.giveBack();
    if (this.#congested || !this.#socket.writableNeedDrain) return;
    this.#congested = true;
    this.#socket.once('drain', () => {
      this.#congested = false;
      if (!this.#queue.isEmpty) this.#around.flushes.mark(this);
    });
  }

  /** The client does not read. What waits for it stays unread and is found at the next login. */
  #overrun(): void {
    this.#around.counters.overruns++;
    this.#around.logger.info({ connection: this.id }, 'A client reads too slowly and is disconnected.');
    this.terminate();
  }

  // --- from the socket

  onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#ended) return;
    this.heardAt = this.#around.keepAlive.now;
    this.#inbox.take(data, isBinary);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#guarded(() => {
      const command = this.#decode(data, isBinary);
      this.#around.counters.received++;
      this.#peer?.receive(command);
    });
  }

  onPing(payload: Buffer): void {
    if (this.#ended) return;
    this.heardAt = this.#around.keepAlive.now;
    // A copy: the payload is a view on all that was read with it, and a pong may wait for a congested socket.
    this.#queue.pong(Buffer.from(payload));
    this.#inbox.count();
    this.#around.flushes.mark(this);
  }

  onPong(): void {
    this.#inbox.count();
    this.heardAt = this.#around.keepAlive.now;
  }

  onClosing(code: number): void {
    const { closed } = this.#around.counters;
    closed.set(code, (closed.get(code) ?? 0) + 1);
    // Congested or not: the close frame has to be the last, and `ws` limits how long all this may take.
    for (
      let portion = this.#queue.take(WRITE_BYTES);
      portion !== undefined;
      portion = this.#queue.take(WRITE_BYTES)
    ) {
      this.#write(portion);
    }
    this.#end(code);
  }

  onGone(): void {
    this.#end();
    this.#around.connections.remove(this);
  }

  #decode(data: Buffer, isBinary: boolean): GenericCommand {
    if (isBinary !== (this.#framing === 'binary')) {
      throw new UnparseableFrame('The sub-protocol has frames of the other kind.');
    }
    return isBinary ? decodeCommand(data) : decodeText(data.toString('latin1'));
  }

  /**
   * Tells the peer as soon as the connection is closing rather than when it is gone: a client that has vanished
   * answers no close frame, and must not count as online until that wait is over. Not within the call that ends it,
   * though, which may come from the peer itself.
   */
  #end(closeCode?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#inbox.close();
    queueMicrotask(() => this.#peer?.disconnected(closeCode));
  }

  /** Runs code of the rooms behind: a mistake there costs this connection, not the process. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof UnparseableFrame) {
        this.close(CloseCode.UNPARSEABLE_RAW_MESSAGE, 'The frame is not a command.');
        return;
      }
      this.#around.logger.error(
        { err: error, connection: this.id },
        'Serving a connection failed; it is closed.',
      );
      this.close(CloseCode.INTERNAL_ERROR, 'The server failed.');
    }
  }
}
