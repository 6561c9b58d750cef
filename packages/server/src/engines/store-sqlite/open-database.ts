import { DatabaseSync } from 'node:sqlite';

/** Milliseconds a connection waits for another one of this process, such as a checkpoint. */
export const BUSY_TIMEOUT = 10_000;
/**
 * What the file of the write-ahead log is cut to when the log begins again, had it become longer. Cutting and growing
 * cost as much time as all other writes when it was a quarter of this and a store was busy.
 */
const KEPT_LOG_BYTES = 512 * 1024 * 1024;
/**
 * Of a new database; one that is there keeps what it has. What costs time is the number of pages, and the end of a
 * conversation in the index is one of its own as soon as there are many messages.
 */
const PAGE_BYTES = 8192;
/** The most that SQLite maps. What lies beyond is read by system calls. */
const MMAP_BYTES = 0x7fff0000;
/** Negative: kibibytes. */
const CACHE = -64 * 1024;

/** The one connection that writes. A commit returns after its fsync. */
export function openForWriting(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  db.exec(`
    PRAGMA page_size = ${PAGE_BYTES};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = ${KEPT_LOG_BYTES};
    PRAGMA cache_size = ${CACHE};
    PRAGMA mmap_size = ${MMAP_BYTES};
    PRAGMA temp_store = MEMORY;
  `);
  return db;
}

export function openForReading(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  db.exec(`
    PRAGMA query_only = ON;
    PRAGMA cache_size = ${CACHE};
    PRAGMA mmap_size = ${MMAP_BYTES};
    PRAGMA temp_store = MEMORY;
  `);
  return db;
}
