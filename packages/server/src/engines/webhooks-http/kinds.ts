import type { App } from '../../domain/app/app.ts';
import type { AppKey } from '../../domain/identifiers.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { LoggedEvent, LoggedMessage, LogPlace, WebhookRepository } from '../../domain/ports/webhooks.ts';
import { type Post, signedHeaders } from './post.ts';
import type { WebhookKind } from './webhook.ts';

const SECOND = 1000;
/** Together more than an hour: long enough for a deployment that went wrong. */
const PATIENCE = [1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800].map((seconds) => seconds * SECOND);
/** As the service did it that apps come from (H-16). */
const LEGACY_PATIENCE = [1, 5, 30].map((seconds) => seconds * SECOND);

/** How a message is written for the receiver of every message. */
export type WriteRecord = (logged: LoggedMessage) => object;

/** Every committed message, signed (F-HOOK-07). */
export function messagesWebhook(
  post: Post,
  repository: WebhookRepository,
  clock: Clock,
  write: WriteRecord,
): WebhookKind<LoggedMessage> {
  return {
    name: 'messages',
    url: (app) => app.settings.webhook.url,
    ...logOf(repository, () => true),
    send(app, messages) {
      return postSigned(post, clock, app, {
        type: 'messages',
        id: idOf(messages),
        data: messages.map(write),
      });
    },
    retryAfter: (app) => PATIENCE.slice(0, app.settings.webhook.retries),
  };
}

/** What else the app wants to be told, signed likewise (F-HOOK-12). */
export function eventsWebhook(
  post: Post,
  repository: WebhookRepository,
  clock: Clock,
): WebhookKind<LoggedEvent> {
  return {
    name: 'events',
    url: ({ settings: { webhook } }) => ((webhook.events ?? []).length > 0 ? webhook.url : ''),
    end: () => repository.endOfEvents(),
    async read(app, place, limit) {
      const items = await repository.eventsAfter(app, place, limit);
      return { items, next: items.at(-1)?.place ?? place };
    },
    placeOf: ({ place }) => place,
    timeOf: ({ at }) => at,
    send(app, events) {
      const data = events.map((event) => event.data);
      return postSigned(post, clock, app, { type: 'events', id: idOf(events), data });
    },
    retryAfter: (app) => PATIENCE.slice(0, app.settings.webhook.retries),
    taken: (app, from, to) => repository.forgetEvents(app, from, to),
  };
}

/** A part of a log by its first and last place, which never change. */
function idOf(items: readonly { readonly place: LogPlace }[]): string {
  return `${items.at(0)?.place}_${items.at(-1)?.place}`;
}

interface Batch {
  readonly type: string;
  readonly id: string;
  readonly data: readonly object[];
}

async function postSigned(post: Post, clock: Clock, app: App, { type, id, data }: Batch): Promise<void> {
  const timestamp = new Date(clock.now()).toISOString();
  const body = JSON.stringify({ type, app: app.id, timestamp, data });
  const { url, secret } = app.settings.webhook;
  await post(url, body, signedHeaders(`${app.id}_${type}_${id}`, secret, body, clock.now()));
}

/** The log of messages as the outbox of a webhook. */
function logOf(repository: WebhookRepository, concerns: (message: LoggedMessage) => boolean) {
  return {
    end: () => repository.endOfLog(),
    async read(app: AppKey, from: LogPlace, limit: number) {
      const { messages, next } = await repository.messagesAfter(app, from, limit);
      return { items: messages.filter(concerns), next };
    },
    placeOf: ({ place }: LoggedMessage) => place,
    timeOf: ({ message }: LoggedMessage) => message.timestamp,
  };
}

/** What users say to services, in the form receivers of the service before know (`hooks-and-signatures §5.3`). */
export function serviceMessagesWebhook(
  post: Post,
  repository: WebhookRepository,
): WebhookKind<LoggedMessage> {
  return {
    name: 'service-messages',
    url: (app) => app.settings.serviceMessageCallbackUrl,
    ...logOf(repository, ({ isToService }) => isToService === true),
    async send(app, messages) {
      await post(
        app.settings.serviceMessageCallbackUrl,
        JSON.stringify(messages.map(serviceMessageRecord)),
        legacyHeaders(app),
      );
    },
    retryAfter: () => LEGACY_PATIENCE,
  };
}

export function legacyHeaders(app: App): Record<string, string> {
  const { hookKey } = app.settings.engine;
  return { 'x-lc-id': app.id, ...(hookKey !== '' && { 'x-lc-hook-key': hookKey }) };
}

export function serviceMessageRecord({
  conversation,
  message,
}: {
  readonly conversation: { readonly id: string };
  readonly message: Pick<StoredMessage, 'id' | 'sender' | 'timestamp' | 'body' | 'fromIp'>;
}) {
  const isBinary = typeof message.body !== 'string';
  const at = { __type: 'Date', iso: new Date(message.timestamp).toISOString() };
  return {
    ...(message.fromIp !== undefined && { fromIp: message.fromIp }),
    conv: { __type: 'Pointer', className: '_Conversation', objectId: conversation.id },
    msgId: message.id,
    from: message.sender,
    bin: isBinary,
    data: isBinary ? Buffer.from(message.body as Uint8Array).toString('base64') : message.body,
    timestamp: message.timestamp,
    createdAt: at,
    updatedAt: at,
  };
}
