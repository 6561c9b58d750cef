import type { AppKey, ClientId, Milliseconds, SessionId } from '../domain/identifiers.ts';
import type { SessionTokenRepository } from '../domain/ports/session-tokens.ts';
import type { SessionClaims } from './session-token.ts';

/** What makes a well-signed token worthless: a logout of its session, or a kick of its client. */
export class TokenInvalidations {
  readonly #repository: SessionTokenRepository;
  readonly #epochs = new Map<string, number>();
  readonly #closed = new Map<SessionId, Milliseconds>();

  private constructor(repository: SessionTokenRepository) {
    this.#repository = repository;
  }

  static async load(repository: SessionTokenRepository, now: Milliseconds): Promise<TokenInvalidations> {
    const invalidations = new TokenInvalidations(repository);
    const { epochs, closedSessions } = await repository.loadInvalidations(now);
    for (const { app, client, epoch } of epochs) invalidations.#epochs.set(keyOf(app, client), epoch);
    for (const { session, until } of closedSessions) invalidations.#closed.set(session, until);
    return invalidations;
  }

  epochOf(app: AppKey, client: ClientId): number {
    return this.#epochs.get(keyOf(app, client)) ?? 0;
  }

  isVoid(app: AppKey, claims: SessionClaims): boolean {
    return this.#closed.has(claims.session) || claims.epoch !== this.epochOf(app, claims.client);
  }

  async closeSession(session: SessionId, until: Milliseconds): Promise<void> {
    this.#closed.set(session, until);
    await this.#repository.closeSession(session, until);
  }

  /** A kick that was committed. Epochs are also the time of the kick. */
  epochRaised(app: AppKey, client: ClientId, epoch: number): void {
    this.#epochs.set(keyOf(app, client), Math.max(epoch, this.epochOf(app, client)));
  }

  /** Drops what no unexpired token can refer to. */
  prune(now: Milliseconds): void {
    for (const [session, until] of this.#closed) if (until <= now) this.#closed.delete(session);
  }
}

function keyOf(app: AppKey, client: ClientId): string {
  return `${app}/${client}`;
}
