import type { AppKey } from '../../../domain/identifiers.ts';

/**
 * Up to which row of the log all old messages of an app are gone. The log is in order of time, or nearly. Forgotten with the process, and then found again row by row.
 */
export class LogProgress {
  #rows = new Map<AppKey, number>();
  /** As it was before the current transaction, to go back to if it fails. */
  #before: Map<AppKey, number> | undefined;

  of(app: AppKey): number {
    return this.#rows.get(app) ?? 0;
  }

  set(app: AppKey, row: number): void {
    this.#before ??= new Map(this.#rows);
    this.#rows.set(app, row);
  }

  committed(): void {
    this.#before = undefined;
  }

  rolledBack(): void {
    this.#rows = this.#before ?? this.#rows;
    this.#before = undefined;
  }
}
