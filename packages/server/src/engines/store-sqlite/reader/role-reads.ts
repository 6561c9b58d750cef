import type { MemberRole } from '../../../domain/conversation/conversation.ts';
import type { AppKey, ConversationKey } from '../../../domain/identifiers.ts';
import type { RolesOfConversation } from '../../../domain/ports/conversations.ts';
import type { Statements } from '../statements.ts';

export function readRoles(
  sql: Statements,
  app: AppKey,
  after: ConversationKey,
  limit: number,
): readonly RolesOfConversation[] {
  return sql
    .all(
      'SELECT key, id, roles FROM conversation WHERE app = ? AND key > ? AND roles IS NOT NULL ORDER BY key LIMIT ?',
      app,
      after,
      limit,
    )
    .map(({ key, id, roles }) => ({
      key: Number(key),
      id: id as string,
      roles: JSON.parse(roles as string) as readonly MemberRole[],
    }));
}
