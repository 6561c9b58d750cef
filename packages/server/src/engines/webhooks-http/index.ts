import type { App } from '../../domain/app/app.ts';
import type { DomainEvent, MessageSent } from '../../domain/events.ts';
import type { AppKey } from '../../domain/identifiers.ts';
import {
  legacyHeaders,
  messagesWebhook,
  serviceMessageRecord,
  serviceMessagesWebhook,
  type WriteRecord,
} from './kinds.ts';
import { post } from './post.ts';
import { Webhook, type WebhookKind, type WebhookParts } from './webhook.ts';

export { NotTaken } from './post.ts';

/** A part of the log that is to be sent once more. */
interface Part {
  readonly id: number;
  readonly webhook: string;
  readonly from: number;
  readonly to: number;
}

const PART = 100;

/** The webhooks of all apps: whoever is told of a message wakes those of its app. */
export class Webhooks {
  readonly #parts: WebhookParts;
  readonly #kinds: readonly WebhookKind[];
  readonly #ofApps = new Map<AppKey, readonly Webhook[]>();

  constructor(parts: WebhookParts, write: WriteRecord) {
    this.#parts = parts;
    this.#kinds = [messagesWebhook(parts.clock, write), serviceMessagesWebhook()];
  }

  /** Something was committed in this app. */
  wake(key: AppKey): void {
    for (const webhook of this.#of(key)) webhook.wake();
  }

  /** The settings of the app changed: what is said once this resolves is delivered. */
  async changed(app: App): Promise<void> {
    for (const webhook of this.#of(app.key)) await webhook.begin();
    this.wake(app.key);
  }

  /** What a user said to a service for the moment only; nobody waits for it, and it is not tried again. */
  tellTransient(event: DomainEvent): void {
    const app = this.#parts.apps.byKey(event.app);
    if (app === undefined || app.settings.serviceMessageCallbackUrl === '' || !isTransientToService(event))
      return;
    const { conversation, message } = event;
    const stored = { ...message, ...(event.address !== undefined && { fromIp: event.address }) };
    const record = { ...serviceMessageRecord({ conversation, message: stored }), noPersist: true };
    post(app.settings.serviceMessageCallbackUrl, JSON.stringify([record]), legacyHeaders(app)).catch(
      (error: unknown) => this.#parts.failed(app, 'service-messages', error),
    );
  }

  /** What was committed before the process ended may still have to be delivered. */
  start(apps: readonly App[]): void {
    for (const { key } of apps) this.wake(key);
  }

  /**
   * Sends a part of the log that was given up once more, and forgets that it was. What has left the log meanwhile is
   * gone.
   *
   * @throws NotTaken
   */
  async replay(app: App, part: Part): Promise<void> {
    const kind = this.#kinds.find(({ name }) => name === part.webhook);
    const { repository } = this.#parts;
    for (let place = part.from; kind !== undefined && place < part.to; ) {
      const { messages, next } = await repository.messagesAfter(app.key, place, PART);
      const batch = messages.filter((message) => message.place <= part.to && kind.concerns(message));
      if (batch.length > 0) await kind.send(app, batch);
      if (next === place) break;
      place = next;
    }
    await repository.removeDeadLetter(app.key, part.id);
  }

  #of(key: AppKey): readonly Webhook[] {
    const known = this.#ofApps.get(key);
    const app = this.#parts.apps.byKey(key);
    if (known !== undefined) return known;
    if (app === undefined || !this.#kinds.some((kind) => kind.url(app) !== '')) return [];
    const webhooks = this.#kinds.map((kind) => new Webhook(this.#parts, kind, app));
    this.#ofApps.set(key, webhooks);
    return webhooks;
  }

  close(): void {
    for (const webhooks of this.#ofApps.values()) for (const webhook of webhooks) webhook.stop();
  }
}

function isTransientToService(event: DomainEvent): event is MessageSent {
  return (
    event.type === 'message-sent' &&
    event.kind === 'transient' &&
    event.conversation.kind === 'service' &&
    event.audience?.to === 'clients' &&
    event.audience.clients.includes(event.message.sender)
  );
}
