import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { inSnapshot } from './snapshot.ts';

it('a read that fails together with its transaction says why, and the next one works', () => {
  const db = new DatabaseSync(':memory:');
  const failing = () => {
    // As SQLite does by itself after an error of the disk.
    db.exec('ROLLBACK');
    throw new Error('disk I/O error');
  };
  expect(() => inSnapshot(db, failing)).toThrow('disk I/O error');
  expect(inSnapshot(db, () => db.prepare('SELECT 1 AS one').get()?.one)).toBe(1);
  db.close();
});
