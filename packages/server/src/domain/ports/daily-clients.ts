import type { AppKey, ClientId } from '../identifiers.ts';

/** Who was there on which day. */
export interface DailyClientRepository {
  /** @param day such as `2026-01-31`, in the zone of the server */
  add(app: AppKey, day: string, clients: readonly ClientId[]): Promise<void>;
  count(app: AppKey, day: string): Promise<number>;
  has(app: AppKey, day: string, client: ClientId): Promise<boolean>;
  /** Forgets the clients of days before; returns how many rows. */
  forget(before: string, limit: number): Promise<number>;
}
