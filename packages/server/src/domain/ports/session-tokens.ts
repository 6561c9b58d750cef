import type { AppKey, ClientId, Milliseconds, SessionId } from '../identifiers.ts';

/** Tokens are signed, not stored; only what makes a valid signature worthless is kept. */
export interface SessionTokenRepository {
  /** Everything still in force at `now`, read once at start. */
  loadInvalidations(now: Milliseconds): Promise<{
    readonly epochs: readonly { readonly app: AppKey; readonly client: ClientId; readonly epoch: number }[];
    readonly closedSessions: readonly { readonly session: SessionId; readonly until: Milliseconds }[];
  }>;
  /**
   * Makes every token of the client worthless; returns the new epoch, which is higher than the one before and never
   * before `now`, so that it also says when.
   */
  raiseEpoch(app: AppKey, client: ClientId, now: Milliseconds): Promise<number>;
  /** Makes the tokens of one session worthless; needed only `until` the last of them would have expired. */
  closeSession(session: SessionId, until: Milliseconds): Promise<void>;
}
