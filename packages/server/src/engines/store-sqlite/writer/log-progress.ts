import type { AppKey } from '../../../domain/identifiers.ts';

/**
 * Up to which row of the log everything old is gone: the messages of an app, or the send tokens. The log is in order
 * of time, or nearly. Forgotten with the process, and then found again row by row.
 */
export class LogProgress {
  #rows = new Map<AppKey | 'tokens', number>();
  /** As it was before the current transaction, to go back to if it fails. */
  #before: Map<AppKey | 'tokens', number> | undefined;

  of(what: AppKey | 'tokens'): number {
    return this.#rows.get(what) ?? 0;
  }

  set(what: AppKey | 'tokens', row: number): void {
    this.#before ??= new Map(this.#rows);
    this.#rows.set(what, row);
  }

  committed(): void {
    this.#before = undefined;
  }

  rolledBack(): void {
    this.#rows = this.#before ?? this.#rows;
    this.#before = undefined;
  }
}
