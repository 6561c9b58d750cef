import { fdatasync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { LogGate } from '../log-gate.ts';
import { BUSY_TIMEOUT } from '../open-database.ts';

const flush = promisify(fdatasync);

/** Bytes after which the write-ahead log begins again at its start. */
const LONG_LOG = 64 * 1024 * 1024;
/** A log that could not begin again for so long is worth a moment in which nothing is written. */
const ENDLESS_LOG = 4 * LONG_LOG;
/** Milliseconds that writing may have to wait for the end of a read. */
const PATIENCE = 100;

/**
 * Merges what is committed from the write-ahead log into the database, beside the traffic. Under steady traffic there
 * is always something left to merge, so a long log has to be made to begin again, for which nobody may write. What
 * takes long about that is done before: nearly everything is merged, and on the disk.
 *
 * The file of the log is not cut: with file systems that tell the disk what they free, that took up to three seconds
 * under load, and a log that grows again has every commit change the file's size.
 */
export class LogMerger {
  readonly #db: DatabaseSync;
  readonly #file: number;
  readonly #gate: LogGate;
  readonly #pageBytes: number;
  #isMerging = false;
  #isClosed = false;

  /**
   * @param file descriptor of the database file
   * @param gate what the writer's transactions pass
   */
  constructor(db: DatabaseSync, file: number, gate: LogGate) {
    this.#db = db;
    this.#file = file;
    this.#gate = gate;
    this.#pageBytes = Number(db.prepare('PRAGMA page_size').get()?.page_size);
  }

  /** What cannot be done now, because the writer or a reader is in the way, is left for the next time. */
  async merge(): Promise<void> {
    if (this.#isMerging) return;
    this.#isMerging = true;
    try {
      if (this.#mergeBeside() <= LONG_LOG) return;
      await flush(this.#file);
      if (!this.#isClosed) this.#beginAgain(this.#mergeBeside());
    } catch {
      // A full disk, say: whoever writes hears of it.
    } finally {
      this.#isMerging = false;
    }
  }

  /** The database is about to be closed. */
  close(): void {
    this.#isClosed = true;
  }

  /** Answers how many bytes of pages the log has. */
  #mergeBeside(): number {
    const { log } = this.#db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() as { readonly log: number };
    return log * this.#pageBytes;
  }

  #beginAgain(bytes: number): void {
    this.#db.exec(`PRAGMA busy_timeout = ${bytes > ENDLESS_LOG ? BUSY_TIMEOUT : PATIENCE}`);
    try {
      this.#gate.shutDuring(() => this.#db.exec('PRAGMA wal_checkpoint(RESTART)'));
    } finally {
      this.#db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    }
  }
}
