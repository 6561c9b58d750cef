import { isUnhooked, type Operator } from '../actor.ts';
import type { App } from '../app/app.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { MessageSent, ServiceAudience } from '../events.ts';
import { type Approved, approveMessage } from '../hook/approve-message.ts';
import type { ClientId, ConversationId, Milliseconds } from '../identifiers.ts';
import { censor } from '../keyword-filter/censor.ts';
import type { MessageBody } from '../message/message.ts';
import { checkMessageSize } from '../message/message-size.ts';
import type { SentMessage } from '../message/message-to-send.ts';
import { unstored } from '../message/unstored.ts';
import type { World } from '../world.ts';
import { findService, serviceIsGone } from './find-service.ts';

/** Clients one message is sent to at most (F-SYS-10). */
export const MAX_CLIENTS = 20;
/** A broadcast is delivered at most this long (F-SYS-12). */
export const MAX_VALIDITY: Milliseconds = 31 * 24 * 3600 * 1000;

/** Something a service says. The app's own server speaks for it, under whichever client id it likes. */
export interface ServiceMessage {
  readonly service: ConversationId;
  readonly from: ClientId;
  readonly body: MessageBody;
  /** Only for who is online now, kept nowhere. */
  readonly transient?: boolean;
  readonly pushData?: string;
}

/**
 * Says something to everybody who subscribed, as one stored message however many they are (`rest §5.1.9`).
 *
 * @throws ImError INVALID_MESSAGING_TARGET, SYSTEM_CONVERSATION_REQUIRED, FRAME_TOO_LONG,
 *   MESSAGE_REJECTED_BY_APP
 */
export async function sendToSubscribers(
  world: World,
  operator: Operator,
  request: ServiceMessage,
): Promise<SentMessage> {
  return world.changesUnderWay.during(world.clock.now(), async () => {
    const service = await serviceFor(world, operator.app, request);
    const message = await approved(world, operator, service, request, []);
    const sent = await world.store.services.sendToSubscribers({
      ...contentOf(message),
      service,
      receipt: false,
      now: message.at,
    });
    if (sent === undefined) throw serviceIsGone(service);
    tell(world, operator, service, message, sent, { to: 'subscribers', log: service.key });
    return sent;
  });
}

/**
 * Says something to some clients, who need not have subscribed (`rest §5.1.12`). One id for all of them. Those who are
 * blocked in the service are passed over (`semantics §5.4`).
 *
 * @param clients 1 to 20
 * @throws ImError INVALID_MESSAGING_TARGET, SYSTEM_CONVERSATION_REQUIRED, FRAME_TOO_LONG, MESSAGE_REJECTED_BY_APP
 */
export async function sendToClients(
  world: World,
  operator: Operator,
  request: ServiceMessage & {
    readonly clients: readonly ClientId[];
    /** Not to the devices of the client it is sent as. */
    readonly reachesSender?: false;
  },
): Promise<SentMessage> {
  return world.changesUnderWay.during(world.clock.now(), async () => {
    const asked = distinctClients(request.clients);
    const service = await serviceFor(world, operator.app, request);
    const wished = asked.filter((client) => !service.blockedSet.has(client));
    const { from } = request;
    const others = wished.filter((client) => client !== from);
    const message = await approved(world, operator, service, request, others);
    const chosen = new Set(message.receivers ?? others);
    const clients = wished.filter((client) => client === from || chosen.has(client));
    const reachesSender = request.reachesSender !== false && !clients.includes(from);
    if (request.transient === true || clients.length === 0) {
      const sent = unstored(message.at);
      const audience = { to: 'clients', clients, log: service.key } as const;
      tell(world, operator, service, message, sent, audience, { reachesSender });
      return sent;
    }
    const outcome = await world.store.services.sendToClients({
      ...contentOf(message),
      service,
      clients,
      receipt: false,
      now: message.at,
    });
    if (outcome.state !== 'appended') throw serviceIsGone(service);
    const sent = { id: outcome.id, timestamp: outcome.timestamp };
    // Each has it in a log of its own, and is told in the order of that; to hooks it is one message.
    for (const [index, { client, log }] of outcome.logs.entries()) {
      const heard = index === 0 ? { receivers: clients, reachesSender } : ({ isContinued: true } as const);
      tell(world, operator, service, message, sent, { to: 'clients', clients: [client], log }, heard);
    }
    return sent;
  });
}

