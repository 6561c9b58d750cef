import type { AppKey, ClientId, Milliseconds } from '../identifiers.ts';
import type { Clock } from '../ports/clock.ts';
import type { DailyClientRepository } from '../ports/store.ts';

/**
 * Which clients logged in today, in the zone of the server (F-SESS-38). A login writes nothing: new names wait in
 * memory for {@link save}, so a crash may forget those of the last minute until they are seen again.
 */
export class DailyClients {
  readonly #repository: DailyClientRepository;
  readonly #clock: Clock;
  #day: string;
  #seen = new Map<AppKey, Set<ClientId>>();
  #unsaved = new Map<AppKey, Set<ClientId>>();

  constructor(repository: DailyClientRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
    this.#day = dayOf(clock.now());
  }

  saw(app: AppKey, client: ClientId): void {
    this.#turn();
    if (this.#seen.get(app)?.has(client) === true) return;
    setOf(this.#seen, app).add(client);
    setOf(this.#unsaved, app).add(client);
  }

  async count(app: AppKey): Promise<number> {
    this.#turn();
    await this.save();
    return this.#repository.count(app, this.#day);
  }

  /** Writes down who is new. What cannot be written waits for the next time. */
  async save(): Promise<void> {
    const [day, unsaved] = [this.#day, this.#unsaved];
    this.#unsaved = new Map();
    for (const [app, clients] of unsaved) {
      try {
        await this.#repository.add(app, day, [...clients]);
      } catch (error) {
        if (day === this.#day) for (const client of clients) setOf(this.#unsaved, app).add(client);
        throw error;
      }
    }
  }

  /** Deletes a batch of days that are over; true while there may be more. */
  async forgetDays(limit: number): Promise<boolean> {
    this.#turn();
    return (await this.#repository.forget(this.#day, limit)) >= limit;
  }

  #turn(): void {
    const today = dayOf(this.#clock.now());
    if (today === this.#day) return;
    this.#day = today;
    this.#seen = new Map();
    // Whoever came in the last minute of yesterday is in nobody's number any more.
    this.#unsaved = new Map();
  }
}

function setOf(sets: Map<AppKey, Set<ClientId>>, app: AppKey): Set<ClientId> {
  const known = sets.get(app);
  if (known !== undefined) return known;
  const fresh = new Set<ClientId>();
  sets.set(app, fresh);
  return fresh;
}

/** Such as `2026-01-31`. */
export function dayOf(at: Milliseconds): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
