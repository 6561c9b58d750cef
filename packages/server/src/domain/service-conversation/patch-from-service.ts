import type { Operator } from '../actor.ts';
import type { App } from '../app/app.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ServiceAudience } from '../events.ts';
import { approveUpdate } from '../hook/approve-update.ts';
import type { ClientId, ConversationId, ConversationKey, MessageId, Milliseconds } from '../identifiers.ts';
import { censor } from '../keyword-filter/censor.ts';
import { type MessageBody, RECALLED_BODY } from '../message/message.ts';
import { checkMessageSize } from '../message/message-size.ts';
import type { PatchMessage } from '../message/message-to-patch.ts';
import { patchRefused } from '../message/patch-refused.ts';
import type { PatchRefusal } from '../ports/messages.ts';
import type { World } from '../world.ts';
import { findService } from './find-service.ts';
import { distinctClients } from './send-from-service.ts';

export interface PatchFromService {
  readonly service: ConversationId;
  readonly id: MessageId;
  /** Under which id it was sent. */
  readonly from: ClientId;
  /** When: another time is another message (`rest §1.5`). */
  readonly timestamp: Milliseconds;
  /** Set for a message sent to chosen clients: those of them whose copy changes. */
  readonly clients?: readonly ClientId[];
  readonly change: { readonly action: 'recall' } | { readonly action: 'edit'; readonly body: MessageBody };
}

/**
 * Edits or recalls what a service said (`rest §5.1.10`, `§5.1.11`): for all subscribers at once, for chosen clients
 * one by one, and a broadcast to everybody only for those who have not received it yet (F-SYS-14).
 *
 * @throws ImError CONVERSATION_NOT_FOUND, SYSTEM_CONVERSATION_REQUIRED, MESSAGE_NOT_FOUND,
 *   MESSAGE_OWNERSHIP_REQUIRED, FRAME_TOO_LONG, INVALID_MESSAGING_TARGET, MESSAGE_UPDATE_REJECTED_BY_APP
 */
export async function patchFromService(
  world: World,
  operator: Operator,
  request: PatchFromService,
): Promise<void> {
  const { app } = operator;
  const wished = request.change.action === 'recall' ? RECALLED_BODY : request.change.body;
  checkMessageSize(app, { body: wished, mentions: [] });
  const service = await findService(world, app, request.service);
  const copies = await copiesOf(world, service, request);
  const [first] = copies;
  if (first === undefined) throw noSuchMessage(request);
  const author = { ...operator, speaksFor: request.from };
  const told = copies.flatMap(({ audience }) => (audience?.to === 'clients' ? audience.clients : []));
  const approved = await approveUpdate(world, author, service, first.log, asPatch(request), wished, told);
  const approval = censor(world, app, service, approved, 'MESSAGE_UPDATE_REJECTED_BY_APP');
  for (const copy of copies) {
    await patchCopy(world, app, service, request, approval.body, narrowedTo(copy, approval.receivers));
  }
}

/** Takes back a broadcast for those who have not received it. False where the app has none of this id. */
export function withdrawBroadcast(world: World, app: App, id: MessageId): Promise<boolean> {
  return world.store.services.withdrawBroadcast(app.key, id);
}

/** Whether a message was said to everybody in the app. @throws ImError as {@link patchFromService} */
export async function isBroadcast(
  world: World,
  app: App,
  { service, id, timestamp }: Pick<PatchFromService, 'service' | 'id' | 'timestamp'>,
): Promise<boolean> {
  const { everyone } = await world.store.services.logsOf(await findService(world, app, service), '');
  return everyone !== undefined && (await holds(world, everyone, id, timestamp));
}

interface Copy {
  readonly log: ConversationKey;
  /** Absent where who has received it keeps it as it was. */
  readonly audience?: ServiceAudience;
}

/** What the app does not want told is kept as it is now, too, and found in history. */
function narrowedTo(copy: Copy, receivers: readonly ClientId[] | undefined): Copy {
  const isTold =
    receivers === undefined ||
    copy.audience?.to !== 'clients' ||
    copy.audience.clients.some((client) => receivers.includes(client));
  return isTold ? copy : { log: copy.log };
}

async function copiesOf(
  world: World,
  service: Conversation,
  { id, timestamp, clients }: PatchFromService,
): Promise<readonly Copy[]> {
  const isIn = (log: ConversationKey) => holds(world, log, id, timestamp);
  if (clients !== undefined) {
    const copies: Copy[] = [];
    for (const client of distinctClients(clients)) {
      const { own } = await world.store.services.logsOf(service, client);
      if (own === undefined || !(await isIn(own))) continue;
      copies.push({ log: own, audience: { to: 'clients', clients: [client], log: own } });
    }
    return copies;
  }
  if (await isIn(service.key)) {
    return [{ log: service.key, audience: { to: 'subscribers', log: service.key } }];
  }
  // The log for everybody is the same for every client.
  const { everyone } = await world.store.services.logsOf(service, '');
  return everyone !== undefined && (await isIn(everyone)) ? [{ log: everyone }] : [];
}

async function holds(
  { store }: World,
  log: ConversationKey,
  id: MessageId,
  timestamp: Milliseconds,
): Promise<boolean> {
  return (await store.messages.find(log, id, timestamp))?.timestamp === timestamp;
}

async function patchCopy(
  world: World,
  app: App,
  service: Conversation,
  request: PatchFromService,
  body: MessageBody,
  { log, audience }: Copy,
): Promise<void> {
  const outcome = await world.store.messages.patch({
    conversation: log,
    id: request.id,
    author: request.from,
    body,
    mentions: [],
    mentionAll: false,
    recalled: request.change.action === 'recall',
    now: world.clock.now(),
    timestampHint: request.timestamp,
  });
  if (outcome.state === 'refused') {
    throw refused(outcome.reason, request, service);
  }
  const { hiddenFrom } = outcome;
  // Also where no client is told: the app's own server hears of every change.
  const told = audience ?? ({ to: 'clients', clients: [], log } as const);
  world.outbox.publish({
    type: 'message-patched',
    app: app.key,
    at: outcome.message.patchedAt ?? world.clock.now(),
    conversation: service,
    // Whoever does not see it is not to hear of it again.
    audience: told.to === 'clients' || hiddenFrom === undefined ? told : { ...told, except: hiddenFrom },
    message: outcome.message,
  });
}

/** As a hook is asked about it. */
function asPatch({ service, id, timestamp, change }: PatchFromService): PatchMessage {
  return {
    conversation: service,
    id,
    timestampHint: timestamp,
    change: change.action === 'recall' ? change : { ...change, mentions: [], mentionAll: false },
  };
}

function refused(reason: PatchRefusal, request: PatchFromService, service: Conversation): ImError {
  switch (reason) {
    case 'not-found':
      return noSuchMessage(request);
    case 'not-the-author':
      return new ImError(
        'MESSAGE_OWNERSHIP_REQUIRED',
        `Message ${request.id} was not sent as ${request.from}.`,
      );
    case 'recalled':
      return patchRefused(reason, request, service);
  }
}

function noSuchMessage({ id, timestamp, service }: PatchFromService): ImError {
  return new ImError(
    'MESSAGE_NOT_FOUND',
    `There is no message ${id} of ${timestamp} from service ${service}.`,
  );
}
