import type { Milliseconds } from '../identifiers.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataRecord } from '../records/record.ts';

const WINDOW: Milliseconds = 15 * 60_000;
/** Failures after which even the right password is refused. */
const MAX_FAILURES = 6;
/** Users with a failure in the last quarter of an hour that are remembered; the oldest failures give way. */
const MAX_USERS = 100_000;

/**
 * Who failed to log in lately (`storage-subset §6.3`): after more than 6 failures within 15 minutes a user is locked
 * until 15 minutes after the last of them. In memory: whoever can restart the server need not guess passwords.
 */
export class LoginAttempts {
  readonly #clock: Clock;
  /** Moments of the last failures by user; the user that failed last is at the end. */
  readonly #failures = new Map<string, readonly Milliseconds[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isLocked(user: DataRecord): boolean {
    const recent = this.#recent(user);
    return recent.length > MAX_FAILURES;
  }

  failed(user: DataRecord): void {
    const name = nameOf(user);
    const failures = [...this.#recent(user), this.#clock.elapsed()].slice(-MAX_FAILURES - 1);
    this.#failures.delete(name);
    this.#failures.set(name, failures);
    this.#forgetOldest();
  }

  succeeded(user: DataRecord): void {
    this.#failures.delete(nameOf(user));
  }

  /** Failures count together as long as no quarter of an hour passes between the last one and now. */
  #recent(user: DataRecord): readonly Milliseconds[] {
    const failures = this.#failures.get(nameOf(user)) ?? [];
    const now = this.#clock.elapsed();
    const last = failures.at(-1) ?? 0;
    if (now - last >= WINDOW) return [];
    return failures.length > MAX_FAILURES ? failures : failures.filter((moment) => now - moment < WINDOW);
  }

  #forgetOldest(): void {
    for (const [name, failures] of this.#failures) {
      const isOver = this.#clock.elapsed() - (failures.at(-1) ?? 0) >= WINDOW;
      if (!isOver && this.#failures.size <= MAX_USERS) return;
      this.#failures.delete(name);
    }
  }
}

function nameOf({ app, id }: DataRecord): string {
  return `${app}/${id}`;
}
