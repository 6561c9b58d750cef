import { CommandType, OpType } from '@parley/protocol/wire';
import type { OpenCache } from './cache/cache.ts';
import { CacheKeeper } from './cache/cache-keeper.ts';
import type { ClientEvents } from './client-events.ts';
import { Connection, type ConnectionOptions } from './connection/connection.ts';
import { Conversations } from './conversations/conversations.ts';
import type { Core } from './core.ts';
import { Emitter } from './events.ts';
import { Files } from './files/files.ts';
import { MessageParser } from './messages/message-parser.ts';
import { Messages } from './messages/messages.ts';
import type { MessageType } from './messages/typed-message.ts';
import { CatchUp } from './pushes/catch-up.ts';
import { Pushes } from './pushes/pushes.ts';
import { type ClientState, Session, type SessionOptions } from './session/session.ts';

/** With a connection of its own, or with one that is shared. */
export type ClientOptions = ClientSettings & (ConnectionOptions | { readonly connection: Connection });

export interface ClientSettings extends SessionOptions {
  /** Message types of the app, made with {@link defineMessageType}. */
  readonly messageTypes?: readonly MessageType[];
  /** Keeps conversations and messages on the device, for example `indexedDbCache()` of `@parley/client/cache`. */
  readonly cache?: OpenCache;
}

/**
 * Logs a client in, in the background: whatever is called before it is logged in waits until it is.
 *
 * @example
 * const tom = createClient({ url: 'https://chat.example.com', appId, appKey, clientId: 'Tom' });
 * tom.on('message', ({ conversation, message }) => console.log(conversation.id, message.from, message.text));
 * const chat = await tom.conversations.create({ members: ['Jerry'] });
 * await chat.send('hello, Jerry');
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
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly files: Files;
  readonly #session: Session;
  readonly #core: Core;
  readonly #restored: Promise<void>;

  /** @internal */
  constructor(connection: Connection, settings: ClientSettings) {
    super();
    this.connection = connection;
    this.#session = new Session(connection, settings);
    this.#core = assemble(this.#session, settings, this);
    this.conversations = this.#core.conversations;
    this.messages = this.#core.messages;
    this.files = new Files(connection);
    this.#listen();
    this.#restored = this.#core.cache?.restore() ?? Promise.resolve();
  }

  get id(): string {
    return this.#session.clientId;
  }

  get state(): ClientState {
    return this.#session.state;
  }

  /**
   * Logs in again after {@link close}, or after something ended the session, such as another device with the same tag:
   * that one is logged out then, unless `takeOver` is false.
   */
  open(): void {
    // What is kept says from where on the server has news; it is read in a moment.
    this.#session.open(this.#core.cache && this.#restored);
  }

  /** Resolves when what the cache has kept can be seen; at once where there is none. */
  whenRestored(): Promise<void> {
    return this.#restored;
  }

  /** Forgets what the cache has kept of this client, as after a logout on somebody else's device. */
  async clearCache(): Promise<void> {
    await this.#core.cache?.clear();
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

  #listen(): void {
    const pushes = new Pushes(this.#core);
    const catchUp = new CatchUp(this.#core, (command) => pushes.handle(command));
    this.#session.on('received', (command) => catchUp.received(command));
    // Whoever hears that the client is open finds everything else ready for it.
    this.#session.on('state', (change) => this.emit('state', change));
  }
}

/** Every part knows the others through this; none of them acts before all are there. */
function assemble(session: Session, settings: ClientSettings, events: Emitter<ClientEvents>): Core {
  const parser = new MessageParser(settings.messageTypes);
  const core = { session, parser, events } as { -readonly [Part in keyof Core]: Core[Part] };
  core.conversations = new Conversations(core);
  core.messages = new Messages(core);
  const { appId } = session.connection;
  const cache = settings.cache?.({ appId, clientId: session.clientId });
  core.cache = cache && new CacheKeeper(core, cache);
  return core;
}