/**
 * Says something to every client of the app: those online now, and whoever logs in until `validUntil`
 * (`rest §5.3.3`).
 *
 * @param request `validUntil` absent: a month from now, which is also the most
 * @throws ImError INVALID_MESSAGING_TARGET, SYSTEM_CONVERSATION_REQUIRED, FRAME_TOO_LONG,
 *   MESSAGE_REJECTED_BY_APP
 */
export async function broadcast(
  world: World,
  operator: Operator,
  request: ServiceMessage & { readonly validUntil?: Milliseconds },
): Promise<SentMessage> {
  return world.changesUnderWay.during(world.clock.now(), async () => {
    const service = await serviceFor(world, operator.app, request);
    const message = await approved(world, operator, service, request, []);
    if (request.transient === true) {
      const sent = unstored(message.at);
      tell(world, operator, service, message, sent, { to: 'everybody', log: service.key });
      return sent;
    }
    const now = message.at;
    const latest = now + MAX_VALIDITY;
    const outcome = await world.store.services.broadcast({
      ...contentOf(message),
      service,
      receipt: false,
      validUntil: Math.min(request.validUntil ?? latest, latest),
      now,
    });
    if (outcome === undefined) throw serviceIsGone(service);
    const sent = { id: outcome.id, timestamp: outcome.timestamp };
    tell(world, operator, service, message, sent, { to: 'everybody', log: outcome.log });
    return sent;
  });
}

/** @throws ImError INVALID_MESSAGING_TARGET unless there are 1 to 20 */
export function distinctClients(clients: readonly ClientId[]): readonly ClientId[] {
  const distinct = [...new Set(clients)];
  if (distinct.length >= 1 && distinct.length <= MAX_CLIENTS) return distinct;
  throw new ImError(
    'INVALID_MESSAGING_TARGET',
    `A message goes to 1 to ${MAX_CLIENTS} clients, not ${distinct.length}; to say it to all subscribers, broadcast it.`,
  );
}

async function serviceFor(world: World, app: App, request: ServiceMessage): Promise<Conversation> {
  checkMessageSize(app, {
    ...contentOf(request),
    ...(request.pushData !== undefined && { pushData: request.pushData }),
  });
  if ((await world.conversations.load(app.key, request.service)) === undefined) {
    throw new ImError('INVALID_MESSAGING_TARGET', `There is no service conversation ${request.service}.`);
  }
  return findService(world, app, request.service);
}

async function approved(
  world: World,
  operator: Operator,
  service: Conversation,
  request: ServiceMessage,
  receivers: readonly ClientId[],
): Promise<ServiceMessage & Approved> {
  const author = { ...operator, speaksFor: request.from };
  const content = { body: request.body, transient: request.transient === true, receipt: false };
  const approval = await approveMessage(world, author, service, content, receivers);
  return censor(world, operator.app, service, { ...request, ...approval });
}

function contentOf({ from, body }: ServiceMessage) {
  return { sender: from, body, mentions: [], mentionAll: false };
}

function tell(
  world: World,
  operator: Operator,
  service: Conversation,
  request: ServiceMessage,
  sent: SentMessage,
  audience: ServiceAudience,
  heard: Pick<MessageSent, 'receivers' | 'isContinued' | 'reachesSender'> = {},
): void {
  const { app, address } = operator;
  world.outbox.publish({
    type: 'message-sent',
    app: app.key,
    at: sent.timestamp,
    conversation: service,
    audience,
    message: { ...contentOf(request), ...sent },
    kind: request.transient === true ? 'transient' : 'stored',
    priority: 'normal',
    ...heard,
    ...(address !== undefined && { address }),
    ...(isUnhooked(operator) && { isUnhooked: true }),
    ...(request.pushData !== undefined && { pushData: request.pushData }),
  });
}
