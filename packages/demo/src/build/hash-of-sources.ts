import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const sourcesOf = (name: string) => dirname(fileURLToPath(import.meta.resolve(name)));

/** Names a build: it changes with whatever the page is made of. */
export async function hashOfSources(): Promise<string> {
  const folders = [join(PACKAGE, 'src'), sourcesOf('@parley/client'), sourcesOf('@parley/protocol')];
  const files = (await Promise.all(folders.map(filesIn))).flat();
  const libraries = ['react', 'react-dom', 'vite'].map((name) =>
    fileURLToPath(import.meta.resolve(`${name}/package.json`)),
  );
  const hash = createHash('sha256');
  for (const file of [...files, ...libraries]) hash.update(file).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
