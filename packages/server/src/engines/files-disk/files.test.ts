import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeFileStore } from '../../domain/ports/files.contract.ts';
import { NoRoomForFiles } from '../../domain/ports/files.ts';
import { openFilesOnDisk } from './index.ts';

const folderOf = () => mkdtemp(join(tmpdir(), 'parley-files-'));

describeFileStore({
  name: 'on disk',
  async open() {
    const folder = await folderOf();
    return {
      files: await openFilesOnDisk(folder),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
});

it('leave a part of the disk to messages', async () => {
  const folder = await folderOf();
  const files = await openFilesOnDisk(folder, Number.MAX_SAFE_INTEGER);
  async function* bytes() {
    yield Buffer.from('x');
  }
  await expect(files.write('1/aa', bytes(), { mimeType: 'image/png' })).rejects.toThrow(NoRoomForFiles);
  expect(await readdir(join(folder, 'unfinished'))).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

it('what a crash left unfinished is thrown away at the next start', async () => {
  const folder = await folderOf();
  await openFilesOnDisk(folder);
  await writeFile(join(folder, 'unfinished', 'half'), 'half');
  await openFilesOnDisk(folder);
  expect(await readdir(join(folder, 'unfinished'))).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});
