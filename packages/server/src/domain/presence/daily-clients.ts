import type { AppKey, ClientId, Milliseconds } from '../identifiers.ts';
import type { Clock } from '../ports/clock.ts';
import type { DailyClientRepository } from '../ports/daily-clients.ts';

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
  /** How many there are today, of apps that {@link isFull} was prepared for. */
  #totals = new Map<AppKey, number>();
  /** Writing and counting go one after another: whoever is just being written is in no count. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(repository: DailyClientRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
    this.#day = dayOf(clock.now());
  }

  /** @param addresses where the client is logged in from right now; the one it was at first comes first */
  saw(app: AppKey, client: ClientId, addresses: readonly string[]): void {
    this.#turn();
    for (const user of usersBehind(client, addresses)) {
      if (this.#seen.get(app)?.has(user) === true) continue;
      setOf(this.#seen, app).add(user);
      setOf(this.#unsaved, app).add(user);
      const total = this.#totals.get(app);
      if (total !== undefined) this.#totals.set(app, total + 1);
    }
  }

  /** Reads what {@link isFull} has to know about a client. */
  async prepare(app: AppKey, client: ClientId): Promise<void> {
    this.#turn();
    const day = this.#day;
    if (this.#seen.get(app)?.has(client) === true) return;
    if (!this.#totals.has(app)) await this.#oneByOne(() => this.#readTotal(app));
    const isKnown = await this.#repository.has(app, day, client);
    this.#turn();
    if (isKnown && day === this.#day) setOf(this.#seen, app).add(client);
  }

  /** Whether the app has had so many clients today, and this one is not among them. Ask after {@link prepare}. */
  isFull(app: AppKey, client: ClientId, most: number): boolean {
    this.#turn();
    return this.#seen.get(app)?.has(client) !== true && (this.#totals.get(app) ?? 0) >= most;
  }

  count(app: AppKey): Promise<number> {
    return this.#oneByOne(() => this.#count(app));
  }

  /** Writes down who is new. What cannot be written waits for the next time. */
  save(): Promise<void> {
    return this.#oneByOne(() => this.#write());
  }

  /** Deletes a batch of days that are over; true while there may be more. */
  async forgetDays(limit: number): Promise<boolean> {
    this.#turn();
    return (await this.#repository.forget(this.#day, limit)) >= limit;
  }

  #oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  async #readTotal(app: AppKey): Promise<void> {
    if (this.#totals.has(app)) return;
    const day = this.#day;
    const total = await this.#count(app);
    this.#turn();
    // Whoever was seen while the store counted is not in its number.
    if (day === this.#day) this.#totals.set(app, total + (this.#unsaved.get(app)?.size ?? 0));
  }

  async #count(app: AppKey): Promise<number> {
    this.#turn();
    await this.#write();
    return this.#repository.count(app, this.#day);
  }

  async #write(): Promise<void> {
    const [day, unsaved] = [this.#day, this.#unsaved];
    this.#unsaved = new Map();
    const failures: unknown[] = [];
    for (const [app, clients] of unsaved) {
      try {
        await this.#repository.add(app, day, [...clients]);
      } catch (error) {
        if (day === this.#day) for (const client of clients) setOf(this.#unsaved, app).add(client);
        failures.push(error);
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, 'Some clients of today could not be written.');
  }

  #turn(): void {
    const today = dayOf(this.#clock.now());
    if (today === this.#day) return;
    this.#day = today;
    this.#seen = new Map();
    this.#totals = new Map();
    // Whoever came in the last minute of yesterday is in nobody's number any more.
    this.#unsaved = new Map();
  }
}

/** On more addresses than one person has at once, each counts as a user of its own (F-SESS-15). */
const ADDRESSES_OF_ONE = 5;

function usersBehind(client: ClientId, addresses: readonly string[]): readonly ClientId[] {
  const distinct = [...new Set(addresses)];
  if (distinct.length <= ADDRESSES_OF_ONE) return [client];
  // No client id has a control character, so these names are nobody's. The first address is the client itself.
  return [client, ...distinct.slice(1).map((address) => `${client}\u0000${address}`)];
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
