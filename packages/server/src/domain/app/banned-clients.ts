import type { ClientId } from '../identifiers.ts';
import type { App } from './app.ts';

const sets = new WeakMap<readonly ClientId[], ReadonlySet<ClientId>>();

/** Whether the app's operators keep this client out. */
export function isBanned({ settings: { bannedClients } }: App, client: ClientId): boolean {
  if (bannedClients.length === 0) return false;
  let set = sets.get(bannedClients);
  if (set === undefined) {
    set = new Set(bannedClients);
    sets.set(bannedClients, set);
  }
  return set.has(client);
}
