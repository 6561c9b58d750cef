// Proves that the Markdown pages point at things that exist: relative links, their anchors, and paths in backticks.
// Addresses of the web are left alone; a check must not fail because somebody else's server does.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Page, type Place, readMarkdown } from './read-markdown.ts';

/** Where a path in backticks may start besides its own folder: pages about the server leave out the way to it. */
const BASES = ['', 'packages', 'packages/server/src'];
const HAS_SCHEME = /^(?:[a-z][a-z\d+.-]*:|\/\/)/i;
const PATH = /^[\w.][\w.-]*(?:\/[\w.-]+)*\/?$/;
const SOURCE_FILE = /\w\.(?:ts|tsx|mjs|proto)$/;
const FILE_OF_REPOSITORY = /\/[\w.-]+\.(?:ts|tsx|mjs|proto|md|json|yml|html|css)$/;

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly sentence: string;
}

/**
 * @param files every file of the repository, with `/` between folders
 * @param read gives the text of one of them
 */
export function findDeadLinks(files: readonly string[], read: (file: string) => string): Violation[] {
  const repository = new Repository(files, read);
  return files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => {
      const { links, codes } = repository.page(file);
      const violation = ({ line }: Place, sentence: string | undefined) =>
        sentence === undefined ? [] : [{ file, line, sentence }];
      return [
        ...links.flatMap((link) => violation(link, judgeLink(repository, file, link.text))),
        ...codes.flatMap((code) => violation(code, judgePath(repository, file, code.text))),
      ];
    });
}

class Repository {
  readonly #there: ReadonlySet<string>;
  readonly #names: ReadonlySet<string>;
  readonly #read: (file: string) => string;
  readonly #pages = new Map<string, Page>();

  constructor(files: readonly string[], read: (file: string) => string) {
    this.#there = new Set(['.', ...files.flatMap(withFolders)]);
    this.#names = new Set(files.map((file) => posix.basename(file)));
    this.#read = read;
  }

  /** Letter case counts, also where the file system does not care. */
  has(path: string): boolean {
    return this.#there.has(posix.normalize(path).replace(/\/$/, ''));
  }

  hasName(name: string): boolean {
    return this.#names.has(name);
  }

  page(file: string): Page {
    const page = this.#pages.get(file) ?? readMarkdown(this.#read(file));
    this.#pages.set(file, page);
    return page;
  }
}

function judgeLink(repository: Repository, file: string, link: string): string | undefined {
  if (HAS_SCHEME.test(link)) return undefined;
  const [path = '', anchor] = decodeURI(link).split('#', 2);
  const target = resolve(file, path);
  if (!repository.has(target)) return `links to "${path}", which does not exist.`;
  if (anchor === undefined || !target.endsWith('.md') || repository.page(target).anchors.has(anchor)) return;
  return `links to "${link}", but no heading there has that anchor.`;
}

/** A leading slash means the root of the repository, as on GitHub. */
function resolve(file: string, path: string): string {
  if (path === '') return file;
  return path.startsWith('/') ? posix.normalize(path.slice(1) || '.') : posix.join(dirname(file), path);
}

function judgePath(repository: Repository, file: string, code: string): string | undefined {
  if (!looksLikePath(repository, code)) return undefined;
  if (!code.includes('/') && repository.hasName(code)) return undefined;
  if ([dirname(file), ...BASES].some((base) => repository.has(posix.join(base, code)))) return undefined;
  return `names \`${code}\`, which does not exist.`;
}

/** Much stands in backticks: only what nobody could mean otherwise is held to be a path. */
function looksLikePath(repository: Repository, code: string): boolean {
  if (!PATH.test(code) || /^\.{0,2}\/?$/.test(code) || code.includes('node_modules')) return false;
  if (!code.includes('/')) return SOURCE_FILE.test(code);
  // A path from wherever the reader happens to be.
  if (code.startsWith('./')) return false;
  const [top = ''] = code.split('/');
  return FILE_OF_REPOSITORY.test(code) || code.endsWith('/') || repository.has(top);
}

function withFolders(file: string): string[] {
  const folder = dirname(file);
  return folder === '.' ? [file] : [file, ...withFolders(folder)];
}

/** Every file of the repository. Folders that git ignores are no part of it, such as the data of a server that ran. */
export function listFiles(root: string): string[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').matchAll(/^([\w.-]+)\/$/gm);
  return filesIn(root, '', new Set(['.git', ...[...ignored].map(([, folder = '']) => folder)]));
}

function filesIn(root: string, folder: string, skipped: ReadonlySet<string>): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(root, path, skipped) : [path];
  });
}

if (import.meta.main) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const violations = findDeadLinks(listFiles(root), (file) => readFileSync(join(root, file), 'utf8'));
  for (const { file, line, sentence } of violations) console.error(`${file}:${line}: ${sentence}`);
  if (violations.length === 0) console.log('Every link and path in the docs exists.');
  process.exit(violations.length === 0 ? 0 : 1);
}
