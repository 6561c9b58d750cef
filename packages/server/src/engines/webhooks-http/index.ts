import type { App } from '../../domain/app/app.ts';
import type { DomainEvent, MessageSent } from '../../domain/events.ts';
import type { AppKey, Milliseconds } from '../../domain/identifiers.ts';
import { Burst } from '../outgoing/burst.ts';
import type { Targets } from '../outgoing/targets.ts';
import { eventRecord } from './event-record.ts';
import {
  eventsWebhook,
  legacyHeaders,
  messagesWebhook,
  serviceMessageRecord,
  serviceMessagesWebhook,
  type WriteRecord,
} from './kinds.ts';
import { type Post, postTo } from './post.ts';
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
/** Transient messages that are being told; what is beyond is lost, as such messages may be. */
const MAX_TRANSIENT = 100;

export interface WebhooksParts extends WebhookParts {
  readonly targets: Targets;
}

/** How it stands with one webhook of an app. */
export interface WebhookStatus {
  readonly app: AppKey;
  readonly webhook: string;
  readonly taken: number;
  readonly failed: number;
  readonly setAside: number;
  readonly backlog: number;
  readonly lagSeconds: number;
}

/** The webhooks of all apps: whoever is told of a message wakes those of its app. */
export class Webhooks {
  readonly #parts: WebhookParts;
  readonly #post: Post;
  readonly #kinds: readonly WebhookKind[];
  readonly #bursts = new Map<string, Burst>();
  #transientUnderWay = 0;
  #isStarted = false;
  readonly #ofApps = new Map<AppKey, readonly Webhook[]>();

  constructor({ targets, ...parts }: WebhooksParts, write: WriteRecord) {
    // Once per burst: a receiver that is down fails with every batch.
    this.#parts = {
      ...parts,
      failed: (app, webhook, error) => {
        if (this.#burst(app, webhook).isNew()) parts.failed(app, webhook, error);
      },
    };
    this.#post = postTo(targets);
    const { repository, clock } = parts;
    this.#kinds = [
      messagesWebhook(this.#post, repository, clock, write),
      serviceMessagesWebhook(this.#post, repository),
      eventsWebhook(this.#post, repository, clock),
    ];
  }

  /** Something was committed in this app. Before the start it stays in the log, and is delivered then. */
  wake(key: AppKey): void {
    if (!this.#isStarted) return;
    for (const webhook of this.#of(key)) webhook.wake();
  }

  /** The settings of the app changed: what is said once this resolves is delivered. */
  async changed(app: App): Promise<void> {
    for (const webhook of this.#of(app.key)) {
      await webhook.begin();
      // Perhaps what was wrong is right now; nobody wants to wait half an hour to know.
      webhook.hurry();
    }
    this.wake(app.key);
  }

  /** Writes down what else the app wants to be told, and delivers it from there. */
  record(event: DomainEvent): Promise<void> | undefined {
    const app = this.#parts.apps.byKey(event.app);
    const wanted = app?.settings.webhook.events ?? [];
    if (app === undefined || wanted.length === 0 || app.settings.webhook.url === '') return undefined;
    const data = eventRecord(event);
    if (data === undefined || !wanted.some((type) => type === data.type)) return undefined;
    return this.#parts.repository.addEvent(app.key, { at: event.at, data }).then(() => this.wake(app.key));
  }

  /** What a user said to a service for the moment only; nobody waits for it, and it is not tried again. */
  tellTransient(event: DomainEvent): void {
    const app = this.#parts.apps.byKey(event.app);
    if (app === undefined || app.settings.serviceMessageCallbackUrl === '' || !isTransientToService(event))
      return;
    if (this.#transientUnderWay >= MAX_TRANSIENT) return;
    this.#transientUnderWay++;
    const { conversation, message } = event;
    const stored = { ...message, ...(event.address !== undefined && { fromIp: event.address }) };
    const record = { ...serviceMessageRecord({ conversation, message: stored }), noPersist: true };
    this.#post(app.settings.serviceMessageCallbackUrl, JSON.stringify([record]), legacyHeaders(app))
      .catch((error: unknown) => this.#parts.failed(app, 'service-messages', error))
      .finally(() => {
        this.#transientUnderWay--;
      });
  }

  /** What is committed once this resolves is delivered, from the first message on. */
  async begin(apps: readonly App[]): Promise<void> {
    await Promise.all(apps.flatMap(({ key }) => this.#of(key)).map((webhook) => webhook.begin()));
  }

  /** What was committed before the process ended may still have to be delivered. */
  start(apps: readonly App[]): void {
    this.#isStarted = true;
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
      const { items, next } = await kind.read(app.key, place, PART);
      const batch = items.filter((item) => kind.placeOf(item) <= part.to);
      if (batch.length > 0) await kind.send(app, batch);
      if (next === place) break;
      place = next;
    }
    await repository.removeDeadLetter(app.key, part.id);
    await kind?.taken?.(app.key, part.from, part.to);
  }

  async status(now: Milliseconds): Promise<readonly WebhookStatus[]> {
    const all = [...this.#ofApps].flatMap(([app, webhooks]) =>
      webhooks.map(async (webhook) => ({ app, ...(await webhook.status(now)) })),
    );
    return Promise.all(all);
  }

  #burst(app: App, webhook: string): Burst {
    const name = `${app.key} ${webhook}`;
    const burst = this.#bursts.get(name) ?? new Burst();
    this.#bursts.set(name, burst);
    return burst;
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
    this.#isStarted = false;
    for (const webhooks of this.#ofApps.values()) for (const webhook of webhooks) webhook.stop();
  }
}

function isTransientToService(event: DomainEvent): event is MessageSent {
  return event.type === 'message-sent' && event.kind === 'transient' && event.isToService === true;
}
