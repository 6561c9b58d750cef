import type { AppKey, ClientId } from '../identifiers.ts';

/** Who is logged in right now. */
export interface Presence {
  isOnline(app: AppKey, client: ClientId): boolean;
}
