import { type Author, authorOf, fromIp, isUnhooked } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ApprovedMessage, SendMessage, SentMessage } from '../message/message-to-send.ts';
import { tellOfChange } from '../message/tell-of-change.ts';
import type { World } from '../world.ts';

/**
 * A client says something to a service: kept for the app's own server, seen by nobody but the client itself
 * (`semantics §7`). Receipts do not exist here, and no last will is delivered to a service.
 *
 * @param handedOver see `sendMessage`
 * @throws ImError INVALID_MESSAGING_TARGET, NORMAL_CONVERSATION_REQUIRED (a will)
 */
export async function sendToService(
  world: World,
  author: Author,
  service: Conversation,
  request: ApprovedMessage,
  handedOver: () => void,
): Promise<SentMessage> {
  if (request.kind === 'will') {
    throw new ImError('NORMAL_CONVERSATION_REQUIRED', 'A service has no members to be told of a last will.');
  }
  const sender = authorOf(author);
  const content = {
    sender,
    body: request.body,
    mentions: request.mentions,
    mentionAll: request.mentionAll,
  };
  if (request.kind === 'transient') {
    const { token, at } = request;
    const place = { conversation: service.key, sender, at, ...(token !== undefined && { token }) };
    const { sent, isNew } = world.unstored.take(place);
    if (!isNew) return sent;
    const message = { ...content, ...sent };
    tellOwnDevices(world, author, service, message, 'transient');
    tellOfChange(world, author.app, service, service.key, message, request.changed);
    return sent;
  }
  const committed = world.store.services.receive({
    service,
    ...content,
    receipt: false,
    now: request.at,
    ...(request.token !== undefined && { token: request.token }),
    ...fromIp(author),
  });
  handedOver();
  const outcome = await committed;
  if (outcome.state === 'refused') {
    world.conversations.forget(author.app.key, service.id);
    throw new ImError('INVALID_MESSAGING_TARGET', `There is no conversation ${service.id}.`);
  }
  const sent = { id: outcome.id, timestamp: outcome.timestamp };
  if (outcome.state === 'appended') {
    const message = { ...content, ...sent };
    const log = outcome.logs[0]?.log ?? service.key;
    tellOwnDevices(world, author, service, message, 'stored', log);
    tellOfChange(world, author.app, service, log, message, request.changed);
  }
  return sent;
}

function tellOwnDevices(
  world: World,
  author: Author,
  service: Conversation,
  message: SentMessage & Pick<SendMessage, 'body' | 'mentions' | 'mentionAll'> & { readonly sender: string },
  kind: 'stored' | 'transient',
  log = service.key,
): void {
  world.outbox.publish({
    type: 'message-sent',
    app: author.app.key,
    at: message.timestamp,
    conversation: service,
    audience: { to: 'clients', clients: [message.sender], log },
    message,
    kind,
    priority: 'normal',
    isToService: true,
    ...(author.address !== undefined && { address: author.address }),
    ...(isUnhooked(author) && { isUnhooked: true }),
    ...(author.session !== undefined && { origin: author.session }),
  });
}
