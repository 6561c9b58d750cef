import type { AppKey, ClientId, Milliseconds } from '../identifiers.ts';
import type { Ban, BanRepository } from '../ports/bans.ts';

/** Who may not log in, in memory: every login asks. */
export class BannedClients {
  readonly #apps = new Map<AppKey, Map<ClientId, Ban>>();

  static async load(repository: BanRepository, now: Milliseconds): Promise<BannedClients> {
    const banned = new BannedClients();
    for (const { app, ...ban } of await repository.loadAll(now)) banned.put(app, ban);
    return banned;
  }

  /** The ban in force, if there is one. */
  of(app: AppKey, client: ClientId, now: Milliseconds): Ban | undefined {
    const ban = this.#apps.get(app)?.get(client);
    return ban === undefined || isOver(ban, now) ? undefined : ban;
  }

  count(app: AppKey): number {
    return this.#apps.get(app)?.size ?? 0;
  }

  /** A ban that was committed. */
  put(app: AppKey, ban: Ban): void {
    const clients = this.#apps.get(app) ?? new Map<ClientId, Ban>();
    this.#apps.set(app, clients.set(ban.client, ban));
  }

  remove(app: AppKey, client: ClientId): void {
    this.#apps.get(app)?.delete(client);
  }

  /** Forgets bans that are over. */
  prune(now: Milliseconds): void {
    for (const clients of this.#apps.values()) {
      for (const [client, ban] of clients) if (isOver(ban, now)) clients.delete(client);
    }
  }
}

function isOver({ until }: Ban, now: Milliseconds): boolean {
  return until !== undefined && until <= now;
}
