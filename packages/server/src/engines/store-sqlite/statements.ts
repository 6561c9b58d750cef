import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export type Row = Readonly<Record<string, SQLInputValue | undefined>>;

/** Prepared statements by their text, so that SQL stands where it is used and is still compiled once. */
export class Statements {
  readonly db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  get(sql: string, ...parameters: readonly SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...parameters) as Row | undefined;
  }

  all(sql: string, ...parameters: readonly SQLInputValue[]): readonly Row[] {
    return this.#statement(sql).all(...parameters) as readonly Row[];
  }

  /** Rows one by one, for readers that may stop early. */
  iterate(sql: string, ...parameters: readonly SQLInputValue[]): Iterable<Row> {
    // A statement of its own: a prepared one cannot be stepped through twice at the same time.
    return this.db.prepare(sql).iterate(...parameters) as Iterable<Row>;
  }

  /** How many rows were changed. */
  run(sql: string, ...parameters: readonly SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...parameters).changes);
  }

  /** The key of the row that was inserted. */
  insert(sql: string, ...parameters: readonly SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...parameters).lastInsertRowid);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}
