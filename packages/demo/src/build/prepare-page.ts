import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hashOfSources } from './hash-of-sources.ts';
import { type PageFiles, readPage } from './read-page.ts';

const run = promisify(execFile);
const BUILD = fileURLToPath(new URL('run-build.ts', import.meta.url));
const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
/** A build takes some two seconds; one that hangs must not hang whoever asks for the page. */
const PATIENCE = 120_000;

/**
 * The page, built unless these very sources were built before. In a process of its own, because a server has better
 * things to do, and into a folder of its own first, because two servers may start at once.
 *
 * @param building told before a build begins
 */
export async function preparePage(building: () => void): Promise<PageFiles> {
  const folder = join(DIST, await hashOfSources());
  if (!existsSync(folder)) {
    building();
    await build(folder);
  }
  return readPage(folder);
}

async function build(folder: string): Promise<void> {
  // Whatever was there is of other sources.
  const old = existsSync(DIST) ? (await readdir(DIST)).filter((name) => !name.startsWith('building-')) : [];
  const temporary = await mkdtempIn(DIST);
  try {
    await run(process.execPath, [BUILD, temporary], {
      timeout: PATIENCE,
      // Whatever this process is: React has a slower half for those who develop it.
      env: { ...process.env, NODE_ENV: 'production' },
    });
    // Another process may have been faster with the same.
    if (!existsSync(folder)) await rename(temporary, folder);
    await Promise.all(old.map((name) => rm(join(DIST, name), { recursive: true, force: true })));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function mkdtempIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return mkdtemp(join(folder, 'building-'));
}
