import type { HistoryQuery, Operation, ParleyServer } from '@parley/client/server';
import type { Accounts } from './accounts.ts';

/** What is known of a conversation that somebody wants to change. */
interface Conversation {
  readonly creator: string | undefined;
  readonly members: readonly string[];
  /** The app marks conversations everybody may join with the attribute or column `open`. */
  readonly isOpen: boolean;
}

/**
 * Why somebody may not do something; `undefined` where they may. These are the rules of this app: members invite, the
 * creator removes and blocks, everybody may leave, and read what they are in.
 */
export async function objection(
  user: string,
  operation: Operation | HistoryQuery,
  { accounts, parley }: { readonly accounts: Accounts; readonly parley: ParleyServer },
): Promise<string | undefined> {
  if (operation.clientId !== user) return 'That is somebody else.';
  // Members must be users. An id of something else could make the text of another operation.
  const stranger = 'members' in operation ? operation.members.find((id) => !accounts.has(id)) : undefined;
  if (stranger !== undefined) return `There is no user ${stranger}.`;
  if (operation.action === 'login') return undefined;
  // Signed with the creator in it, a list of members is never the text of a login.
  if (operation.action === 'create')
    return operation.members.includes(user) ? undefined : 'You are to be a member of what you create.';

  const isAboutMyself = 'members' in operation && operation.members.every((id) => id === user);
  if (operation.action === 'kick' && isAboutMyself) return undefined;
  const conversation = await find(parley, operation.conversationId);
  if (conversation === undefined) return 'There is no such conversation.';
  const isMember = conversation.members.includes(user);
  switch (operation.action) {
    case 'invite':
      return isMember || (isAboutMyself && conversation.isOpen) ? undefined : 'You are no member.';
    case 'history':
      return isMember ? undefined : 'You are no member.';
    default:
      return conversation.creator === user ? undefined : 'Only who created it may do that.';
  }
}

/** As REST has it. SDKs differ in where they put what an app adds. */
interface ConversationRecord {
  readonly c?: string;
  readonly m?: readonly string[];
  readonly open?: unknown;
  readonly attr?: { readonly open?: unknown };
}

async function find(parley: ParleyServer, id: string): Promise<Conversation | undefined> {
  const where = JSON.stringify({ objectId: id });
  const { results } = await parley.request('GET', '/1.2/rtm/conversations', { query: { where } });
  const [record] = Array.isArray(results) ? results : [];
  if (record === null || typeof record !== 'object' || Array.isArray(record)) return undefined;
  const { c, m, open, attr } = record as ConversationRecord;
  return { creator: c, members: m ?? [], isOpen: open === true || attr?.open === true };
}
