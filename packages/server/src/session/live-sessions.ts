import type { AppKey, ClientId, SessionId } from '../domain/identifiers.ts';
import type { Presence } from '../domain/ports/presence.ts';
import type { Session } from './session.ts';

const NONE: readonly Session[] = [];

/** Every session on this node, by app and client. */
export class LiveSessions implements Presence {
  readonly #apps = new Map<AppKey, Map<ClientId, readonly Session[]>>();
  readonly #byId = new Map<SessionId, Session>();
  readonly #counts = new Map<AppKey, number>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  of(app: AppKey, client: ClientId): readonly Session[] {
    return this.#apps.get(app)?.get(client) ?? NONE;
  }

  /** Every session of an app. */
  *all(app: AppKey): Iterable<Session> {
    for (const sessions of this.#apps.get(app)?.values() ?? []) yield* sessions;
  }

  byId(id: SessionId): Session | undefined {
    return this.#byId.get(id);
  }

  isOnline(app: AppKey, client: ClientId): boolean {
    return this.of(app, client).length > 0;
  }

  countOnline(app: AppKey): number {
    return this.#apps.get(app)?.size ?? 0;
  }

  has(session: Session): boolean {
    return this.of(session.identity.app, session.identity.client).includes(session);
  }

  countSessions(app: AppKey): number {
    return this.#counts.get(app) ?? 0;
  }

  add(session: Session): void {
    const { app, client } = session.identity;
    let clients = this.#apps.get(app);
    if (clients === undefined) {
      clients = new Map();
      this.#apps.set(app, clients);
    }
    clients.set(client, [...(clients.get(client) ?? NONE), session]);
    this.#byId.set(session.identity.id, session);
    this.#count++;
    this.#counts.set(app, this.countSessions(app) + 1);
  }

  /** False where the session was not registered (any more). */
  remove(session: Session): boolean {
    const { app, client } = session.identity;
    const clients = this.#apps.get(app);
    const before = clients?.get(client) ?? NONE;
    const after = before.filter((other) => other !== session);
    if (clients === undefined || after.length === before.length) return false;
    if (after.length > 0) clients.set(client, after);
    else clients.delete(client);
    if (this.#byId.get(session.identity.id) === session) this.#byId.delete(session.identity.id);
    this.#count--;
    this.#counts.set(app, this.countSessions(app) - 1);
    return true;
  }
}
