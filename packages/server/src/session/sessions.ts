import { randomUUID } from 'node:crypto';
import type { App } from '../domain/app/app.ts';
import { refuseBanned } from '../domain/ban/refuse-banned.ts';
import { ImError } from '../domain/errors.ts';
import type { ClientKicked, ClientOffline, LossCause } from '../domain/events.ts';
import type { ClientId } from '../domain/identifiers.ts';
import { fireWill } from '../domain/message/fire-will.ts';
import type { Signature } from '../domain/signature/signature.ts';
import { verifyLoginSignature } from '../domain/signature/verify-login-signature.ts';
import type { World } from '../domain/world.ts';
import { closedPush } from '../pushes/closed.ts';
import { checkClientId } from './client-id.ts';
import type { Connection } from './connection.ts';
import type { LiveRooms } from './live-rooms.ts';
import type { LiveSessions } from './live-sessions.ts';
import { Session } from './session.ts';
import { issueToken, readToken, type SessionClaims } from './session-token.ts';
import { isNameless, namelessDevice, type TagHolders } from './tag-holders.ts';
import type { TokenInvalidations } from './token-invalidations.ts';

/** The tag that is no tag (`wire-protocol §8` item 28). */
const NO_TAG = 'default';
const MAX_TAG_LENGTH = 64;
const MAX_DEVICE_LENGTH = 256;

export interface OpenSession {
  /** Absent for an anonymous client, which gets an id. */
  readonly client?: ClientId;
  /** An automatic reconnect, or an app that does not want to evict others. */
  readonly reconnect: boolean;
  readonly tag?: string;
  readonly device?: string;
  readonly token?: string;
  readonly signature?: Signature;
  readonly features?: number;
}

/** Who wants to log in under a tag. */
interface Newcomer {
  readonly device: string;
  readonly claims: SessionClaims | undefined;
  readonly request: OpenSession;
}

export interface IssuedToken {
  readonly token: string;
  /** Seconds the token is valid. */
  readonly ttl: number;
}

/** Bits an SDK that sends none may be assumed to have (`wire-protocol §4.1.2`). */
const ASSUMED_FEATURES = 0xab;

/** Opening, refreshing and ending sessions (`wire-protocol §4.1`, `semantics §2`). */
export class Sessions {
  readonly #world: World;
  readonly #live: LiveSessions;
  readonly #rooms: LiveRooms;
  readonly #holders: TagHolders;
  readonly #invalidations: TokenInvalidations;

  constructor(
    world: World,
    live: LiveSessions,
    rooms: LiveRooms,
    holders: TagHolders,
    invalidations: TokenInvalidations,
  ) {
    this.#world = world;
    this.#live = live;
    this.#rooms = rooms;
    this.#holders = holders;
    this.#invalidations = invalidations;
  }

