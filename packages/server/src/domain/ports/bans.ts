import type { AppKey, ClientId, Milliseconds } from '../identifiers.ts';

/** A client that may not log in. */
export interface Ban {
  readonly client: ClientId;
  readonly since: Milliseconds;
  /** Absent: for good. */
  readonly until?: Milliseconds;
  /** What the client is told. */
  readonly reason: string;
}

/** Who may not come in. */
export interface BanRepository {
  /** Everything in force at `now`, read once at start. */
  loadAll(now: Milliseconds): Promise<readonly (Ban & { readonly app: AppKey })[]>;
  /** Takes the place of an earlier ban of the client. */
  put(app: AppKey, ban: Ban): Promise<void>;
  /** False where the client is not banned. */
  lift(app: AppKey, client: ClientId): Promise<boolean>;
  /** Those in force at `now` after a client, by ascending id. */
  list(app: AppKey, now: Milliseconds, after: ClientId | undefined, limit: number): Promise<readonly Ban[]>;
}
