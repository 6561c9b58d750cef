import { type Actor, isOperator } from '../actor.ts';
import { findConversation } from '../conversation/find-conversation.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import { roleOf } from '../membership/rules.ts';
import type { World } from '../world.ts';
import { requireBlacklist } from './block-clients.ts';
import { requireBlacklistedKind, requireGroup, requireInside } from './rights.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

export interface Page {
  readonly limit?: number;
  /** Where the last page said to go on. */
  readonly next?: string;
}

export interface ClientPage {
  readonly clients: readonly ClientId[];
  /** Absent on the last page. A number as text, because Java counts it by itself (`wire-protocol §4.15`). */
  readonly next?: string;
}

type List = 'silenced' | 'blocked';

/**
 * A page of who is silenced or blocked. Everybody inside may look (D-15).
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_READ_ONLY, NORMAL_CONVERSATION_REQUIRED,
 *   CONVERSATION_MEMBERSHIP_REQUIRED, BLACKLIST_FEATURE_DISABLED
 */
export async function listModerated(
  world: World,
  actor: Actor,
  id: ConversationId,
  list: List,
  page: Page,
): Promise<ClientPage> {
  const all = await readList(world, actor, id, list);
  const limit = Math.max(1, Math.min(Math.trunc(page.limit ?? DEFAULT_LIMIT) || DEFAULT_LIMIT, MAX_LIMIT));
  const start = /^\d{1,9}$/.test(page.next ?? '') ? Number(page.next) : 0;
  const clients = all.slice(start, start + limit);
  return { clients, ...(start + limit < all.length && { next: String(start + limit) }) };
}

/** Which of the clients are silenced or blocked. Refused like {@link listModerated}. */
export async function checkModerated(
  world: World,
  actor: Actor,
  id: ConversationId,
  list: List,
  clients: readonly ClientId[],
): Promise<readonly ClientId[]> {
  const all = new Set(await readList(world, actor, id, list));
  return clients.filter((client) => all.has(client));
}

async function readList(
  world: World,
  actor: Actor,
  id: ConversationId,
  list: List,
): Promise<readonly ClientId[]> {
  const group = await findConversation(world, actor.app, id);
  if (list === 'blocked') {
    requireBlacklistedKind(actor, group);
    requireBlacklist(actor);
  } else {
    requireGroup(group);
  }
  requireMayLook(world, actor, group);
  return group[list];
}

/** Who moderates a chat room may look from outside, too. @throws ImError CONVERSATION_MEMBERSHIP_REQUIRED */
function requireMayLook(world: World, actor: Actor, group: Conversation): void {
  requireInside(actor, group);
  if (isOperator(actor) || group.kind !== 'chat-room') return;
  if (world.rooms.isIn(group.key, actor.client) || roleOf(group, actor.client) !== 'member') return;
  throw new ImError('CONVERSATION_MEMBERSHIP_REQUIRED', `Only who is in chat room ${group.id} may look.`);
}
