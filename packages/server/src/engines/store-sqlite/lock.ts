import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DatabaseInUse, DatabaseUnusable, DiskFull } from './failures.ts';

/**
 * Keeps every other process off the data for as long as this one lives. A lock of the operating system on a file
 * beside the database, taken through SQLite: it vanishes with the process, however that ends.
 *
 * @returns releases the lock
 * @throws DatabaseInUse, DatabaseUnusable
 */
export function lockData(path: string): () => void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
    const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
    // In this mode the lock of a transaction is kept after it ends, until the connection is closed.
    lock.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1; COMMIT',
    );
    return () => lock.close();
  } catch (error) {
    throw explain(error, folder);
  }
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_FULL = 13;

/** Says in one sentence why the data cannot be used, and what to do. */
export function explain(error: unknown, folder: string): DatabaseUnusable {
  if (error instanceof DatabaseUnusable) return error;
  const { code, errcode, message } = error as { code?: string; errcode?: number; message?: string };
  const primary = errcode === undefined ? undefined : errcode & 0xff;
  if (primary === SQLITE_BUSY || primary === SQLITE_LOCKED) {
    return new DatabaseInUse(
      `The data in ${folder} is in use by another Parley process: stop that one, or set PARLEY_DATA_DIR to another folder.`,
    );
  }
  if (code === 'ENOSPC' || primary === SQLITE_FULL) {
    return new DiskFull(
      `The disk that holds ${folder} is full: make room, or set PARLEY_DATA_DIR to another disk.`,
    );
  }
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new DatabaseUnusable(`${folder} is not a folder: set PARLEY_DATA_DIR to a folder.`);
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || primary === 8 || primary === 14) {
    return new DatabaseUnusable(
      `The data folder ${folder} cannot be written: give this user the right to write there, or set PARLEY_DATA_DIR to another folder.`,
    );
  }
  if (primary === 11 || primary === 26) {
    return new DatabaseUnusable(
      `The database in ${folder} is damaged (${message ?? ''}): restore a backup, or set PARLEY_DATA_DIR to another folder.`,
    );
  }
  return new DatabaseUnusable(
    `The database in ${folder} cannot be opened (${message ?? code ?? 'unknown reason'}).`,
  );
}
