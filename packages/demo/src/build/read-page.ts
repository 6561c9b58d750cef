import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** One file of the page, as a server sends it. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Whether its name changes with its content, so that nobody needs to ask for it twice. */
  readonly isImmutable: boolean;
}

/** The files of the page by their path from its root, such as `index.html`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html;charset=utf-8',
  '.js': 'text/javascript;charset=utf-8',
  '.css': 'text/css;charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** Into memory: a few hundred kilobytes, and a path that is not among them leads nowhere. */
export async function readPage(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return new Map(
    await Promise.all(
      paths.map(async (path): Promise<[string, PageFile]> => {
        const name = path.replaceAll('\\', '/');
        const file = {
          type: TYPES[extname(name)] ?? 'application/octet-stream',
          bytes: await readFile(join(folder, path)),
          isImmutable: name.startsWith('assets/'),
        };
        return [name, file];
      }),
    ),
  );
}
