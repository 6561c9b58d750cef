import { asString, isObject } from '../json.ts';
import type { Session } from '../session/session.ts';

/** The owner is who made the conversation; managers may do what the owner may, except to choose managers. */
export type Role = 'Owner' | 'Manager' | 'Member';

/** Those who are more than members, by client id. */
export async function fetchRoles(
  session: Session,
  conversationId: string,
  owner: string | undefined,
): Promise<ReadonlyMap<string, Role>> {
  const answer = await session.connection.http.get('/1.1/classes/_ConversationMemberInfo', {
    query: { client_id: session.clientId, where: JSON.stringify({ cid: conversationId }) },
    headers: { 'X-LC-IM-Session-Token': await session.token() },
  });
  const rows = isObject(answer) && Array.isArray(answer.results) ? answer.results : [];
  const roles = new Map<string, Role>();
  for (const row of rows) {
    const clientId = isObject(row) ? asString(row.clientId) : undefined;
    if (isObject(row) && clientId !== undefined && row.role === 'Manager') roles.set(clientId, 'Manager');
  }
  if (owner !== undefined) roles.set(owner, 'Owner');
  return roles;
}
