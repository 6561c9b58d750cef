import type { AppKey, ClientId } from '../identifiers.ts';

/** Who is logged in right now. */
export interface Presence {
  isOnline(app: AppKey, client: ClientId): boolean;
  /** Clients that are, each counted once. */
  countOnline(app: AppKey): number;
}
