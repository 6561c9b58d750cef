import { type ConvCommand, type GenericCommand, OpType } from '@parley/protocol/wire';
import { BasicConversation } from '../conversations/basic-conversation.ts';
import { applyUpdate } from '../conversations/changes.ts';
import type { Conversation } from '../conversations/conversation.ts';
import { type Core, tell } from '../core.ts';
import { parseObject } from '../json.ts';

interface Happened {
  /** By the server's clock; absent where it does not say. */
  readonly at: number | undefined;
  readonly by: string | undefined;
  readonly members: readonly string[];
  readonly details: ConvCommand;
}

type Handler = (core: Core, conversation: Conversation, happened: Happened) => void;

/** Somebody did something to a conversation or its members. */
export function conversationPushed(
  core: Core,
  conversation: Conversation,
  { op, serverTs: at, convMessage: details = {} }: GenericCommand,
): void {
  const by = details.initBy === '' ? undefined : details.initBy;
  handlers.get(op)?.(core, conversation, { at, by, members: details.m ?? [], details });
  applyTime(conversation, details);
}

const toClient =
  (name: 'silenced' | 'unsilenced' | 'blocked' | 'unblocked'): Handler =>
  (core, conversation, { by }) =>
    tell(core, conversation, name, { by });

const toMembers =
  (name: 'membersSilenced' | 'membersUnsilenced' | 'membersBlocked' | 'membersUnblocked'): Handler =>
  (core, conversation, { by, members }) =>
    tell(core, conversation, name, { by, members });

const handlers: ReadonlyMap<number | undefined, Handler> = new Map<number | undefined, Handler>([
  [OpType.joined, joined],
  [OpType.left, left],
  [OpType.members_joined, membersJoined],
  [OpType.members_left, membersLeft],
  [OpType.updated, updated],
  [OpType.member_info_changed, roleChanged],
  [OpType.shutuped, toClient('silenced')],
  [OpType.unshutuped, toClient('unsilenced')],
  [OpType.blocked, toClient('blocked')],
  [OpType.unblocked, toClient('unblocked')],
  [OpType.members_shutuped, toMembers('membersSilenced')],
  [OpType.members_unshutuped, toMembers('membersUnsilenced')],
  [OpType.members_blocked, toMembers('membersBlocked')],
  [OpType.members_unblocked, toMembers('membersUnblocked')],
]);

function joined(core: Core, conversation: Conversation, { by }: Happened): void {
  if (conversation.type === 'service') conversation.apply({ isSubscribed: true });
  else changeMembers(conversation, [core.session.clientId], []);
  // What happened while this client was not a member was told to nobody here.
  core.messages.news.emit('gap', { conversation });
  core.conversations.loadSoon(conversation.id).catch(() => {});
  tell(core, conversation, 'joined', { by });
}

function left(core: Core, conversation: Conversation, { at, by }: Happened): void {
  if (conversation.type === 'service') conversation.apply({ isSubscribed: false });
  else changeMembers(conversation, [], [core.session.clientId]);
  core.conversations.sentOut(conversation, at);
  conversation.unreadCounter.left(at ?? conversation.lastMessage?.timestamp ?? 0);
  conversation.applyUnread();
  tell(core, conversation, 'left', { by });
}

function membersJoined(core: Core, conversation: Conversation, { by, members }: Happened): void {
  changeMembers(conversation, members, []);
  tell(core, conversation, 'membersJoined', { by, members });
}

function membersLeft(core: Core, conversation: Conversation, { by, members }: Happened): void {
  changeMembers(conversation, [], members);
  tell(core, conversation, 'membersLeft', { by, members });
}

function roleChanged(core: Core, conversation: Conversation, { by, details }: Happened): void {
  const { pid: clientId = '', role } = details.info ?? {};
  tell(core, conversation, 'roleChanged', { by, clientId, role: role === 'Manager' ? 'Manager' : 'Member' });
}

function updated(core: Core, conversation: Conversation, { by, details }: Happened): void {
  const changes = parseObject(details.attr?.data) ?? {};
  const modified = parseObject(details.attrModified?.data);
  // One that arrives late must not undo what came after it, and one without values has to be asked for.
  const isLate = (Date.parse(details.udate ?? '') || 0) < conversation.data.updatedAt;
  if (modified === undefined || isLate) core.conversations.loadSoon(conversation.id).catch(() => {});
  else conversation.apply(applyUpdate(conversation.data, changes, modified));
  tell(core, conversation, 'updated', { by, changes });
}

function changeMembers(
  conversation: Conversation,
  joining: readonly string[],
  leaving: readonly string[],
): void {
  if (conversation instanceof BasicConversation) conversation.applyMembers(joining, leaving);
}

function applyTime(conversation: Conversation, { udate }: ConvCommand): void {
  const updatedAt = Date.parse(udate ?? '');
  if (updatedAt > conversation.data.updatedAt) conversation.apply({ updatedAt });
}
