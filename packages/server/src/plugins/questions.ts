import type { Conversation } from '../domain/conversation/known-conversation.ts';
import type {
  ConversationStart,
  ConversationUpdate,
  IncomingMessage,
  MembershipRequest,
  MessageUpdate,
  MissedMessage,
} from '../domain/ports/hooks.ts';
import type { DataRecord } from '../domain/records/record.ts';
import type * as api from './plugin.ts';

/** What the domain asks of hooks, in the words of plug-ins. */

export function conversationAsSeen({ id, kind, columns }: Conversation): api.Conversation {
  return { id, kind, ...(typeof columns.name === 'string' && { name: columns.name }) };
}

export function incomingMessage({ conversation, body, ...message }: IncomingMessage): api.IncomingMessage {
  return { ...message, conversation: conversationAsSeen(conversation), content: body };
}

export function messageUpdate({ conversation, body, ...update }: MessageUpdate): api.MessageUpdate {
  return { ...update, conversation: conversationAsSeen(conversation), content: body };
}

export function missedMessage({ conversation, body, ...message }: MissedMessage): api.MissedMessage {
  return { ...message, conversation: conversationAsSeen(conversation), content: body };
}

export function conversationStart({ address, ...start }: ConversationStart): api.ConversationStart {
  return start;
}

export function membershipRequest({
  conversation,
  address,
  ...change
}: MembershipRequest): api.MembershipRequest {
  return { ...change, conversation: conversationAsSeen(conversation) };
}

export function conversationUpdate({
  conversation,
  address,
  ...update
}: ConversationUpdate): api.ConversationUpdate {
  return { ...update, conversation: conversationAsSeen(conversation) };
}

export function signRequest({ id, columns }: DataRecord, sessionToken: string): api.SignRequest {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    id,
    username: text(columns.username),
    email: text(columns.email),
    phone: text(columns.mobilePhoneNumber),
    emailVerified: columns.emailVerified === true,
    phoneVerified: columns.mobilePhoneVerified === true,
    sessionToken,
  };
}
