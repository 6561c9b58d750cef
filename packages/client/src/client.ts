import { CommandType, OpType } from '@parley/protocol/wire';
import { Connection, type ConnectionOptions } from './connection/connection.ts';
import { Emitter } from './events.ts';
import { type ClientState, Session, type SessionOptions } from './session/session.ts';

export interface ClientEvents {
  /** Logging in, logged in, cut off, closed. */
  state: { readonly state: ClientState; readonly previous: ClientState };
}

/** With a connection of its own, or with one that is shared. */
export type ClientOptions = SessionOptions & (ConnectionOptions | { readonly connection: Connection });

/**
 * Logs a client in, in the background: whatever is called before it is logged in waits until it is.
 *
 * @example
 * const tom = createClient({ url: 'https://chat.example.com', appId, appKey, clientId: 'Tom' });
 * await tom.whenOpen();
 */
export function createClient(options: ClientOptions): Client {
  const connection = 'connection' in options ? options.connection : new Connection(options);
  const client = new Client(connection, options);
  client.open();
  return client;
}

/** Somebody who chats: one client id, logged in on a connection. Made by {@link createClient}. */
export class Client extends Emitter<ClientEvents> {
  readonly connection: Connection;
  readonly #session: Session;

  /** @internal */
  constructor(connection: Connection, options: SessionOptions) {
    super();
    this.connection = connection;
    this.#session = new Session(connection, options);
    this.#session.on('state', (change) => this.emit('state', change));
  }

  get id(): string {
    return this.#session.clientId;
  }

  get state(): ClientState {
    return this.#session.state;
  }

  /** Logs in again after {@link close}, or after something ended the session. */
  open(): void {
    this.#session.open();
  }

  /**
   * Resolves once logged in.
   *
   * @throws ParleyError why it never will be
   */
  whenOpen(): Promise<void> {
    return this.#session.whenOpen();
  }

  /** Logs out. To go away without logging out, so that pushes come, use {@link Connection.pause}. */
  close(): Promise<void> {
    return this.#session.close();
  }

  /** Those of these clients (20 at most) that are logged in right now. */
  async onlineClients(clientIds: readonly string[]): Promise<readonly string[]> {
    const { sessionMessage } = await this.#session.query({
      cmd: CommandType.session,
      op: OpType.query,
      sessionMessage: { sessionPeerIds: clientIds },
    });
    return sessionMessage?.onlineSessionPeerIds ?? [];
  }
}
