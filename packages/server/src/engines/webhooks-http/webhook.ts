import type { App } from '../../domain/app/app.ts';
import type { AppKey, Milliseconds } from '../../domain/identifiers.ts';
import type { Apps } from '../../domain/ports/apps.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { LogPlace, WebhookName, WebhookRepository } from '../../domain/ports/webhooks.ts';
import { NotTaken } from './post.ts';

const BATCH = 100;
/** Before it tries again with a store that failed. */
const STORE_PAUSE: Milliseconds = 5000;

/** What is different between one webhook and another. */
export interface WebhookKind<Item = unknown> {
  readonly name: WebhookName;
  /** Where it goes; empty where the app wants none. */
  url(app: App): string;
  /** Where what is logged from now on will be after. */
  end(): Promise<LogPlace>;
  /** What concerns it after a place of its log, and up to where the log was looked at for that. */
  read(app: AppKey, place: LogPlace, limit: number): Promise<Portion<Item>>;
  placeOf(item: Item): LogPlace;
  /** When it happened. */
  timeOf(item: Item): Milliseconds;
  /** @throws NotTaken */
  send(app: App, items: readonly Item[]): Promise<void>;
  /** Milliseconds to wait before each further attempt. After the last one the batch is given up. */
  retryAfter(app: App): readonly number[];
  /** What came after a place, up to another, is taken. */
  taken?(app: AppKey, from: LogPlace, to: LogPlace): Promise<void>;
}

export interface Portion<Item> {
  readonly items: readonly Item[];
  readonly next: LogPlace;
}

export interface WebhookParts {
  readonly repository: WebhookRepository;
  readonly apps: Apps;
  readonly clock: Clock;
  readonly failed: (app: App, webhook: WebhookName, error: unknown) => void;
}

/**
 * Delivers what one app has logged to one receiver: batch after batch in the order of the log, the next one only when
 * the one before is taken or given up. How far it has come is on disk before it goes on, so a restart repeats at most
 * one batch and leaves out none.
 */
export class Webhook {
  readonly #parts: WebhookParts;
  readonly #kind: WebhookKind;
  readonly #app: App['key'];
  #place: LogPlace | undefined;
  #isRunning = false;
  #isAsked = false;
  #isStopped = false;
  #endWait = () => {};
  /** When the oldest message that is under way was sent. */
  #since: Milliseconds | undefined;
  readonly #counted = { taken: 0, failed: 0, setAside: 0 };

  constructor(parts: WebhookParts, kind: WebhookKind, app: App) {
    this.#parts = parts;
    this.#kind = kind;
    this.#app = app.key;
  }

  /** A webhook that is switched on hears what is said from now on. */
  async begin(): Promise<void> {
    const app = this.#current();
    if (app !== undefined && this.#kind.url(app) !== '') await this.#begin();
  }

  /** There may be something to deliver. */
  wake(): void {
    this.#isAsked = true;
    if (this.#isRunning || this.#isStopped) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** Tries again now what waits to be tried again. */
  hurry(): void {
    this.#endWait();
  }

  async status(now: Milliseconds) {
    const end = await this.#kind.end();
    const place = this.#isRunning ? (this.#place ?? end) : end;
    return {
      webhook: this.#kind.name,
      ...this.#counted,
      backlog: Math.max(0, end - place),
      lagSeconds: this.#since === undefined ? 0 : Math.max(0, now - this.#since) / 1000,
    };
  }

  stop(): void {
    this.#isStopped = true;
    this.#endWait();
  }

  async #run(): Promise<void> {
    while (this.#isAsked && !this.#isStopped) {
      this.#isAsked = false;
      try {
        await this.#deliverAll();
      } catch (error) {
        // The store failed, or the process is about to end; what was not delivered is still in the log.
        const app = this.#current();
        if (app === undefined || this.#isStopped) continue;
        this.#parts.failed(app, this.#kind.name, error);
        this.#isAsked = true;
        await this.#wait(STORE_PAUSE);
      }
    }
    this.#isRunning = false;
  }

  async #deliverAll(): Promise<void> {
    const { repository } = this.#parts;
    for (;;) {
      const app = this.#current();
      if (app === undefined || this.#kind.url(app) === '') return;
      const place = await this.#begin();
      const { items, next } = await this.#kind.read(this.#app, place, BATCH);
      if (next === place) return;
      const [oldest] = items;
      if (oldest !== undefined) {
        this.#since = this.#kind.timeOf(oldest);
        const isTaken = await this.#deliver(items, place, next);
        this.#since = undefined;
        if (this.#isStopped) return;
        if (isTaken) {
          await repository.setPosition(this.#app, this.#kind.name, next);
          await this.#kind.taken?.(this.#app, place, next);
        }
      }
      this.#place = next;
    }
  }

  async #begin(): Promise<LogPlace> {
    if (this.#place !== undefined) return this.#place;
    const { repository } = this.#parts;
    const known = await repository.position(this.#app, this.#kind.name);
    this.#place = known ?? (await this.#kind.end());
    if (known === undefined) await repository.setPosition(this.#app, this.#kind.name, this.#place);
    return this.#place;
  }

  /** False where it was given up, which moves on as well. */
  async #deliver(batch: readonly unknown[], from: LogPlace, to: LogPlace): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      const app = this.#current();
      if (app === undefined || this.#isStopped) return false;
      try {
        await this.#kind.send(app, batch);
        this.#counted.taken++;
        return true;
      } catch (error) {
        if (!(error instanceof NotTaken)) throw error;
        this.#counted.failed++;
        this.#parts.failed(app, this.#kind.name, error);
        const wait = error.isFinal ? undefined : this.#kind.retryAfter(app)[attempt];
        if (wait !== undefined) {
          await this.#wait(wait);
          continue;
        }
        const at = this.#parts.clock.now();
        const letter = { from, to, messages: batch.length, error: error.message, at };
        await this.#parts.repository.giveUp(this.#app, this.#kind.name, letter);
        this.#counted.setAside++;
        return false;
      }
    }
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(milliseconds, resolve);
      this.#endWait = () => {
        cancel();
        resolve();
      };
    });
  }

  #current(): App | undefined {
    return this.#parts.apps.byKey(this.#app);
  }
}
