import { type Actor, byWhom, fromWhere } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import { type PartialResult, refusals } from '../membership/partial-result.ts';
import { unsubscribe } from '../service-conversation/subscribe.ts';
import { requireOperationSignature } from '../signature/require-operation-signature.ts';
import type { Signature } from '../signature/signature.ts';
import type { World } from '../world.ts';
import { moderate } from './moderate.ts';
import { mayActOn, requireBlacklistedKind, requireModerator } from './rights.ts';

const MAX_BLOCKED = { basic: 500, temporary: 500, 'chat-room': 10_000, service: 10_000 } as const;

/**
 * Keeps clients out: members among them are put out, and nobody can bring them back in (`semantics §5.4`). Clients
 * that never were members may be blocked too.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, BLACKLIST_FEATURE_DISABLED, CONVERSATION_READ_ONLY,
 *   NORMAL_CONVERSATION_REQUIRED, CONVERSATION_MEMBERSHIP_REQUIRED, CONVERSATION_OPERATION_UNAUTHORIZED,
 *   BLACKLIST_SIGNATURE_FAILED
 */
export async function blockClients(
  world: World,
  actor: Actor,
  id: ConversationId,
  clients: readonly ClientId[],
  signature?: Signature,
): Promise<PartialResult> {
  const { before, conversation, moments, result } = await moderate(world, actor, id, (group) => {
    requireMayBlock(actor, group);
    const operation = { action: 'conversation-block-clients', conversation: id, members: clients } as const;
    requireOperationSignature(actor, operation, signature, world.clock.now());
    const wished = [...new Set(clients)];
    const unauthorized = wished.filter((client) => !mayActOn(group, actor, client));
    const allowed = wished.filter((client) => !unauthorized.includes(client));
    const fresh = allowed.filter((client) => !group.blockedSet.has(client));
    const room = Math.max(0, limitOf(group) - group.blocked.length);
    const changed = fresh.slice(0, room);
    const full = fresh.slice(room);
    const removed = changed.filter((client) => group.memberSet.has(client));
    const blocked = {
      to: [...group.members, ...changed],
      what: { event: 'members-blocked', clients: changed },
    } as const;
    const left = { to: group.members, what: { event: 'members-removed', clients: removed } } as const;
    return {
      change: {
        blocked: [...group.blocked, ...changed],
        remove: removed,
        notices: [...(changed.length > 0 ? [blocked] : []), ...(removed.length > 0 ? [left] : [])],
      },
      result: {
        changed,
        removed,
        succeeded: allowed.filter((client) => !full.includes(client)),
        refused: refusals(
          { reason: 'CONVERSATION_OPERATION_UNAUTHORIZED', clients: unauthorized },
          { reason: 'BLACKLIST_FULL', clients: full },
        ),
      },
    };
  });
  const [blockedAt, removedAt] = moments;
  const putOut: ClientId[] = [];
  for (const client of result.changed) {
    if (world.rooms.expel(actor.app.key, before.key, client)) putOut.push(client);
    if (before.kind === 'service') await unsubscribe(world, actor, conversation, [client]);
  }
  const fact = { app: actor.app.key, conversation, ...byWhom(actor) };
  if (blockedAt !== undefined) {
    const what = { type: 'members-moderated', what: 'members-blocked', clients: result.changed } as const;
    world.outbox.publish({ ...fact, ...what, ...(putOut.length > 0 && { putOut }), at: blockedAt });
  }
  if (removedAt !== undefined) {
    const what = { type: 'members-removed', clients: result.removed } as const;
    world.outbox.publish({ ...fact, ...what, ...fromWhere(actor), at: removedAt });
  }
  return result;
}

/** Lets clients in again; whoever was a member has to join anew. Refused like {@link blockClients}. */
export async function unblockClients(
  world: World,
  actor: Actor,
  id: ConversationId,
  clients: readonly ClientId[],
  signature?: Signature,
): Promise<PartialResult> {
  const { conversation, moments, result } = await moderate(world, actor, id, (group) => {
    requireMayBlock(actor, group);
    const operation = { action: 'conversation-unblock-clients', conversation: id, members: clients } as const;
    requireOperationSignature(actor, operation, signature, world.clock.now());
    const wished = [...new Set(clients)];
    const changed = wished.filter((client) => group.blockedSet.has(client));
    const notice = {
      to: [...group.members, ...changed],
      what: { event: 'members-unblocked', clients: changed },
    } as const;
    return {
      change: {
        blocked: group.blocked.filter((client) => !changed.includes(client)),
        notices: changed.length > 0 ? [notice] : [],
      },
      result: { changed, succeeded: wished, refused: [] },
    };
  });
  const [at] = moments;
  if (at !== undefined) {
    world.outbox.publish({
      type: 'members-moderated',
      what: 'members-unblocked',
      app: actor.app.key,
      at,
      conversation,
      ...byWhom(actor),
      clients: result.changed,
    });
  }
  return result;
}

function requireMayBlock(actor: Actor, group: Conversation): void {
  requireBlacklistedKind(actor, group);
  requireBlacklist(actor);
  requireModerator(actor, group);
}

/** @throws ImError BLACKLIST_FEATURE_DISABLED */
export function requireBlacklist(actor: Actor): void {
  if (!actor.app.settings.blacklist) {
    throw new ImError('BLACKLIST_FEATURE_DISABLED', 'This app has no blacklists.');
  }
}

function limitOf(group: Conversation): number {
  return MAX_BLOCKED[group.kind];
}
