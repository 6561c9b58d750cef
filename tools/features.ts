// Writes docs/reference/features.md: every feature with the tests whose names begin with its id, or "not yet".
// With --check it writes nothing and fails when the page is stale.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scanSource } from './scan-source.ts';

const LIST = 'docs/reference/features.json';
const PAGE = 'docs/reference/features.md';
const TESTS = [
  'packages/**/*.{test,contract}.ts',
  'conformance/**/*.test.ts',
  'examples/**/*.test.ts',
  'tools/**/*.test.ts',
];

interface Group {
  readonly id: string;
  readonly title: string;
  /** What each feature says, by id. */
  readonly features: Readonly<Record<string, string>>;
}

/** A test, or a group of tests, whose name begins with the id of a feature. */
export interface Mention {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** The name without the ids. */
  readonly test: string;
}

const IDS_IN_FRONT = /^(?:\[F-[^\]]*\])+/;
const FIRST_ARGUMENT = /\(\s*$/;
/** What is skipped or only planned proves nothing. */
const UNPROVEN = /\.(?:skip|todo|fails)\b/;

/** Every `[F-…]` with which the name of a test begins, several side by side included. */
export function readMentions(file: string, text: string): Mention[] {
  return scanSource(text).literals.flatMap(({ text: name, line, isEnd, before }) => {
    const ids = IDS_IN_FRONT.exec(name)?.[0];
    if (ids === undefined || !FIRST_ARGUMENT.test(before) || UNPROVEN.test(calleeAtEnd(before))) return [];
    const test = name.slice(ids.length).trim() + (isEnd ? '' : '…');
    return ids
      .slice(1, -1)
      .split('][')
      .map((id) => ({ id, file, line, test }));
  });
}

/** `it.each` of `it.each(table)(`: what is called, whatever was called in front of it. */
function calleeAtEnd(before: string): string {
  let end = before.search(FIRST_ARGUMENT);
  if (before.charAt(end - 1) === ')') {
    for (let depth = 0; end > 0; ) {
      const char = before.charAt(--end);
      if (char === ')') depth++;
      if (char === '(' && --depth === 0) break;
    }
  }
  return /[\w.$\s]*$/.exec(before.slice(0, end))?.[0].trim() ?? '';
}

export function renderPage(groups: readonly Group[], mentions: readonly Mention[]): string {
  const proofs = Map.groupBy(mentions, ({ id }) => id);
  const total = groups.flatMap(({ features }) => Object.keys(features));
  const proven = total.filter((id) => proofs.has(id));

  const tables = groups.map(({ id, title, features }) => {
    const rows = Object.entries(features).map(([feature, says]) => {
      return `| ${feature} | ${says} | ${renderTests(proofs.get(feature) ?? [])} |`;
    });
    return [`## ${title} (${id})`, '', '| Id | What it says | Tests |', '|---|---|---|', ...rows].join('\n');
  });
  return `${[
    '# Features',
    `Written by \`npm run features\` from [features.json](features.json) and the names of the tests; do not edit. A test
that proves a feature begins its name with the id in brackets. ${proven.length} of ${total.length} features have a test.`,
    ...tables,
  ].join('\n\n')}\n`;
}

/** Files and names in order of the alphabet: a test that moves within its file changes nothing. */
function renderTests(mentions: readonly Mention[]): string {
  const files = [...Map.groupBy(mentions, ({ file }) => file)].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = files.map(([file, tests]) => {
    const names = [...new Set(tests.map(({ test }) => test))].sort().map((name) => `“${asPlainText(name)}”`);
    return `${link(file)}: ${names.join(', ')}`;
  });
  return lines.join('<br>') || 'not yet';
}

function link(file: string): string {
  const name = file.replace(/^packages\//, '').replace(/\/src\//, '/');
  return `[${name}](${posix.relative(dirname(PAGE), file)})`;
}

/** A name is no Markdown, and must not end its cell. */
function asPlainText(name: string): string {
  return name.replace(/[\\`*_[\]<>|]/g, '\\$&').replace(/\s+/g, ' ');
}

/** Ids in test names that no feature has: most likely mistyped. */
export function findUnknown(groups: readonly Group[], mentions: readonly Mention[]): Mention[] {
  return mentions.filter(({ id }) => !groups.some(({ features }) => Object.hasOwn(features, id)));
}

function main(root: string, checkOnly: boolean): number {
  const { groups }: { readonly groups: readonly Group[] } = JSON.parse(
    readFileSync(join(root, LIST), 'utf8'),
  );
  const mentions = globSync(TESTS, { cwd: root, exclude: (path) => path.includes('node_modules') })
    .map((file) => file.replaceAll('\\', '/'))
    .flatMap((file) => readMentions(file, readFileSync(join(root, file), 'utf8')));

  const unknown = findUnknown(groups, mentions);
  for (const { id, file, line } of unknown) console.error(`${file}:${line}: ${id} is not in ${LIST}.`);
  if (unknown.length > 0) return 1;

  const page = renderPage(groups, mentions);
  const path = join(root, PAGE);
  const isFresh = existsSync(path) && readFileSync(path, 'utf8') === page;
  if (checkOnly && !isFresh) {
    console.error(`${PAGE} is stale. Run "npm run features" and commit it.`);
    return 1;
  }
  if (!isFresh) writeFileSync(path, page);
  console.log(`${PAGE} ${checkOnly || isFresh ? 'is up to date' : 'written'}.`);
  return 0;
}

if (import.meta.main) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  process.exit(main(root, process.argv.includes('--check')));
}
