import type { Milliseconds } from '../../../domain/identifiers.ts';
import type { Statements } from '../statements.ts';

/** A write of its own for each commit would cost more than it tells. */
const STEP: Milliseconds = 1000;

/** Up to when the clock had come when something was written: the times of messages may run ahead of it. */
export class LatestTime {
  readonly #sql: Statements;
  #kept: Milliseconds;

  constructor(sql: Statements) {
    this.#sql = sql;
    this.#kept = Number(sql.get("SELECT value FROM mark WHERE name = 'latest_time'")?.value ?? 0);
  }

  /** The latest it may have come to. */
  get latest(): Milliseconds {
    return this.#kept === 0 ? 0 : this.#kept + STEP;
  }

  /** In the transaction of what is written at that time. */
  saw(now: Milliseconds): void {
    if (now < this.#kept + STEP) return;
    this.#kept = now;
    this.#sql.run(
      "INSERT INTO mark VALUES ('latest_time', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
      now,
    );
  }
}
