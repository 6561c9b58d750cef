import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOfSources } from '../src/build/hash-of-sources.ts';
import { preparePage } from '../src/build/prepare-page.ts';

const PATIENCE = 120_000;
let dist: string;

beforeEach(async () => {
  dist = await mkdtemp(join(tmpdir(), 'parley-dist-'));
});
afterEach(() => rm(dist, { recursive: true, force: true }));

describe('the build of the page', { timeout: PATIENCE }, () => {
  it('leaves one page, that of these sources, and is not done twice', async () => {
    await mkdir(join(dist, 'of-other-sources'));
    let builds = 0;
    const first = await preparePage(() => builds++, dist);
    expect(first.get('index.html')?.bytes.toString()).toContain('<div id="root">');
    expect(await preparePage(() => builds++, dist)).toEqual(first);
    expect(builds).toBe(1);
    expect(await readdir(dist)).toEqual([await hashOfSources()]);
  });

  it('takes the page of another server that was faster with the same', async () => {
    const folder = join(dist, await hashOfSources());
    const another = () => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'index.html'), 'by another');
    };
    const files = await preparePage(another, dist);
    expect(files.get('index.html')?.bytes.toString()).toBe('by another');
    expect(await readdir(dist)).toEqual([await hashOfSources()]);
  });

  it('says so where it cannot put the page anywhere', async () => {
    const blocked = join(dist, 'file');
    await writeFile(blocked, '');
    await expect(preparePage(() => {}, blocked)).rejects.toThrow();
  });
});
