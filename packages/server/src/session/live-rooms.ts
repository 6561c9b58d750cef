import type { AppKey, ClientId, ConversationKey, Milliseconds, SessionId } from '../domain/identifiers.ts';
import type { Clock } from '../domain/ports/clock.ts';
import type { RoomAbsence } from '../domain/ports/room-absences.ts';
import type { Rooms } from '../domain/ports/rooms.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { Session } from './session.ts';
import { isNameless } from './tag-holders.ts';

/** A client that is back within this time is in its room again (F-ROOM-11). */
const MAY_RETURN_WITHIN: Milliseconds = 30 * 60_000;
const EMPTY: ReadonlySet<Session> = new Set();

interface Occupants {
  readonly sessions: Set<Session>;
  /** How many sessions each client has in the room. */
  readonly clients: Map<ClientId, number>;
}

/** The chat rooms of this node: which of its sessions are in which, and which were when they lost their connection. */
export class LiveRooms implements Rooms {
  readonly #live: LiveSessions;
  readonly #clock: Clock;
  readonly #rooms = new Map<ConversationKey, Occupants>();
  readonly #roomOf = new Map<Session, ConversationKey>();
  /** By the names a session may come back under; the oldest first. */
  readonly #absences = new Map<string, RoomAbsence>();

  constructor(live: LiveSessions, clock: Clock) {
    this.#live = live;
    this.#clock = clock;
  }

  /** Every session in the room. */
  sessionsIn(room: ConversationKey): ReadonlySet<Session> {
    return this.#rooms.get(room)?.sessions ?? EMPTY;
  }

  enter(room: ConversationKey, id: SessionId): boolean {
    const session = this.#live.byId(id);
    if (session === undefined || this.#roomOf.get(session) === room) return false;
    this.#enter(room, session);
    return true;
  }

  leave(room: ConversationKey, id: SessionId): boolean {
    const session = this.#live.byId(id);
    if (session === undefined) return false;
    // It may have been in the room before this login, and would come back to it.
    for (const name of namesOf(session))
      if (this.#absences.get(name)?.room === room) this.#absences.delete(name);
    if (this.#roomOf.get(session) !== room) return false;
    this.#leave(session);
    return true;
  }

  expel(app: AppKey, room: ConversationKey, client: ClientId): boolean {
    const present = [...this.sessionsIn(room)].filter(({ identity }) => identity.client === client);
    for (const session of present) this.#leave(session);
    for (const [name, absence] of this.#absences) {
      if (absence.app === app && absence.room === room && absence.client === client)
        this.#absences.delete(name);
    }
    return present.length > 0;
  }

  count(room: ConversationKey): number {
    return this.#rooms.get(room)?.clients.size ?? 0;
  }

  sample(room: ConversationKey, limit: number): readonly ClientId[] {
    const clients = [...(this.#rooms.get(room)?.clients.keys() ?? [])];
    // The first steps of a shuffle: each client is as likely as any other.
    const wanted = Math.min(limit, clients.length);
    for (let index = 0; index < wanted; index++) {
      const other = index + Math.floor(Math.random() * (clients.length - index));
      [clients[index], clients[other]] = [clients[other] as ClientId, clients[index] as ClientId];
    }
    return clients.slice(0, wanted);
  }

  isIn(room: ConversationKey, client: ClientId): boolean {
    return this.#rooms.get(room)?.clients.has(client) ?? false;
  }

  /** The client is gone for good, wherever it was. */
  forgetClient(app: AppKey, client: ClientId): void {
    for (const [name, absence] of this.#absences) {
      if (absence.app === app && absence.client === client) this.#absences.delete(name);
    }
  }

  /** The session is gone for good, or begins anew: logged in or out, or another device took its place. */
  forget(session: Session): void {
    this.#leave(session);
    for (const name of namesOf(session)) this.#absences.delete(name);
  }

  /** The connection was lost: the session is in no room, but may come back to the one it was in. */
  disconnected(session: Session): void {
    const room = this.#roomOf.get(session);
    if (room === undefined) return;
    this.#leave(session);
    this.#prune();
    const { app, client } = session.identity;
    const until = this.#clock.now() + MAY_RETURN_WITHIN;
    for (const name of namesOf(session)) {
      // Deleted first, so that the newest is the last.
      this.#absences.delete(name);
      this.#absences.set(name, { name, app, client, room, until });
    }
  }

  /** Who may come back to which room, for the server that is started next; the first to end first. */
  get absences(): readonly RoomAbsence[] {
    this.#prune();
    return [...this.#absences.values()];
  }

  /** Takes over what another server knew when it was stopped, before anybody connects. */
  restore(absences: readonly RoomAbsence[]): void {
    for (const absence of absences) this.#absences.set(absence.name, absence);
  }

  /** A client reconnected: it is in its room again, if that is not too long ago. */
  returned(session: Session): void {
    this.#prune();
    // A session without a token or the name of a device can only be told by its client.
    const names = isNameless(session.identity.device) ? namesOf(session) : ownNamesOf(session);
    const [absence] = names.flatMap((name) => this.#absences.get(name) ?? []);
    if (absence !== undefined) this.#enter(absence.room, session);
  }

  #enter(room: ConversationKey, session: Session): void {
    this.forget(session);
    let occupants = this.#rooms.get(room);
    if (occupants === undefined) {
      occupants = { sessions: new Set(), clients: new Map() };
      this.#rooms.set(room, occupants);
    }
    const { client } = session.identity;
    occupants.sessions.add(session);
    occupants.clients.set(client, (occupants.clients.get(client) ?? 0) + 1);
    this.#roomOf.set(session, room);
  }

  #leave(session: Session): void {
    const room = this.#roomOf.get(session);
    const occupants = room === undefined ? undefined : this.#rooms.get(room);
    if (room === undefined || occupants === undefined) return;
    const { client } = session.identity;
    const others = (occupants.clients.get(client) ?? 1) - 1;
    if (others > 0) occupants.clients.set(client, others);
    else occupants.clients.delete(client);
    occupants.sessions.delete(session);
    if (occupants.sessions.size === 0) this.#rooms.delete(room);
    this.#roomOf.delete(session);
  }

  #prune(): void {
    const now = this.#clock.now();
    for (const [name, { until }] of this.#absences) {
      if (until > now) return;
      this.#absences.delete(name);
    }
  }
}

/** All an absence is kept under, what says most first. */
function namesOf(session: Session): readonly string[] {
  const { app, client } = session.identity;
  return [...ownNamesOf(session), `client ${JSON.stringify([app, client])}`];
}

/** A reconnect with a token keeps the session's id; C# brings no token, but the device is the same. */
function ownNamesOf({ identity }: Session): readonly string[] {
  return [
    `session ${identity.id}`,
    `device ${JSON.stringify([identity.app, identity.client, identity.device])}`,
  ];
}
