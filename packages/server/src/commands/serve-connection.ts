import { CloseCode, CommandType, encodeCommand, type GenericCommand, OpType } from '@parley/protocol';
import type { App } from '../domain/app/app.ts';
import { ImError } from '../domain/errors.ts';
import type { LossCause } from '../domain/events.ts';
import type { ClientRates } from '../domain/limits/client-rates.ts';
import type { World } from '../domain/world.ts';
import { goAwayPush } from '../pushes/goaway.ts';
import type { AcceptConnection, Connection, Peer } from '../session/connection.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { LaneTask } from '../session/ordered-lanes.ts';
import type { Session } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import { isOriginAllowed } from '../session/web-origin.ts';
import { answer } from './answer.ts';
import type { CommandContext, CommandRow, Reply } from './command.ts';
import type { CommandCounters, ServedCommand } from './command-counters.ts';
import { failedAck } from './direct.ts';
import { echoReply } from './echo.ts';
import { errorReply } from './error.ts';
import { rowFor } from './index.ts';
import { loginReply } from './login.ts';
import { openSession } from './session-open.ts';

export interface CommandServices {
  readonly world: World;
  readonly sessions: Sessions;
  readonly live: LiveSessions;
  readonly rates: ClientRates;
  readonly counters: CommandCounters;
  /** Told of everything that was not a refusal: a fault of ours or of the store. */
  readonly failed: (error: unknown, command: GenericCommand) => void;
}

const OPEN = { cmd: CommandType.session, op: OpType.open };
const NO_HEAD = new Uint8Array(0);
/** Searches have a lane of their own; no conversation is called like this. */
const SEARCHES = ' searches';
/** Searches of a session that may wait for each other. The SDKs have a handful under way. */
const MAX_SEARCHES = 100;

/** Serves the commands of each connection the gateway accepts. */
export function serveConnections(services: CommandServices): AcceptConnection {
  return (connection) => new ConnectionPeer(services, connection);
}

/** The clients on one connection, and the way from a decoded command to its handler and back. */
class ConnectionPeer implements Peer {
  readonly #services: CommandServices;
  readonly #connection: Connection;
  /** By client id, in the order they were opened: a command without `peerId` means the first. */
  readonly #sessions = new Map<string, Session>();
  #gone = false;

  constructor(services: CommandServices, connection: Connection) {
    this.#services = services;
    this.#connection = connection;
  }

  receive(command: GenericCommand): void {
    switch (command.cmd) {
      case CommandType.echo:
        this.#send(command, command.peerId, echoReply(command));
        return;
      case CommandType.login:
        this.#connection.loggedIn();
        this.#send(command, command.peerId, loginReply(command));
        return;
      case CommandType.logout:
        this.#send(command, command.peerId, { cmd: CommandType.loggedout });
        return;
      case CommandType.session:
        if (command.op === OpType.open) {
          void this.#open(command);
          return;
        }
    }
    this.#serve(command);
  }

  disconnected(closeCode?: number): void {
    this.#gone = true;
    for (const session of this.#sessions.values()) {
      const app = this.#services.world.apps.byKey(session.identity.app);
      if (app !== undefined) this.#disconnected(app, session, causeOf(closeCode));
    }
    this.#sessions.clear();
  }

  goAway(): void {
    const push = goAwayPush(this.#services.world.clock.now());
    const [first] = this.#sessions.values();
    // Java attributes it by the client id; a second one would raise an error in JS (`wire-protocol §2.7`).
    if (first !== undefined) first.push(push);
    else this.#connection.send(NO_HEAD, encodeCommand({ cmd: CommandType.goaway }), 'required');
  }

  // ── login ──────────────────────────────────────────────────────────────────────────────────────────────────

  async #open(command: GenericCommand): Promise<void> {
    const app = this.#appFor(command);
    if (app === undefined) return;
    try {
      await openSession({
        world: this.#services.world,
        sessions: this.#services.sessions,
        app,
        connection: this.#connection,
        command,
        isShared: this.#sessions.size > 0,
        send: (peerId, reply) => this.#send(command, peerId, reply, true),
        admit: () =>
          this.#withinRate(app, command.peerId ?? this.#connection.id, 'operation', command, undefined),
        refused: ({ code }) => this.#services.counters.count(OPEN, code),
        opened: (session) => this.#opened(app, session),
        failed: (error) => this.#services.failed(error, command),
      });
    } catch (error) {
      this.#answerFailure(command, undefined, error);
    }
  }

