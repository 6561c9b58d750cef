/** How commands travel on a connection, and how offline messages are announced on it (`wire-protocol §2.2`). */
export interface Subprotocol {
  readonly name: string;
  readonly framing: 'binary' | 'base64';
  readonly offlineMode: 'unread' | 'offline-push';
}

/** The sub-protocols served, by the name clients offer. */
export const subprotocols: ReadonlyMap<string, Subprotocol> = new Map(
  (
    [
      { name: 'lc.protobuf2.3', framing: 'binary', offlineMode: 'unread' },
      { name: 'lc.proto2base64.3', framing: 'base64', offlineMode: 'unread' },
      { name: 'lc.protobuf2.1', framing: 'binary', offlineMode: 'offline-push' },
    ] as const
  ).map((subprotocol) => [subprotocol.name, subprotocol]),
);
