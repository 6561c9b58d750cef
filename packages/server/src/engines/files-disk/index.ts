import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkFileName } from '../../domain/ports/file-name.ts';
import { FileMissing, type FileStore, NoRoomForFiles } from '../../domain/ports/files.ts';

/** Where uploads are until they are whole; on the same disk, so that they can be moved. */
const UNFINISHED = 'unfinished';

/** The database is usually on the same disk, and chatting must go on when uploads have filled it. */
const KEPT_FREE = 1024 ** 3;
/** Bytes written between two looks at the disk. */
const LOOK_EVERY = 16 * 1024 ** 2;

/**
 * Files in a folder of this machine. What was under way when the process ended is thrown away at the next start.
 *
 * @param keptFree bytes of the disk that files leave to others
 */
export async function openFilesOnDisk(folder: string, keptFree = KEPT_FREE): Promise<FileStore> {
  const unfinished = join(folder, UNFINISHED);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const pathOf = (name: string) => {
    checkFileName(name);
    return join(folder, name);
  };
  return {
    async write(name, bytes) {
      const path = pathOf(name);
      const draft = join(unfinished, randomUUID());
      const file = await open(draft, 'wx', 0o600);
      try {
        // Readers may come the moment it has its name, and a crash must not leave a name without bytes.
        const stream = file.createWriteStream({ flush: true });
        await pipeline(whileThereIsRoom(bytes, folder, keptFree), stream);
        const size = stream.bytesWritten;
        await mkdir(dirname(path), { recursive: true });
        await rename(draft, path);
        return { size };
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      } finally {
        await file.close().catch(() => {});
      }
    },
    async read(name, range) {
      const file = await open(pathOf(name), 'r').catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? new FileMissing(`There is no file ${name}.`) : error;
      });
      return file.createReadStream(range);
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
    },
    async close() {},
  };
}

async function* whileThereIsRoom(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
  keptFree: number,
): AsyncGenerator<Uint8Array> {
  let untilNextLook = 0;
  for await (const piece of bytes) {
    if (untilNextLook <= 0) {
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < keptFree)
        throw new NoRoomForFiles(`Less than ${keptFree} bytes of the disk are free.`);
      untilNextLook = LOOK_EVERY;
    }
    untilNextLook -= piece.length;
    yield piece;
  }
}
