import type { Operator } from '../actor.ts';
import { DataError, ImError } from '../errors.ts';
import type { ClientId } from '../identifiers.ts';
import type { Ban } from '../ports/bans.ts';
import { checkReason, endSessions } from '../presence/kick-client.ts';
import type { World } from '../world.ts';

/** Banned clients of one app; all of them are in memory. */
const MAX_BANS = 100_000;
/** Ten years; longer is for good. */
export const MAX_BAN_SECONDS = 10 * 365 * 24 * 3600;
/** Characters of the reason. */
export const MAX_BAN_REASON = 100;
const MAX_CLIENT_ID = 64;

export interface BanRequest {
  readonly client: ClientId;
  /** Absent: for good. */
  readonly seconds?: number;
  /** What the client is told. */
  readonly reason: string;
}

/**
 * Keeps a client out of the app: its sessions end, its tokens are void, and its logins are refused until the ban is over
 * or lifted (`semantics §2.5`). Banning again replaces time and reason.
 *
 * @throws ImError BLACKLIST_FULL, DataError BAD_ARGUMENT
 */
export async function banClient(world: World, operator: Operator, request: BanRequest): Promise<Ban> {
  checkBan(request);
  const { client, seconds, reason } = request;
  const app = operator.app.key;
  const since = world.clock.now();
  if (world.bans.count(app) >= MAX_BANS && world.bans.of(app, client, since) === undefined) {
    throw new ImError('BLACKLIST_FULL', `${MAX_BANS} clients are banned already: lift some of the bans.`);
  }
  const ban: Ban = {
    client,
    since,
    reason,
    ...(seconds !== undefined && { until: since + seconds * 1000 }),
  };
  await world.store.bans.put(app, ban);
  // First this: a login that comes now is refused, one that came before is ended.
  world.bans.put(app, ban);
  await endSessions(world, operator, client, { reason, isBan: true });
  return ban;
}

function checkBan({ client, seconds, reason }: BanRequest): void {
  if (client.length < 1 || client.length > MAX_CLIENT_ID || !client.isWellFormed()) {
    throw new DataError('BAD_ARGUMENT', `A client id has 1 to ${MAX_CLIENT_ID} characters.`);
  }
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_BAN_SECONDS)) {
    throw new DataError('BAD_ARGUMENT', `A ban lasts 1 to ${MAX_BAN_SECONDS} seconds, or for good.`);
  }
  checkReason(reason, MAX_BAN_REASON);
}
