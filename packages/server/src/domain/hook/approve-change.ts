import { type Actor, byWhom, fromWhere } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { ClientId } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { World } from '../world.ts';
import { consult, hooksFor, refusedByApp } from './consult.ts';

const REASON = 'CONVERSATION_REJECTED_BY_APP';

/**
 * Asks the app whether a conversation may come into being.
 *
 * @returns the attributes it is to have
 * @throws ImError CONVERSATION_REJECTED_BY_APP
 */
export async function approveStart(
  world: World,
  actor: Actor,
  start: { readonly by?: ClientId; readonly members: readonly ClientId[]; readonly attributes: JsonObject },
): Promise<JsonObject> {
  const ask = hooksFor(world, actor)?.conversationStart;
  if (ask === undefined) return start.attributes;
  const verdict = await consult(actor, REASON, () => ask({ ...start, ...fromWhere(actor) }));
  if (verdict?.verdict === 'reject') throw refusedByApp(REASON, verdict);
  return { ...start.attributes, ...verdict?.attributes };
}

/**
 * Asks the app whether clients may come in or be put out. Nobody is asked where nobody is left to ask about.
 *
 * @throws ImError CONVERSATION_REJECTED_BY_APP
 */
export async function approveMembership(
  world: World,
  actor: Actor,
  what: 'add' | 'remove',
  conversation: Conversation,
  members: readonly ClientId[],
): Promise<void> {
  const hooks = hooksFor(world, actor);
  const ask = what === 'add' ? hooks?.conversationAdd : hooks?.conversationRemove;
  if (ask === undefined || members.length === 0) return;
  // Who subscribes to a service always does so itself, also where the app's server asks for it.
  const [self] = members;
  const by = conversation.kind === 'service' && self !== undefined ? { by: self } : byWhom(actor);
  const verdict = await consult(actor, REASON, () =>
    ask({ conversation, members, ...by, ...fromWhere(actor) }),
  );
  if (verdict?.verdict === 'reject') throw refusedByApp(REASON, verdict);
}

/**
 * Asks the app about new attributes.
 *
 * @returns those to set
 * @throws ImError CONVERSATION_REJECTED_BY_APP
 */
export async function approveAttributes(
  world: World,
  actor: Actor,
  conversation: Conversation,
  attributes: JsonObject,
): Promise<JsonObject> {
  const ask = hooksFor(world, actor)?.conversationUpdate;
  if (ask === undefined) return attributes;
  const verdict = await consult(actor, REASON, () =>
    ask({ conversation, attributes, ...byWhom(actor), ...fromWhere(actor) }),
  );
  if (verdict?.verdict === 'reject') throw refusedByApp(REASON, verdict);
  return verdict?.attributes ?? attributes;
}

/**
 * Asks the app whether a client may silence a conversation for itself, or hear it again.
 *
 * @returns whether it is silenced in the end
 * @throws ImError CONVERSATION_REJECTED_BY_APP
 */
export async function approveMute(
  world: World,
  actor: Actor,
  conversation: Conversation,
  muted: boolean,
): Promise<boolean> {
  const ask = hooksFor(world, actor)?.conversationUpdate;
  if (ask === undefined) return muted;
  const verdict = await consult(actor, REASON, () =>
    ask({ conversation, muted, ...byWhom(actor), ...fromWhere(actor) }),
  );
  if (verdict?.verdict === 'reject') throw refusedByApp(REASON, verdict);
  return verdict?.muted ?? muted;
}
