import type { GenericCommand } from '@parley/protocol';

/** How offline messages are announced on a connection, chosen by its sub-protocol (`wire-protocol §2.2`). */
export type OfflineMode = 'unread' | 'offline-push';

/**
 * What may happen to a queued frame while the receiver's socket is congested (`semantics §6.22`): `required` is
 * never dropped while connected, `low` goes first, then `normal`.
 */
export type Urgency = 'required' | 'normal' | 'low';

/** One WebSocket as the rooms behind the gateway see it: a place to put frames, and facts about the peer. */
export interface Connection {
  /** Unique on this node. */
  readonly id: string;
  readonly remoteAddress: string;
  /** The `Origin` header; absent for anything but browsers. */
  readonly origin: string | undefined;
  readonly offlineMode: OfflineMode;
  /**
   * Queues one command given as two halves whose concatenation is an encoded `GenericCommand`: the small head that
   * differs per recipient, and a body that may be shared by many connections. Neither may be changed afterwards.
   * Frames leave in the order they were queued. A no-op once the connection is closing.
   */
  send(head: Uint8Array, body: Uint8Array, urgency: Urgency): void;
  /** Tells the keep-alive that somebody logged in, which ends the login deadline (4108). */
  loggedIn(): void;
  /** Sends what is queued, then a close frame with this code. */
  close(code: number, reason: string): void;
}

/** Who serves the commands of one connection. Created by the rooms behind the gateway, called by the gateway. */
export interface Peer {
  /** Called once per decoded command, in arrival order. Never throws; slow work goes on in the background. */
  receive(command: GenericCommand): void;
  /**
   * The socket is gone, for whatever reason. Called exactly once; nothing is received afterwards.
   *
   * @param closeCode of the close frame that this server or the client sent, where there was one
   */
  disconnected(closeCode?: number): void;
  /** This node wants its clients to move: send one `goaway`. The gateway closes the socket after a grace period. */
  goAway(): void;
}

export type AcceptConnection = (connection: Connection) => Peer;
