import { closeSync, openSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogGate } from '../log-gate.ts';
import { openForReading, openForWriting } from '../open-database.ts';
import { LogMerger } from './log-merger.ts';

const MEGABYTE = 1024 * 1024;
/** As long as a log gets before it begins again. */
const LONG = 64 * MEGABYTE;

let folder: string;
let path: string;
let writer: DatabaseSync;
let reader: DatabaseSync;
let file: number;
let merger: LogMerger;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-log-'));
  path = join(folder, 'parley.db');
  writer = openForWriting(path);
  writer.exec('PRAGMA synchronous = OFF; CREATE TABLE sums (n INTEGER, filler BLOB)');
  reader = openForReading(path);
  file = openSync(path, 'r+');
  merger = new LogMerger(reader, file, new LogGate());
});

afterEach(async () => {
  for (const db of [reader, writer]) if (db.isOpen) db.close();
  closeSync(file);
  await rm(folder, { recursive: true, force: true });
});

/** Puts so many bytes into the log, in commits of a megabyte. */
function write(bytes: number): void {
  for (let written = 0; written < bytes; written += MEGABYTE) {
    writer.prepare('INSERT INTO sums VALUES (?, ?)').run(written, new Uint8Array(MEGABYTE));
  }
}

const rows = (db: DatabaseSync) => (db.prepare('SELECT count(*) AS n FROM sums').get() as { n: number }).n;
const logBytes = () => statSync(`${path}-wal`).size;

describe('merging the write-ahead log', () => {
  it('lets a long log begin again at its start, with everything in the database', async () => {
    write(LONG + 2 * MEGABYTE);
    const longest = logBytes();
    await merger.merge();
    write(LONG / 2);
    expect(logBytes()).toBe(longest);
    expect(rows(reader)).toBe(98);
  });

  it('leaves a log alone that is not long', async () => {
    write(10 * MEGABYTE);
    const before = logBytes();
    await merger.merge();
    expect(reader.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()).toMatchObject({ busy: 0 });
    expect(logBytes()).toBe(before);
  });

  it('cuts a log that had become very long', async () => {
    write(9 * LONG);
    await merger.merge();
    write(MEGABYTE);
    expect(logBytes()).toBeLessThanOrEqual(8 * LONG);
    expect(rows(reader)).toBe(577);
  });

  it('keeps nobody from writing for as long as somebody reads what is old, and succeeds after that', async () => {
    const searcher = openForReading(path);
    write(MEGABYTE);
    searcher.exec('BEGIN');
    expect(rows(searcher)).toBe(1);
    write(LONG + 2 * MEGABYTE);
    await merger.merge();
    write(MEGABYTE);
    expect([rows(searcher), rows(writer)]).toEqual([1, 68]);
    searcher.exec('COMMIT');
    searcher.close();

    const longest = logBytes();
    await merger.merge();
    write(MEGABYTE);
    expect(logBytes()).toBe(longest);
    expect(rows(reader)).toBe(69);
  });

  it('does not even try while somebody reads what is old, however long the log becomes', async () => {
    const gate = new LogGate();
    let attempts = 0;
    const shut = gate.shutDuring.bind(gate);
    gate.shutDuring = (work) => {
      attempts++;
      shut(work);
    };
    merger = new LogMerger(reader, file, gate);
    const backup = openForReading(path);
    write(MEGABYTE);
    backup.exec('BEGIN');
    expect(rows(backup)).toBe(1);
    write(5 * LONG);
    await merger.merge();
    await merger.merge();
    expect(attempts).toBe(0);
    backup.exec('COMMIT');
    backup.close();
    await merger.merge();
    expect(attempts).toBe(1);
    const longest = logBytes();
    write(MEGABYTE);
    expect(logBytes()).toBeLessThanOrEqual(longest);
    expect(rows(reader)).toBe(322);
  });

  it('waits for no writer in the middle of a transaction', async () => {
    write(LONG + 2 * MEGABYTE);
    writer.exec('BEGIN IMMEDIATE');
    await merger.merge();
    writer.exec('COMMIT');
    await merger.merge();
    const longest = logBytes();
    write(MEGABYTE);
    expect(logBytes()).toBe(longest);
  });

  it('does nothing with a database that is closed meanwhile', async () => {
    write(LONG + 2 * MEGABYTE);
    const merging = merger.merge();
    merger.close();
    reader.close();
    await merging;
    expect(rows(writer)).toBe(66);
  });
});
