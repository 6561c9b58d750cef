import type { DatabaseSync } from 'node:sqlite';

/** What takes several statements sees one moment, however much is committed in between; a count has to fit its message. */
export function inSnapshot<Result>(db: DatabaseSync, read: () => Result): Result {
  db.exec('BEGIN');
  try {
    return read();
  } finally {
    // SQLite ends the transaction itself where the disk fails.
    if (db.isTransaction) db.exec('COMMIT');
  }
}