  /**
   * Registers a client on a connection, after identity, ban, token or signature, rate, and tag conflict were checked.
   *
   * @param admit asked where there is no token, once it is sure who it is: attempts of others are not to use up what
   *   the client may do in a minute
   * @returns `undefined` where it was not admitted
   * @throws ImError INVALID_LOGIN, BLACKLISTED, APP_QUOTA_EXCEEDED, SESSION_TOKEN_EXPIRED, SIGNATURE_FAILED, SESSION_CONFLICT
   */
  open(app: App, connection: Connection, request: OpenSession, admit: () => boolean): Session | undefined {
    const client = request.client ?? this.#world.random.clientId();
    checkClientId(app, client);
    this.#requireWelcome(app, client);
    checkLength('tag', request.tag, MAX_TAG_LENGTH);
    checkLength('device id', request.device, MAX_DEVICE_LENGTH);
    const claims = this.#authenticate(app, client, request);
    // A refused reopen would end Swift and ObjC sessions, so one with a token does not count (ruling 5).
    if (claims === undefined && !admit()) return undefined;
    const tag = effectiveTag(request.tag ?? claims?.tag);
    const device = request.device ?? claims?.device ?? namelessDevice(connection);
    const displaced =
      tag === undefined ? [] : this.#settleConflict(app, client, tag, { device, claims, request });
    const session = new Session(
      {
        id: claims?.session ?? randomUUID(),
        app: app.key,
        client,
        device,
        tag,
        features: request.features ?? claims?.features ?? ASSUMED_FEATURES,
      },
      connection,
    );
    this.#dropSameSessions(session, request.reconnect);
    // A client that is back before its last will was delivered has not died (`wire-protocol §4.9.5`).
    if (!this.#live.isOnline(app.key, client)) this.#world.wills.discard(app.key, client);
    this.#live.add(session);
    const devices = this.#live.of(app.key, client);
    this.#world.dailyClients.saw(
      app.key,
      client,
      devices.map((device) => device.connection.remoteAddress),
    );
    if (request.reconnect || claims !== undefined) this.#rooms.returned(session);
    else this.#rooms.forget(session);
    connection.loggedIn();
    for (const other of displaced)
      this.#tellOffline(other, 'displaced', { address: connection.remoteAddress });
    this.#world.outbox.publish({
      type: 'client-online',
      app: app.key,
      at: this.#world.clock.now(),
      client,
      address: connection.remoteAddress,
      isReconnect: request.reconnect || claims !== undefined,
      ...(displaced.length > 0 && tag !== undefined && { displacing: tag }),
    });
    return session;
  }

  /** Whether a token is in force and belongs to the client: HTTP requests of SDKs present one (`rest §1.3`). */
  isToken(app: App, client: ClientId, token: string): boolean {
    const isBanned = this.#world.bans.of(app.key, client, this.#world.clock.now()) !== undefined;
    return !isBanned && this.#claimsOf(app, client, token) !== undefined;
  }

  issueToken(app: App, session: Session): IssuedToken {
    const { client, id, device, tag, features } = session.identity;
    const ttl = app.settings.sessionTokenSeconds;
    const token = issueToken(app, {
      client,
      session: id,
      device,
      tag,
      features,
      epoch: this.#invalidations.epochOf(app.key, client),
      expiresAt: this.#world.clock.now() + ttl * 1000,
    });
    return { token, ttl };
  }

  /** The device of a session got the push token it is known by from now on (`wire-protocol §4.1.10`). @throws ImError INVALID_LOGIN */
  renameDevice(app: App, session: Session, device: string): void {
    checkLength('device token', device, MAX_DEVICE_LENGTH);
    session.renameDevice(device);
    const { client, tag } = session.identity;
    if (tag !== undefined) this.#holders.remember(app.key, client, tag, device);
  }

  /** Logout: the device is free for whoever comes next, its tokens are void, its will is not delivered. */
  async close(app: App, session: Session): Promise<void> {
    const { client, device, id, tag } = session.identity;
    this.#rooms.forget(session);
    this.#live.remove(session);
    if (tag !== undefined) this.#holders.forget(app.key, client, tag, device);
    this.#discardWillOf(session);
    this.#tellOffline(session, 'logout', { address: session.connection.remoteAddress });
    await this.#invalidations.closeSession(
      id,
      this.#world.clock.now() + app.settings.sessionTokenSeconds * 1000,
    );
  }

  /** The connection was lost: the session may come back, and its will is due now. */
  async disconnected(app: App, session: Session, cause?: LossCause): Promise<void> {
    if (!this.#live.remove(session)) return;
    this.#rooms.disconnected(session);
    this.#tellOffline(session, 'lost', cause === undefined ? {} : { cause });
    await fireWill(this.#world, session.actor(app));
  }

  /** The app's server sent a client away: its sessions end, and its tokens with them. */
  kicked({ app, client, epoch, address, isUnhooked }: ClientKicked): void {
    this.#invalidations.epochRaised(app, client, epoch);
    const particulars = {
      ...(address !== undefined && { address }),
      ...(isUnhooked === true && { isUnhooked }),
    };
    for (const session of this.#live.of(app, client)) this.#end(session, particulars);
    this.#rooms.forgetClient(app, client);
  }

  /** Forgets closed sessions whose tokens would have expired by now. */
  pruneInvalidations(): void {
    this.#invalidations.prune(this.#world.clock.now());
  }

  /** Deletes a batch of the oldest holders of tags, if there are too many; true while there may be more. */
  forgetOldestHolders(limit: number): Promise<boolean> {
    return this.#holders.forgetOldest(limit);
  }

  /** A session is over for good, by no wish of its client. */
  #end(session: Session, particulars: Pick<ClientOffline, 'address' | 'isUnhooked'>): void {
    const { app, client, tag, device } = session.identity;
    if (tag !== undefined) this.#holders.forget(app, client, tag, device);
    this.#rooms.forget(session);
    this.#live.remove(session);
    this.#discardWillOf(session);
    this.#tellOffline(session, 'kicked', particulars);
  }

  #requireWelcome(app: App, client: ClientId): void {
    refuseBanned(this.#world, app, client);
    const most = app.settings.dailyClients;
    if (most > 0 && this.#world.dailyClients.isFull(app.key, client, most)) {
      throw new ImError('APP_QUOTA_EXCEEDED', `The app has had its ${most} clients of today.`);
    }
  }

  #authenticate(app: App, client: ClientId, request: OpenSession): SessionClaims | undefined {
    if (request.token !== undefined && request.token !== '') {
      const claims = this.#claimsOf(app, client, request.token);
      if (claims === undefined) {
        // Always this code, also for garbage: anything else makes Swift and ObjC close the session for good.
        throw new ImError('SESSION_TOKEN_EXPIRED', 'The session token is invalid or expired; log in again.');
      }
      return claims;
    }
    if (app.settings.signLogin) {
      const kickedAt = app.settings.kickVoidsSignatures ? this.#invalidations.epochOf(app.key, client) : 0;
      verifyLoginSignature(app, client, request.signature, this.#world.clock.now(), kickedAt);
    }
    return undefined;
  }

  #claimsOf(app: App, client: ClientId, token: string): SessionClaims | undefined {
    const claims = readToken(app, token, this.#world.clock.now());
    if (claims?.client !== client || this.#invalidations.isVoid(app.key, claims)) return undefined;
    return claims;
  }

  /**
   * A device may come back under another name: Apple gives it a new push token at times. Its session token, which is
   * bound to the old name, says that it is the same.
   *
   * @returns the sessions that had to go
   */
  #settleConflict(
    app: App,
    client: ClientId,
    tag: string,
    { device, claims, request }: Newcomer,
  ): readonly Session[] {
    const isItself = (name: string) => name === device || name === claims?.device;
    const others = this.#live
      .of(app.key, client)
      .filter(({ identity }) => identity.tag === tag && !isItself(identity.device));
    const holder = this.#holders.deviceOf(app.key, client, tag);
    if (request.reconnect) {
      const holders = [
        ...others.map(({ identity }) => identity.device),
        ...(holder === undefined ? [] : [holder]),
      ];
      // C# may name no device at all. Another that has no name either may be the same one.
      if (holders.some((name) => !isItself(name) && !(isNameless(name) && isNameless(device)))) {
        throw new ImError('SESSION_CONFLICT', `${client} is logged in with tag "${tag}" on another device.`);
      }
    }
    for (const other of others) this.#evict(other, request.reconnect);
    this.#holders.remember(app.key, client, tag, device);
    return others;
  }

  /** @param mayBeItself its room is kept for whoever takes its place */
  #evict(session: Session, mayBeItself: boolean): void {
    session.push(
      closedPush(this.#world.clock.now(), 'SESSION_CONFLICT', 'The same client logged in on another device.'),
    );
    if (mayBeItself) this.#rooms.disconnected(session);
    else this.#rooms.forget(session);
    this.#live.remove(session);
    this.#discardWillOf(session);
  }

  /**
   * One client has one session per connection, and per device under a tag; the new one takes its place. Without a tag
   * a device that reconnects takes the place of its own session, whose loss nobody has noticed yet.
   */
  #dropSameSessions(session: Session, reconnect: boolean): void {
    const { app, client, device, tag } = session.identity;
    for (const other of this.#live.of(app, client)) {
      const sameConnection = other.connection === session.connection;
      const sameDevice =
        (tag !== undefined || reconnect) && other.identity.tag === tag && other.identity.device === device;
      if (sameConnection || sameDevice || other.identity.id === session.identity.id) {
        this.#live.remove(other);
        this.#rooms.disconnected(other);
        this.#discardWillOf(other);
        // Whoever was told that it came is told that it went, however it went.
        this.#tellOffline(other, 'lost');
      }
    }
  }

  #tellOffline(
    { identity }: Session,
    how: ClientOffline['how'],
    particulars: Pick<ClientOffline, 'address' | 'cause' | 'isUnhooked'> = {},
  ): void {
    this.#world.outbox.publish({
      type: 'client-offline',
      app: identity.app,
      at: this.#world.clock.now(),
      client: identity.client,
      how,
      ...(identity.tag !== undefined && { tag: identity.tag }),
      ...particulars,
    });
  }

  #discardWillOf(session: Session): void {
    const { app, client, id } = session.identity;
    this.#world.wills.discardOf(app, client, id);
  }
}

function effectiveTag(tag: string | undefined): string | undefined {
  return tag === '' || tag === NO_TAG ? undefined : tag;
}

function checkLength(name: string, value: string | undefined, most: number): void {
  if (value !== undefined && value.length > most) {
    throw new ImError('INVALID_LOGIN', `The ${name} has at most ${most} characters, not ${value.length}.`);
  }
}
