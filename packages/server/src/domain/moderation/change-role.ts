import { type Actor, byWhom, isOperator } from '../actor.ts';
import type { MemberRole } from '../conversation/conversation.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import { outranks, requireMember, roleOf } from '../membership/rules.ts';
import type { World } from '../world.ts';
import { moderate } from './moderate.ts';
import { requireGroup, requireInside } from './rights.ts';

/** As many as a group has members; chat rooms have no other bound (D-15). */
const MAX_MANAGERS = 500;

export interface ChangeRole {
  readonly conversation: ConversationId;
  readonly client: ClientId;
  readonly role: 'manager' | 'member';
}

export interface GivenRole {
  readonly conversation: Conversation;
  readonly role: MemberRole;
}

/**
 * Makes a member a manager, or a manager a member (`semantics §5.2`). One acts on lower ranks only, and raises nobody
 * to the own rank, so in effect the owner decides.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_MEMBER_INFO_FEATURE_DISABLED, CONVERSATION_READ_ONLY,
 *   NORMAL_CONVERSATION_REQUIRED, CONVERSATION_MEMBERSHIP_REQUIRED, CONVERSATION_OPERATION_UNAUTHORIZED,
 *   CONVERSATION_NEED_OWNER, CONVERSATION_MEMBER_IN_ROLE_FULL
 */
export async function changeRole(world: World, actor: Actor, request: ChangeRole): Promise<GivenRole> {
  if (!actor.app.settings.memberRoles) {
    throw new ImError('CONVERSATION_MEMBER_INFO_FEATURE_DISABLED', 'This app has no roles of members.');
  }
  const { conversation, moments, result } = await moderate(world, actor, request.conversation, (group) => {
    requireGroup(group);
    requireInside(actor, group);
    if (group.kind === 'basic') requireMember(group, request.client);
    if (roleOf(group, request.client) === 'owner') {
      throw new ImError('CONVERSATION_NEED_OWNER', 'The owner stays the owner.');
    }
    if (!mayGive(actor, group, request)) {
      throw new ImError(
        'CONVERSATION_OPERATION_UNAUTHORIZED',
        'Roles are given by those of a higher role only.',
      );
    }
    requireRoom(group, request);
    const known = group.roles.find(({ client }) => client === request.client);
    const role = {
      id: known?.id ?? world.random.conversationId(),
      client: request.client,
      role: request.role,
    };
    const others = group.roles.filter(({ client }) => client !== request.client);
    const isNews = roleOf(group, request.client) !== request.role;
    return {
      change: {
        roles: [...others, role],
        notices: isNews
          ? [{ to: [...group.members, role.client], what: { event: 'role-changed', role } }]
          : [],
      },
      result: role,
      // An operator gets the id of the record, so there has to be one.
      isSilent: isOperator(actor) && known === undefined,
    };
  });
  const [at] = moments;
  if (at === undefined) return { conversation, role: result };
  world.outbox.publish({
    type: 'role-changed',
    app: actor.app.key,
    at,
    conversation,
    ...byWhom(actor),
    role: result,
  });
  return { conversation, role: result };
}

/** @throws ImError CONVERSATION_MEMBER_IN_ROLE_FULL */
function requireRoom(group: Conversation, { client, role }: ChangeRole): void {
  if (role !== 'manager' || roleOf(group, client) === 'manager') return;
  if (group.roles.filter((entry) => entry.role === 'manager').length < MAX_MANAGERS) return;
  throw new ImError(
    'CONVERSATION_MEMBER_IN_ROLE_FULL',
    `A conversation has at most ${MAX_MANAGERS} managers.`,
  );
}

function mayGive(actor: Actor, group: Conversation, { client, role }: ChangeRole): boolean {
  if (isOperator(actor)) return true;
  const isHighEnough = role === 'member' || roleOf(group, actor.client) === 'owner';
  return isHighEnough && outranks(group, actor.client, client);
}
