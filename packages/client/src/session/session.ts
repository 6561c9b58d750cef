import { CommandType, Feature, type GenericCommand, OpType } from '@parley/protocol/wire';
import { backoff } from '../connection/backoff.ts';
import type { Connection, Occupant } from '../connection/connection.ts';
import type { Link } from '../connection/link.ts';
import { asParleyError, errorFrom, localError, type ParleyError } from '../errors.ts';
import { Emitter } from '../events.ts';
import type { ReadMark } from '../messages/read-marks.ts';
import { type Authorize, authorizeWith, type Operation, type SignatureFields } from './authorize.ts';

const FEATURES =
  Feature.patch |
  Feature.temporaryConversations |
  Feature.transientAck |
  Feature.reliableNotifications |
  Feature.partialResults |
  Feature.omitPeerId;

/**
 * Edits reach a client in the order of their conversations, not of all; one that was on its way when the connection
 * broke may be older than the newest that arrived. Asking for a little more costs nothing: an edit twice is one edit.
 */
const PATCH_OVERLAP = 10_000;

/** What a login brings has arrived after this long. */
const SETTLED = 10_000;

/** A message that was on its way to the server's disk at a login is older than that, and counts from then on only. */
const UNREAD_OVERLAP = 10_000;

/**
 * - `connecting`: there is no connection, or it is being made.
 * - `opening`: logging in, once more where it failed for the reason in `error`.
 * - `open`: logged in since `since` (ms).
 * - `closed`: by {@link Client.close}, or for the reason in `error`: refused, replaced by another device with the same
 *   tag (SESSION_CONFLICT), or logged out by the app's server (KICKED_BY_APP).
 */
export type ClientState =
  | { readonly name: 'connecting' }
  | { readonly name: 'opening'; readonly error?: ParleyError }
  | { readonly name: 'open'; readonly since: number }
  | { readonly name: 'closed'; readonly error?: ParleyError };

export interface SessionOptions {
  readonly clientId: string;
  readonly tag?: string;
  /** Whether this login ends that of another device with the same tag, instead of being refused. Default: true. */
  readonly takeOver?: boolean;
  readonly authorize?: Authorize;
}

/** Of what happened to conversations between these times, not everything is told here yet. */
export interface Absence {
  readonly since: number;
  readonly until: number;
}

/** How far this client has heard, in milliseconds of the server. Kept over reconnects, and over starts by a cache. */
export interface Positions {
  /** The newest computation of unread counts. */
  unread?: number | undefined;
  /** The newest edit or recall. */
  patches?: number | undefined;
  /** The newest event of conversations, those of the absences left out. */
  events?: number | undefined;
  /** The oldest first. More than one where a connection was lost before all was told. */
  absences?: readonly Absence[] | undefined;
  /** What was read here, by conversation, and the server may not know. */
  reads?: ReadonlyMap<string, ReadMark> | undefined;
}

export interface SessionEvents {
  state: { readonly state: ClientState; readonly previous: ClientState };
  /** After each login, before anything that follows it. */
  opened: {
    readonly serverTime: number;
    readonly eventsSince: number | undefined;
    /** Without it, everything unread is told anew. */
    readonly unreadSince: number | undefined;
  };
  received: GenericCommand;
}

/** Who speaks on a connection: logs in, comes back by token, and asks in the name of its client. */
export class Session extends Emitter<SessionEvents> implements Occupant {
  readonly clientId: string;
  readonly connection: Connection;
  readonly positions: Positions = {};
  readonly #options: SessionOptions;
  #state: ClientState = { name: 'closed' };
  #link: Link | undefined;
  #token: { readonly text: string; readonly expiresAt: number } | undefined;
  #hasOpened = false;
  /** The login that is under way; another or none where that has become void. */
  #login: object | undefined;
  /** Whether the server may know of this client on the connection there is. */
  #isAnnounced = false;
  /** What is planned for the link there is. */
  #cancelTimer = () => {};
  #parting: Promise<void> | undefined;
  readonly #sharedQueries = new Map<string, Promise<GenericCommand>>();

  constructor(connection: Connection, options: SessionOptions) {
    super();
    this.connection = connection;
    this.clientId = options.clientId;
    this.#options = options;
  }

  get state(): ClientState {
    return this.#state;
  }

