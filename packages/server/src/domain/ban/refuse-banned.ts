import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { ClientId } from '../identifiers.ts';
import type { World } from '../world.ts';

/** @throws ImError BLACKLISTED */
export function refuseBanned(
  { bans, clock }: Pick<World, 'bans' | 'clock'>,
  app: App,
  client: ClientId,
): void {
  const ban = bans.of(app.key, client, clock.now());
  if (ban === undefined) return;
  const end = ban.until === undefined ? '' : ` until ${new Date(ban.until).toISOString()}`;
  throw new ImError(
    'BLACKLISTED',
    ban.reason === '' ? `${client} is banned from this app${end}.` : ban.reason,
  );
}
