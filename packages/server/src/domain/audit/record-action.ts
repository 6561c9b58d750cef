import type { App } from '../app/app.ts';
import type { Milliseconds } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { AuditAuthor, AuditDraft } from '../ports/audit.ts';
import type { World } from '../world.ts';
import { boundedDetails } from './bounded-details.ts';

const MAX_TARGET = 200;

/** What was done. */
export interface AdministrativeAction {
  /** `thing.verb`, such as `client.kick`. */
  readonly action: string;
  readonly target?: string;
  /** What was asked, and where it helps what was there before. Secrets are left out, long parts are cut. */
  readonly details?: JsonObject;
  readonly failed?: true;
}

/**
 * Writes down what somebody who administers an app did, once it is committed and before it is answered: what cannot be
 * written down is not answered as done (F-SEC-16).
 */
export async function recordAction(
  world: Pick<World, 'store' | 'clock'>,
  app: App,
  author: AuditAuthor,
  action: AdministrativeAction,
): Promise<void> {
  await world.store.audit.add(app.key, auditDraft(author, action, world.clock.now()));
}

/** An entry for a store that writes it in the commit of the action itself. */
export function auditDraft(
  { via, user, address }: AuditAuthor,
  { action, target, details, failed }: AdministrativeAction,
  at: Milliseconds,
): AuditDraft {
  return {
    via,
    ...(user !== undefined && { user }),
    ...(address !== undefined && { address }),
    at,
    action,
    ...(target !== undefined && { target: target.slice(0, MAX_TARGET) }),
    details: boundedDetails(details ?? {}),
    ...(failed && { failed }),
  };
}