  /**
   * Begins to log in, and again whenever the connection was lost, until {@link close}.
   *
   * @param prepared what has to be known before the login; whoever asks for something meanwhile waits
   */
  open(prepared?: Promise<void>): void {
    if (this.#state.name !== 'closed') return;
    // Only who comes back by itself gives way to another device.
    this.#hasOpened = false;
    const opening: ClientState = { name: 'connecting' };
    this.#change(opening);
    const parting = this.connection.partingOf(this.clientId);
    if (prepared === undefined && parting === undefined) this.connection.enter(this);
    else {
      // Closed meanwhile, and perhaps opened again, it is another opening that counts.
      Promise.all([prepared, parting])
        .then(() => this.#state === opening && this.connection.enter(this))
        .catch((error: unknown) => this.#state === opening && this.refused(asParleyError(error)));
    }
  }

  /**
   * Resolves once logged in.
   *
   * @throws ParleyError why it never will be; TIMEOUT after `patience` milliseconds
   */
  whenOpen(patience = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#state.name === 'open') return Promise.resolve();
    if (this.#state.name === 'closed') return Promise.reject(closedError(this.#state));
    return new Promise((resolve, reject) => {
      const cancel =
        patience === Number.POSITIVE_INFINITY
          ? () => {}
          : this.connection.platform.clock.after(patience, () => done(() => reject(localError('TIMEOUT'))));
      const stop = this.on('state', ({ state }) => {
        if (state.name === 'open') done(resolve);
        if (state.name === 'closed') done(() => reject(closedError(state)));
      });
      const done = (settle: () => void) => {
        cancel();
        stop();
        settle();
      };
    });
  }

  /** Logs out: the server ends the session, and neither messages nor pushes of it follow. */
  async close(): Promise<void> {
    const link = this.#isAnnounced ? this.#link : undefined;
    this.#login = undefined;
    this.#token = undefined;
    if (this.#parting === undefined && link === undefined) this.#end({ name: 'closed' });
    else {
      this.#parting ??= link && this.#part(link);
      this.#change({ name: 'closed' });
    }
    await this.#parting;
  }

  /** Resolves when the server knows that this client is gone, while it is on its way out. */
  get parting(): Promise<void> | undefined {
    return this.#parting;
  }

  /**
   * Asks as soon as the client is logged in. A query asks again if the connection breaks meanwhile; anything else
   * fails then, because it may have been done.
   *
   * @throws ParleyError the refusal of the server, TIMEOUT, CONNECTION_LOST, CLIENT_CLOSED
   */
  async request(command: GenericCommand, patience = this.connection.timeout): Promise<GenericCommand> {
    await this.whenOpen(patience);
    return this.#ask(command);
  }

  /** As {@link request}, for what changes nothing: equal ones at one time are asked once. */
  query(command: GenericCommand): Promise<GenericCommand> {
    const key = JSON.stringify(command);
    const pending = this.#sharedQueries.get(key);
    if (pending !== undefined) return pending;
    const asked = this.#queryUntilAnswered(command).finally(() => this.#sharedQueries.delete(key));
    this.#sharedQueries.set(key, asked);
    return asked;
  }

  /** Sends what needs no reply, if the client is logged in. */
  send(command: GenericCommand): boolean {
    if (this.#state.name !== 'open') return false;
    this.#link?.send(this.#envelope(command));
    return true;
  }

  sign(operation: Operation): Promise<SignatureFields> {
    return authorizeWith(this.#options.authorize, operation, this.connection.http);
  }

  /** A session token that is valid for a while, for HTTP in the name of this client. */
  async token(): Promise<string> {
    await this.whenOpen(this.connection.timeout);
    const now = this.connection.platform.clock.now();
    if (this.#token === undefined || this.#token.expiresAt < now + 60_000) {
      this.#keepToken(
        await this.#ask({
          cmd: CommandType.session,
          op: OpType.refresh,
          sessionMessage: { st: this.#token?.text },
        }),
      );
    }
    return this.#token?.text ?? '';
  }

  linked(link: Link): void {
    if (this.#parting !== undefined) return;
    this.#link = link;
    void this.#logIn(link);
  }

  unlinked(): void {
    if (this.#parting !== undefined) return;
    this.#forgetLink();
    if (this.#state.name !== 'closed') this.#change({ name: 'connecting' });
  }

  refused(error: ParleyError): void {
    if (this.#parting === undefined) this.#end({ name: 'closed', error });
  }

  received(command: GenericCommand): void {
    if (this.#parting !== undefined) return;
    if (command.cmd === CommandType.session && command.op === OpType.closed) {
      const { code = 0, reason, detail } = command.sessionMessage ?? {};
      this.#token = undefined;
      this.#end({ name: 'closed', error: errorFrom({ code, reason, detail }) });
    } else this.emit('received', command);
  }

  async #part(link: Link): Promise<void> {
    this.#cancelTimer();
    this.#isAnnounced = false;
    const command = this.#envelope({ cmd: CommandType.session, op: OpType.close });
    await link.request(command, 3_000).catch(() => {});
    this.#parting = undefined;
    this.#forgetLink();
    this.connection.exit(this);
  }

  async #logIn(link: Link, attempt = 1): Promise<void> {
    const login = {};
    this.#login = login;
    if (this.#state.name !== 'opening') this.#change({ name: 'opening' });
    try {
      const command = await this.#loginCommand();
      // Whoever signs takes their time; the client may be closed by now.
      if (this.#login !== login) return;
      this.#isAnnounced = true;
      const reply = await link.request(command, this.connection.timeout, (reply) => {
        // What came right behind the reply is newer than the login, and is not to be forgotten with what was before it.
        if (this.#login === login && reply.cmd !== CommandType.error) this.#opened(reply);
      });
      unwrap(reply);
    } catch (error) {
      if (this.#login === login) this.#loginFailed(link, asParleyError(error), attempt);
    }
  }

  async #loginCommand(): Promise<GenericCommand> {
    const { tag, takeOver = true } = this.#options;
    const { appId, platform } = this.connection;
    const { positions } = this;
    const token = this.#token;
    const proof =
      token !== undefined
        ? { st: token.text }
        : await this.sign({ action: 'login', clientId: this.clientId });
    return this.#envelope({
      cmd: CommandType.session,
      op: OpType.open,
      appId,
      sessionMessage: {
        ua: 'parley-ts/0.1',
        deviceId: platform.deviceId(),
        configBitmap: FEATURES,
        r: this.#hasOpened || !takeOver,
        tag,
        lastUnreadNotifTime: positions.unread,
        lastPatchTime: positions.patches === undefined ? undefined : positions.patches - PATCH_OVERLAP,
        ...proof,
      },
    });
  }

  #opened(reply: GenericCommand): void {
    this.#keepToken(reply);
    this.#hasOpened = true;
    const serverTime = reply.serverTs ?? this.connection.platform.clock.now();
    const eventsSince = this.positions.events;
    // The times of events run ahead of the clock where much happens.
    this.positions.events = Math.max(eventsSince ?? 0, serverTime);
    this.positions.patches = Math.max(this.positions.patches ?? 0, serverTime);
    const { clock } = this.connection.platform;
    // A login that told of nothing unread told that nothing is; from now on only changes are of interest.
    this.#cancelTimer = clock.after(SETTLED, () => {
      this.positions.unread ??= serverTime - UNREAD_OVERLAP;
    });
    this.#change({ name: 'open', since: clock.now() });
    this.emit('opened', { serverTime, eventsSince, unreadSince: this.positions.unread });
  }

  #loginFailed(link: Link, error: ParleyError, attempt: number): void {
    if (error.reason === 'SESSION_TOKEN_EXPIRED' && this.#token !== undefined) {
      this.#token = undefined;
      void this.#logIn(link);
      return;
    }
    if (error.reason === 'CONNECTION_LOST') return;
    if (!error.isPassing) {
      this.refused(error);
      return;
    }
    const delay = backoff(attempt, () => this.connection.platform.random());
    this.#cancelTimer = this.connection.platform.clock.after(
      delay,
      () => void this.#logIn(link, attempt + 1),
    );
    this.#change({ name: 'opening', error });
  }

  #keepToken({ sessionMessage }: GenericCommand): void {
    const { st, stTtl } = sessionMessage ?? {};
    if (st === undefined || stTtl === undefined) return;
    this.#token = { text: st, expiresAt: this.connection.platform.clock.now() + stTtl * 1000 };
  }

  async #queryUntilAnswered(command: GenericCommand): Promise<GenericCommand> {
    const { clock } = this.connection.platform;
    const deadline = clock.now() + this.connection.timeout;
    for (;;) {
      try {
        return await this.request(command, Math.max(deadline - clock.now(), 0));
      } catch (error) {
        const { reason } = asParleyError(error);
        if (reason !== 'CONNECTION_LOST' || clock.now() >= deadline) throw error;
      }
    }
  }

  async #ask(command: GenericCommand): Promise<GenericCommand> {
    if (this.#link === undefined) throw localError('CONNECTION_LOST');
    return unwrap(await this.#link.request(this.#envelope(command), this.connection.timeout));
  }

  #envelope(command: GenericCommand): GenericCommand {
    return { ...command, peerId: this.clientId };
  }

  #end(state: ClientState & { name: 'closed' }): void {
    this.#forgetLink();
    this.connection.exit(this);
    this.#change(state);
  }

  #forgetLink(): void {
    this.#cancelTimer();
    this.#link = undefined;
    this.#login = undefined;
    this.#isAnnounced = false;
  }

  #change(state: ClientState): void {
    const previous = this.#state;
    if (previous.name === 'closed' && state.name === 'closed' && state.error === undefined) return;
    this.#state = state;
    this.emit('state', { state, previous });
  }
}

/** @throws ParleyError where the reply is a refusal */
function unwrap(reply: GenericCommand): GenericCommand {
  if (reply.cmd === CommandType.error) throw errorFrom(reply.errorMessage ?? {});
  return reply;
}

function closedError({ error }: ClientState & { name: 'closed' }): ParleyError {
  return error ?? localError('CLIENT_CLOSED');
}
