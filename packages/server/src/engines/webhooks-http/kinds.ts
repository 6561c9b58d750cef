import type { App } from '../../domain/app/app.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { LoggedMessage } from '../../domain/ports/webhooks.ts';
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
export function messagesWebhook(post: Post, clock: Clock, write: WriteRecord): WebhookKind {
  return {
    name: 'messages',
    url: (app) => app.settings.webhook.url,
    concerns: () => true,
    async send(app, messages) {
      const body = JSON.stringify({
        type: 'messages',
        app: app.id,
        timestamp: new Date(clock.now()).toISOString(),
        data: messages.map(write),
      });
      const { url, secret } = app.settings.webhook;
      await post(url, body, signedHeaders(secret, body, clock.now()));
    },
    retryAfter: (app) => PATIENCE.slice(0, app.settings.webhook.retries),
  };
}

/** What users say to services, in the form receivers of the service before know (`hooks-and-signatures §5.3`). */
export function serviceMessagesWebhook(post: Post): WebhookKind {
  return {
    name: 'service-messages',
    url: (app) => app.settings.serviceMessageCallbackUrl,
    concerns: ({ client, message }) => client !== undefined && message.sender === client,
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
