import type { Operator } from '../domain/actor.ts';
import type { App } from '../domain/app/app.ts';
import { findConversation } from '../domain/conversation/find-conversation.ts';
import { ImError } from '../domain/errors.ts';
import type { SentMessage } from '../domain/message/message-to-send.ts';
import { patchMessage } from '../domain/message/patch-message.ts';
import { sendMessage } from '../domain/message/send-message.ts';
import {
  type PatchFromService,
  patchFromService,
} from '../domain/service-conversation/patch-from-service.ts';
import { sendToClients, sendToSubscribers } from '../domain/service-conversation/send-from-service.ts';
import type { World } from '../domain/world.ts';
import type * as api from './plugin.ts';
import type { Action } from './protocol.ts';
import { conversationAsSeen } from './questions.ts';

/**
 * Does what a plug-in asks for, with the rights of the app's own server. No hook is asked or told about it: what a
 * plug-in does because of a message cannot make it, or another one, do so again (`hooks-and-signatures §4.3`).
 *
 * @throws ImError
 */
export function perform(world: World, app: App, { verb, input }: Action): Promise<unknown> {
  const operator: Operator = { app, isHook: true };
  switch (verb) {
    case 'sendMessage':
      return send(world, operator, input);
    case 'sendServiceMessage':
      return sendFromService(world, operator, input);
    case 'recallMessage':
      return recall(world, operator, input);
    case 'findConversation':
      return find(world, app, input.id);
  }
}

async function send(
  world: World,
  operator: Operator,
  message: api.OutgoingMessage,
): Promise<api.MessageReference> {
  const sent = await sendMessage(
    world,
    { ...operator, speaksFor: message.from },
    {
      conversation: message.conversation,
      body: message.content,
      kind: message.transient === true ? 'transient' : 'stored',
      receipt: false,
      mentions: [...new Set(message.mentions)],
      mentionAll: message.mentionAll === true,
      priority: 'normal',
    },
  );
  return referenceTo(sent);
}

async function sendFromService(
  world: World,
  operator: Operator,
  { service, from, content, to }: api.ServiceMessage,
): Promise<api.MessageReference> {
  const message = { service, from, body: content };
  const sent =
    to === 'subscribers'
      ? await sendToSubscribers(world, operator, message)
      : await sendToClients(world, operator, { ...message, clients: to });
  return referenceTo(sent);
}

async function recall(
  world: World,
  operator: Operator,
  { conversation, id, sender, at, to }: api.RecalledMessage,
): Promise<void> {
  const change = { action: 'recall' } as const;
  const { kind } = await findConversation(world, operator.app, conversation);
  if (kind === 'service') {
    const said = { service: conversation, id, from: sender, timestamp: at, change };
    const isTaken = await takenBack(world, operator, { ...said, ...(to !== undefined && { clients: to }) });
    if (isTaken) return;
  }
  // In a service it may be what a client said to it.
  await patchMessage(
    world,
    { ...operator, speaksFor: sender },
    { conversation, id, timestampHint: at, change },
  );
}

/** False where the service did not say it. */
async function takenBack(world: World, operator: Operator, said: PatchFromService): Promise<boolean> {
  try {
    await patchFromService(world, operator, said);
    return true;
  } catch (error) {
    if (error instanceof ImError && error.reason === 'MESSAGE_NOT_FOUND' && said.clients === undefined)
      return false;
    throw error;
  }
}

async function find(world: World, app: App, id: string): Promise<api.ConversationDetails | undefined> {
  try {
    const conversation = await findConversation(world, app, id);
    const { creator, columns, members } = conversation;
    return {
      ...conversationAsSeen(conversation),
      attributes: columns,
      members,
      ...(creator !== undefined && { creator }),
    };
  } catch (error) {
    if (error instanceof ImError && error.reason === 'CONVERSATION_NOT_FOUND') return undefined;
    throw error;
  }
}

function referenceTo({ id, timestamp }: SentMessage): api.MessageReference {
  return { id, at: timestamp };
}
