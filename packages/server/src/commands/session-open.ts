import { CloseCode, CommandType, type GenericCommand, OpType } from '@parley/protocol';
import type { App } from '../domain/app/app.ts';
import { ImError } from '../domain/errors.ts';
import type { World } from '../domain/world.ts';
import { catchUp } from '../session/catch-up.ts';
import type { Connection } from '../session/connection.ts';
import type { Session } from '../session/session.ts';
import type { OpenSession, Sessions } from '../session/sessions.ts';
import type { Reply } from './command.ts';
import { errorReply } from './error.ts';
import { signatureOf } from './fields.ts';

interface OpenContext {
  readonly world: World;
  readonly sessions: Sessions;
  readonly app: App;
  readonly connection: Connection;
  readonly command: GenericCommand;
  /** Sends a command to this client on this connection. */
  readonly send: (peerId: string, reply: Reply) => void;
  /** Whether other clients are logged in on the connection, which must not suffer for a refusal. */
  readonly isShared: boolean;
  /** Counts the login of who proved to be this client; false, and answered, where it has used up its minute. */
  readonly admit: () => boolean;
  /** Told of a refusal that is being answered. */
  readonly refused: (error: ImError) => void;
  /** The session is usable from now on. */
  readonly opened: (session: Session) => void;
  /** Told of a fault of ours that came too late to be the answer. */
  readonly failed: (error: unknown) => void;
}

/**
 * Login (`wire-protocol §4.1.1`–`§4.1.4`): registers the session, answers with its token, then brings the client
 * up to date. A refusal is an `error` for the request; Java's automatic reopen, which has no request id, needs
 * some refusals as a `closed` push instead.
 */
export async function openSession(context: OpenContext): Promise<void> {
  const { world, sessions, app, connection, command, send, admit, opened, failed } = context;
  let session: Session | undefined;
  try {
    if (app.settings.dailyClients > 0) await world.dailyClients.prepare(app.key, command.peerId ?? '');
    session = sessions.open(app, connection, openRequest(command), admit);
  } catch (error) {
    if (!(error instanceof ImError)) throw error;
    context.refused(error);
    refuse(context, error);
    return;
  }
  if (session === undefined) return;
  // From here messages may arrive for the session; they wait until the client knows what it missed.
  session.hold();
  opened(session);
  const { token, ttl } = sessions.issueToken(app, session);
  send(session.identity.client, {
    cmd: CommandType.session,
    op: OpType.opened,
    serverTs: world.clock.now(),
    sessionMessage: { st: token, stTtl: ttl },
  });
  try {
    await catchUp(world, app, session, {
      unreadChangedSince: command.sessionMessage?.lastUnreadNotifTime ?? 0,
      patchedSince: command.sessionMessage?.lastPatchTime,
    });
  } catch (error) {
    // The login has been answered, and a client asks only once what it missed: it has to come again.
    failed(error);
    connection.close(CloseCode.INTERNAL_ERROR, 'INTERNAL_ERROR');
  }
}

function openRequest(command: GenericCommand): OpenSession {
  const message = command.sessionMessage ?? {};
  const device = [message.deviceId, message.deviceToken].find((name) => name !== undefined && name !== '');
  const signature = signatureOf(message);
  return {
    reconnect: message.r === true,
    ...(command.peerId !== undefined && { client: command.peerId }),
    ...(message.tag !== undefined && { tag: message.tag }),
    ...(device !== undefined && { device }),
    ...(message.st !== undefined && { token: message.st }),
    ...(message.configBitmap !== undefined && { features: message.configBitmap }),
    ...(signature !== undefined && { signature }),
  };
}

/** Java's reopen understands exactly these two as an `error` without request id (`wire-protocol §4.1.4`). */
const ERRORS_JAVA_EXPECTS = new Set<string>(['SESSION_TOKEN_EXPIRED', 'SIGNATURE_FAILED']);

function refuse({ command, send, connection, isShared }: OpenContext, error: ImError): void {
  const peerId = command.peerId ?? '';
  if (command.i !== undefined || ERRORS_JAVA_EXPECTS.has(error.reason)) {
    send(peerId, errorReply(error));
    // An id that cannot be will not be better at the next try (`wire-protocol §4.1.4`).
    if (error.reason === 'INVALID_LOGIN' && !isShared)
      connection.close(CloseCode.INVALID_LOGIN, error.reason);
    return;
  }
  send(peerId, {
    cmd: CommandType.session,
    op: OpType.closed,
    service: 2,
    sessionMessage: {
      code: error.code,
      reason: error.reason,
      ...(error.detail !== undefined && { detail: error.detail }),
    },
  });
}
