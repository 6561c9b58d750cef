import type { Operator } from '../actor.ts';
import type { MemberRole } from '../conversation/conversation.ts';
import { ImError } from '../errors.ts';
import type { ConversationId } from '../identifiers.ts';
import type { World } from '../world.ts';
import { moderate } from './moderate.ts';
import { requireGroup } from './rights.ts';

/**
 * Deletes the record of a role, so that its client is a member like any other (`rest §3.24`). Members are told where
 * that is news. A record that is gone already is none of anybody's business.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_MEMBER_INFO_FEATURE_DISABLED, CONVERSATION_READ_ONLY,
 *   NORMAL_CONVERSATION_REQUIRED
 */
export async function withdrawRole(
  world: World,
  operator: Operator,
  id: ConversationId,
  { id: recordId }: MemberRole,
): Promise<void> {
  if (!operator.app.settings.memberRoles) {
    throw new ImError('CONVERSATION_MEMBER_INFO_FEATURE_DISABLED', 'This app has no roles of members.');
  }
  const { conversation, moments, result } = await moderate(world, operator, id, (group) => {
    requireGroup(group);
    const record = group.roles.find((role) => role.id === recordId);
    const withdrawn = record === undefined ? undefined : { ...record, role: 'member' as const };
    const isNews = record?.role === 'manager';
    return {
      change: {
        roles: group.roles.filter((role) => role.id !== recordId),
        notices:
          isNews && withdrawn !== undefined
            ? [{ to: group.members, what: { event: 'role-changed', role: withdrawn } }]
            : [],
      },
      result: withdrawn,
      isSilent: record !== undefined,
    };
  });
  const [at] = moments;
  if (at === undefined || result === undefined) return;
  world.outbox.publish({ type: 'role-changed', app: operator.app.key, at, conversation, role: result });
}
