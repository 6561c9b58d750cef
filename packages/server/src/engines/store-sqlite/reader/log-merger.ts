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
/** Milliseconds that writing may have to wait for the end of a read, and for an endless log. */
const PATIENCE = 100;
const LONG_PATIENCE = 500;
/** Bytes that cannot be merged because somebody reads what was before them: that takes longer than any patience. */
const HELD_BACK = LONG_LOG / 2;
/** Of the time, writing waits for reads a part of this size at most. */
const PART = 1 / 10;

/**
 * Merges what is committed from the write-ahead log into the database, beside the traffic. Under steady traffic there
 * is always something left to merge, so a long log has to be made to begin again, for which nobody may write. What
 * takes long about that is done before: nearly everything is merged, and on the disk.
 *
 * Somebody may read the same state for minutes, such as a backup. Nothing is written while SQLite waits for that, so
 * waiting has an end, and the log grows meanwhile.
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
  /** As `performance.now()`. */
  #patientFrom = 0;
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
      if (this.#mergeBeside().bytes <= LONG_LOG) return;
      await flush(this.#file);
      if (this.#isClosed) return;
      const { bytes, unmerged } = this.#mergeBeside();
      if (unmerged <= HELD_BACK && performance.now() >= this.#patientFrom) this.#beginAgain(bytes);
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

  /** Answers how many bytes of pages the log has, and how many of them are in no other place yet. */
  #mergeBeside(): { readonly bytes: number; readonly unmerged: number } {
    const { log, checkpointed } = this.#db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() as {
      readonly log: number;
      readonly checkpointed: number;
    };
    return { bytes: log * this.#pageBytes, unmerged: (log - checkpointed) * this.#pageBytes };
  }

  #beginAgain(bytes: number): void {
    const began = performance.now();
    this.#db.exec(`PRAGMA busy_timeout = ${bytes > ENDLESS_LOG ? LONG_PATIENCE : PATIENCE}`);
    try {
      this.#gate.shutDuring(() => this.#db.exec('PRAGMA wal_checkpoint(RESTART)'));
    } finally {
      this.#db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
      const ended = performance.now();
      this.#patientFrom = ended + (ended - began) / PART;
    }
  }
}
