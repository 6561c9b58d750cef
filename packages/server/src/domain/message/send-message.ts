import { type Author, authorOf, fromIp, isOperator, isUnhooked } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { DeliverableMessage } from '../events.ts';
import { approveMessage } from '../hook/approve-message.ts';
import { hooksFor } from '../hook/consult.ts';
import { type ConversationId, TEMPORARY_PREFIX } from '../identifiers.ts';
import { censor } from '../keyword-filter/censor.ts';
import { sendToService } from '../service-conversation/send-to-service.ts';
import type { World } from '../world.ts';
import { checkMessageSize } from './message-size.ts';
import type { ApprovedMessage, SendMessage, SentMessage } from './message-to-send.ts';
import { notInside, requireMaySend } from './right-to-speak.ts';
import { tellOfChange } from './tell-of-change.ts';

/**
 * Accepts a message: checks the sender's right, commits, and tells lane 2. Resolves once the message is on disk
 * (`design §4`). A repeated token resolves with the original id and time and tells nobody.
 *
 * @param handedOver called once the store has the message: whatever is written from then on comes after it
 * @throws ImError FRAME_TOO_LONG, INVALID_MESSAGING_TARGET, CONVERSATION_NOT_FOUND (an expired temporary
 *   conversation), MESSAGE_REJECTED_BY_APP, SILIENCED, CONVERSATION_TEMPORARY_BLACKLISTED, BLOCKED_BY_CONV, NORMAL_CONVERSATION_REQUIRED (a will to a service)
 */
export async function sendMessage(
  world: World,
  author: Author,
  request: SendMessage,
  handedOver: () => void = () => {},
): Promise<SentMessage> {
  checkMessageSize(author.app, request);
  const conversation =
    world.conversations.get(author.app.key, request.conversation) ??
    (await world.conversations.load(author.app.key, request.conversation));
  if (conversation === undefined) throw noSuchTarget(request.conversation);
  requireMaySend(world, author, conversation);
  if (request.kind !== 'stored') return accept(world, author, conversation, request, handedOver);
  return world.changesUnderWay.during(world.clock.now(), () =>
    accept(world, author, conversation, request, handedOver),
  );
}

async function accept(
  world: World,
  author: Author,
  conversation: Conversation,
  request: SendMessage,
  handedOver: () => void,
): Promise<SentMessage> {
  // Nothing is waited for where no hook is asked: messages of apps without hooks keep their pace.
  const approval =
    hooksFor(world, author)?.messageReceived === undefined
      ? { ...request, at: world.clock.now() }
      : await approved(world, author, conversation, request);
  const message = censor(world, author.app, conversation, approval);
  if (conversation.kind === 'service') {
    return sendToService(world, author, conversation, message, handedOver);
  }
  switch (request.kind) {
    case 'stored':
      return storeAndTell(world, author, conversation, message, handedOver);
    case 'transient':
      return tellOnly(world, author, conversation, message);
    case 'will':
      return keepWill(world, author, conversation, message);
  }
}

async function approved(
  world: World,
  author: Author,
  conversation: Conversation,
  request: SendMessage,
): Promise<ApprovedMessage> {
  const { receipt, body } = request;
  const content = { body, receipt, transient: request.kind !== 'stored' };
  return { ...request, ...(await approveMessage(world, author, conversation, content)) };
}

async function storeAndTell(
  world: World,
  author: Author,
  conversation: Conversation,
  request: ApprovedMessage,
  handedOver: () => void,
): Promise<SentMessage> {
  const committed = world.store.messages.append({
    conversation: conversation.key,
    sender: authorOf(author),
    body: request.body,
    receipt: request.receipt,
    mentions: request.mentions,
    mentionAll: request.mentionAll,
    // An operator may speak for anybody (`rest §2.4`).
    membersOnly: !isOperator(author) && (conversation.kind === 'basic' || conversation.kind === 'temporary'),
    now: request.at,
    ...(request.receivers !== undefined && { receivers: request.receivers }),
    ...(request.token !== undefined && { token: request.token }),
    ...fromIp(author),
  });
  handedOver();
  const outcome = await committed;
  if (outcome.state === 'refused') {
    world.conversations.forget(author.app.key, conversation.id);
    throw outcome.reason === 'no-conversation'
      ? noSuchTarget(conversation.id)
      : notInside(author, conversation);
  }
  const sent = { id: outcome.id, timestamp: outcome.timestamp };
  if (outcome.state === 'appended') tell(world, author, conversation, request, sent, 'stored');
  return sent;
}

function tellOnly(
  world: World,
  author: Author,
  conversation: Conversation,
  request: ApprovedMessage,
): SentMessage {
  const { sent, isNew } = world.unstored.take(placeOf(author, conversation, request));
  if (isNew) tell(world, author, conversation, request, sent, 'transient');
  return sent;
}

function keepWill(
  world: World,
  author: Author,
  conversation: Conversation,
  request: ApprovedMessage,
): SentMessage {
  const { sent } = world.unstored.take(placeOf(author, conversation, request));
  world.wills.set(author.app.key, authorOf(author), {
    conversationId: conversation.id,
    message: deliverable(author, request, sent),
    session: author.session,
    receipt: request.receipt,
    ...(request.receivers !== undefined && { receivers: request.receivers }),
  });
  return sent;
}

function placeOf(author: Author, { key }: Conversation, { token, at }: ApprovedMessage) {
  return { conversation: key, sender: authorOf(author), at, ...(token !== undefined && { token }) };
}

/** Members only see what is live: the cache may know more members by now than the one the checks ran against. */
function tell(
  world: World,
  author: Author,
  conversation: Conversation,
  request: ApprovedMessage,
  sent: SentMessage,
  kind: 'stored' | 'transient',
): void {
  const message = deliverable(author, request, sent);
  world.outbox.publish({
    type: 'message-sent',
    app: author.app.key,
    at: sent.timestamp,
    conversation: world.conversations.get(author.app.key, conversation.id) ?? conversation,
    message,
    kind,
    priority: request.priority,
    ...(author.session !== undefined && { origin: author.session }),
    ...(request.pushData !== undefined && { pushData: request.pushData }),
    ...(request.reachesSender !== undefined && { reachesSender: request.reachesSender }),
    ...(request.receivers !== undefined && { receivers: request.receivers }),
    ...(request.receipt && { receipt: true }),
    ...(author.address !== undefined && { address: author.address }),
    ...(isUnhooked(author) && { isUnhooked: true }),
  });
  tellOfChange(world, author.app, conversation, conversation.key, message, request.changed);
}

function deliverable(author: Author, request: ApprovedMessage, sent: SentMessage): DeliverableMessage {
  return {
    ...sent,
    sender: authorOf(author),
    body: request.body,
    mentions: request.mentions,
    mentionAll: request.mentionAll,
  };
}

/** A temporary conversation that is gone has expired, which SDKs tell by this code (`wire-protocol §4.9.2`). */
function noSuchTarget(id: ConversationId): ImError {
  return id.startsWith(TEMPORARY_PREFIX)
    ? new ImError('CONVERSATION_NOT_FOUND', `The temporary conversation ${id} has expired.`)
    : new ImError('INVALID_MESSAGING_TARGET', `There is no conversation ${id}.`);
}
