import type { SQLInputValue } from 'node:sqlite';
import type { Statements } from '../statements.ts';

/** Several rows to a statement: what surrounds a statement costs more than a row. */
const ROWS_AT_ONCE = 8;

/** Statements for rows of which the first column is the same. */
export interface Insert {
  readonly one: string;
  readonly several: string;
  /** Of each row, besides the first. */
  readonly columns: number;
}

export function insertSeveral(verb: 'INSERT' | 'INSERT OR IGNORE', table: string, columns: number): Insert {
  const into = (rows: number) =>
    `${verb} INTO ${table} VALUES ${Array.from({ length: rows }, (_, row) => {
      const values = Array.from({ length: columns }, (_, column) => `?${row * columns + column + 2}`);
      return `(?1, ${values.join(', ')})`;
    }).join(', ')}`;
  return { one: into(1), several: into(ROWS_AT_ONCE), columns };
}

/** @param values of all rows, one after another, without their first column */
export function putRows(
  sql: Statements,
  { one, several, columns }: Insert,
  first: SQLInputValue,
  values: readonly SQLInputValue[],
): void {
  const atOnce = columns * ROWS_AT_ONCE;
  let next = 0;
  for (; next + atOnce <= values.length; next += atOnce) {
    sql.run(several, first, ...values.slice(next, next + atOnce));
  }
  for (; next < values.length; next += columns) sql.run(one, first, ...values.slice(next, next + columns));
}