  /** The app the client belongs to, if it may be served here; otherwise the connection is closed with the reason. */
  #appFor(command: GenericCommand): App | undefined {
    const app =
      command.appId === undefined ? this.#appOfOthers() : this.#services.world.apps.find(command.appId);
    if (app === undefined || !app.settings.imEnabled) {
      this.#refuseForApp(command);
      return undefined;
    }
    if (!isOriginAllowed(app, this.#connection.origin)) {
      this.#connection.close(CloseCode.INVALID_ORIGIN, 'INVALID_ORIGIN');
      return undefined;
    }
    return app;
  }

  #refuseForApp(command: GenericCommand): void {
    const error = new ImError(
      'APP_NOT_AVAILABLE',
      `App ${command.appId ?? ''} is unknown here or switched off.`,
    );
    this.#services.counters.count(served(command), error.code);
    this.#send(command, command.peerId, errorReply(error), true);
    this.#connection.close(CloseCode.APP_NOT_AVAILABLE, error.reason);
  }

  #appOfOthers(): App | undefined {
    const [first] = this.#sessions.values();
    return first === undefined ? undefined : this.#services.world.apps.byKey(first.identity.app);
  }

  #opened(app: App, session: Session): void {
    // Commands say whose they are by client id alone, so one of the same name of another app cannot stay.
    const displaced = this.#sessions.get(session.identity.client);
    const itsApp = displaced && this.#services.world.apps.byKey(displaced.identity.app);
    if (displaced !== undefined && itsApp !== undefined) this.#disconnected(itsApp, displaced);
    // The client may be gone by the time its login went through.
    if (this.#gone) this.#disconnected(app, session);
    else this.#sessions.set(session.identity.client, session);
    this.#services.counters.count(OPEN, 0);
  }

  #disconnected(app: App, session: Session, cause?: LossCause): void {
    const { sessions, failed } = this.#services;
    sessions.disconnected(app, session, cause).catch((error: unknown) => failed(error, {}));
  }

  // ── commands of an open session ────────────────────────────────────────────────────────────────────────────

  #serve(received: GenericCommand): void {
    const session = this.#sessionFor(received);
    if (session === undefined) {
      this.#refuse(received, new ImError('SESSION_REQUIRED', 'Open a session for this client first.'));
      return;
    }
    // Every answer names who asked, refusals included, also where the command did not (`wire-protocol §4.0`).
    const command = { ...received, peerId: session.identity.client };
    const { world, sessions } = this.#services;
    const app = world.apps.byKey(session.identity.app);
    // A switch that left everybody talking who is logged in would be none.
    if (app !== undefined && !app.settings.imEnabled) {
      this.#refuseForApp(command);
      return;
    }
    const row = rowFor(command);
    if (app === undefined || row === undefined) {
      const what = `cmd ${command.cmd ?? 'absent'}, op ${command.op ?? 'absent'}`;
      this.#refuse(
        command,
        new ImError('INTERNAL_ERROR', `This server does not know the command (${what}).`),
      );
      return;
    }
    if (row.rate !== 'free' && !this.#withinRate(app, session.identity.client, row.rate, command, row))
      return;
    const actor = session.actor(app);
    const run = (orderIsKept: () => void) =>
      this.#run(row, { world, sessions, session, actor, command, orderIsKept });
    if (row.searches?.(command) === true) {
      this.#search(command, session, run);
      return;
    }
    const lane = row.writesTo?.(command);
    if (lane === undefined) void run(() => {});
    else session.lanes.run(lane, run);
  }

  #search(command: GenericCommand, session: Session, run: LaneTask): void {
    if (session.lanes.length(SEARCHES) >= MAX_SEARCHES) {
      const error = new ImError(
        'MESSAGE_SENT_QUOTA_EXCEEDED',
        'Too many queries at once; wait for their answers.',
      );
      this.#refuse(command, error);
      return;
    }
    session.lanes.run(SEARCHES, async (release) => {
      if (this.#services.live.has(session)) return run(release);
      // It ended while this one was waiting, and the store need not look for what nobody reads.
      this.#refuse(command, new ImError('SESSION_REQUIRED', 'The session ended before the query began.'));
    });
  }

  async #run(row: CommandRow, context: CommandContext): Promise<void> {
    try {
      const reply = await answer(row, context);
      this.#services.counters.count(row, refusalIn(reply));
      if (reply !== undefined) this.#send(context.command, context.command.peerId, reply);
      if (row.cmd === CommandType.session && row.op === OpType.close) this.#forget(context.session);
    } catch (error) {
      this.#answerFailure(context.command, row, error);
    }
  }

  /** Absent `peerId` means the first client opened here; a session that was ended elsewhere no longer counts. */
  #sessionFor(command: GenericCommand): Session | undefined {
    const session =
      command.peerId === undefined || command.peerId === ''
        ? this.#sessions.values().next().value
        : this.#sessions.get(command.peerId);
    if (session !== undefined && !this.#services.live.has(session)) {
      this.#forget(session);
      return undefined;
    }
    return session;
  }

  #forget(session: Session): void {
    if (this.#sessions.get(session.identity.client) === session)
      this.#sessions.delete(session.identity.client);
  }

  #withinRate(
    app: App,
    client: string,
    rate: 'message' | 'history' | 'operation',
    command: GenericCommand,
    row: CommandRow | undefined,
  ): boolean {
    if (this.#services.rates.allow(app, client, rate)) return true;
    const error = new ImError('MESSAGE_SENT_QUOTA_EXCEEDED', 'Too many requests within a minute; slow down.');
    if (app.settings.silentOverLimit) this.#services.counters.count(served(command), error.code);
    else this.#answerFailure(command, row, error);
    return false;
  }

  // ── replies ────────────────────────────────────────────────────────────────────────────────────────────────

  #answerFailure(command: GenericCommand, row: CommandRow | undefined, error: unknown): void {
    const refusal =
      error instanceof ImError ? error : new ImError('INTERNAL_ERROR', 'The server failed; try again.');
    if (refusal !== error) this.#services.failed(error, command);
    this.#services.counters.count(served(command), refusal.code);
    // C# reads the ack of a failed message unconditionally, so faults of ours answer a message as an ack too.
    if (row?.cmd === CommandType.direct) {
      this.#send(command, command.peerId, failedAck(refusal, this.#services.world.clock.now()));
    } else this.#sendError(command, refusal);
  }

  #refuse(command: GenericCommand, error: ImError): void {
    this.#services.counters.count(served(command), error.code);
    this.#sendError(command, error);
  }

  #sendError(command: GenericCommand, error: ImError): void {
    this.#send(command, command.peerId, errorReply(error));
  }

  /** A reply carries the request's id exactly if it had one, and is dropped where nobody could attribute it. */
  #send(command: GenericCommand, peerId: string | undefined, reply: Reply, always = false): void {
    const answersWithoutId = always || reply.cmd === CommandType.echo || reply.cmd === CommandType.loggedin;
    if (command.i === undefined && !answersWithoutId) return;
    const bytes = encodeCommand({
      ...reply,
      ...(command.i !== undefined && { i: command.i }),
      ...(peerId !== undefined && { peerId }),
    });
    this.#connection.send(NO_HEAD, bytes, 'required');
  }
}

/** Some handlers answer their refusals themselves. */
function refusalIn(reply: Reply | undefined): number {
  return reply?.ackMessage?.code ?? reply?.errorMessage?.code ?? 0;
}

/** The command as the server knows it, whatever operation was put beside one that has none. */
function served(command: GenericCommand): ServedCommand | undefined {
  return command.cmd === OPEN.cmd && command.op === OPEN.op ? OPEN : rowFor(command);
}

/** Why the gateway cut a connection; `undefined` where it did not, or where it is no fault of the connection. */
function causeOf(closeCode: number | undefined): LossCause | undefined {
  switch (closeCode) {
    case CloseCode.READ_TIMEOUT:
      return 'silent';
    case CloseCode.LOGIN_TIMEOUT:
      return 'no-login';
    case CloseCode.FRAME_TOO_LONG:
      return 'frame-too-long';
    case CloseCode.UNPARSEABLE_RAW_MESSAGE:
      return 'unparseable';
    case CloseCode.INTERNAL_ERROR:
      return 'server-failure';
    default:
      return undefined;
  }
}
