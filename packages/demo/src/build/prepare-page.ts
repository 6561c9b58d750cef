import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hashOfSources } from './hash-of-sources.ts';
import { type PageFiles, readPage } from './read-page.ts';

const run = promisify(execFile);
const BUILD = fileURLToPath(new URL('run-build.ts', import.meta.url));
const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
/** What the folder of a build that goes on is called. */
const BUILDING = 'building-';
/** A build takes some two seconds; one that hangs must not hang whoever asks for the page. */
const PATIENCE = 120_000;

/**
 * The page, built unless these very sources were built before. In a process of its own, because a server has better
 * things to do, and into a folder of its own first, because two servers may start at once.
 *
 * @param building told before a build begins
 * @param dist where builds are kept
 */
export async function preparePage(building: () => void, dist = DIST): Promise<PageFiles> {
  const folder = join(dist, await hashOfSources());
  if (!existsSync(folder)) {
    building();
    await build(folder);
  }
  return readPage(folder);
}

async function build(folder: string): Promise<void> {
  const dist = dirname(folder);
  await mkdir(dist, { recursive: true });
  const old = (await readdir(dist)).filter((name) => isOfOtherSources(name, folder));
  const temporary = await mkdtemp(join(dist, BUILDING));
  try {
    await run(process.execPath, [BUILD, temporary], {
      timeout: PATIENCE,
      // Whatever this process is: React has a slower half for those who develop it.
      env: { ...process.env, NODE_ENV: 'production' },
    });
    await rename(temporary, folder).catch((error: unknown) => {
      // Another process was faster with the same.
      if (!existsSync(folder)) throw error;
    });
    await Promise.all(old.map((name) => rm(join(dist, name), { recursive: true, force: true })));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function isOfOtherSources(name: string, folder: string): boolean {
  return !name.startsWith(BUILDING) && name !== basename(folder);
}
