import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findDeadLinks, listFiles } from './check-links.ts';

const FENCE = '```';
const SOURCES = ['README.md', 'docs/guide.md', 'packages/server/src/domain/send.ts', 'tools/run.mjs'];

/** What is found in a page of this text. */
function check(text: string, file = 'docs/page.md', guide = '# A guide\n') {
  return findDeadLinks([...SOURCES, file], (path) => {
    if (path === file) return text;
    return path === 'docs/guide.md' ? guide : '';
  });
}
const sentences = (...args: Parameters<typeof check>) => check(...args).map(({ sentence }) => sentence);

describe('links', () => {
  it('may lead to files and folders, from the page or from the root', () => {
    const links = [
      'guide.md',
      './guide.md',
      '../README.md',
      '../packages',
      '/tools/run.mjs',
      '/',
      '<guide.md>',
    ];
    expect(check(links.map((link) => `[x](${link})`).join('\n'))).toEqual([]);
  });

  it('must not lead to what does not exist, in any way of writing them', () => {
    const text =
      '[a](gone.md)\n![b](gone.png "title")\n[c]: gone.txt\n<a href="gone.html">d</a>\n[`e`](gone.ts)';
    expect(check(text)).toEqual(
      ['gone.md', 'gone.png', 'gone.txt', 'gone.html', 'gone.ts'].map((name, index) => ({
        file: 'docs/page.md',
        line: index + 1,
        sentence: `links to "${name}", which does not exist.`,
      })),
    );
  });

  it('are compared letter by letter and do not leave the repository', () => {
    expect(sentences('[x](Guide.md) [y](../../main.md)')).toHaveLength(2);
  });

  it('may lead anywhere in the web', () => {
    expect(check('[x](https://example.com/a.md) [y](mailto:a@b.c) <https://example.com>')).toEqual([]);
  });

  it('are not seen in code, comments and escaped brackets', () => {
    expect(
      check(`${FENCE}md\n[a](gone.md)\n${FENCE}\n\`[b](gone.md)\` <!-- [c](gone.md) --> \\[d\\](gone.md)`),
    ).toEqual([]);
  });
});

describe('anchors', () => {
  const guide = '# A guide\n## The `one`, and [two](../README.md)!\n## Twice\n## Twice\n<a id="named"></a>\n';

  it('are the headings as GitHub spells them', () => {
    const anchors = ['a-guide', 'the-one-and-two', 'twice', 'twice-1', 'named'];
    expect(
      check(anchors.map((anchor) => `[x](guide.md#${anchor})`).join('\n'), 'docs/page.md', guide),
    ).toEqual([]);
    expect(check('# Über uns\n[x](#über-uns) [y](#%C3%BCber-uns)')).toEqual([]);
  });

  it('must exist', () => {
    expect(sentences('[x](guide.md#thrice) [y](#here)', 'docs/page.md', guide)).toEqual([
      'links to "guide.md#thrice", but no heading there has that anchor.',
      'links to "#here", but no heading there has that anchor.',
    ]);
  });

  it('are not looked for in other files', () => {
    expect(check('[x](../tools/run.mjs#L3)')).toEqual([]);
  });
});

describe('paths in backticks', () => {
  it('may be short for a path in the server', () => {
    const paths = [
      'packages/server/src/domain/send.ts',
      'server/src',
      'domain/send.ts',
      'domain/',
      'guide.md',
      'send.ts',
    ];
    expect(check(paths.map((path) => `\`${path}\``).join(' '))).toEqual([]);
  });

  it('must exist', () => {
    const paths = ['domain/receive.ts', 'receive.ts', 'tools/walk', 'rooms/', 'docs/lost.md'];
    expect(sentences(paths.map((path) => `\`${path}\``).join(' '))).toEqual(
      paths.map((path) => `names \`${path}\`, which does not exist.`),
    );
  });

  it('are told from everything else that stands there', () => {
    const others = [
      'a/b',
      '/v1/route',
      './data',
      '*.test.ts',
      'node_modules/x/y.ts',
      'npm run x/y.ts',
      'im.json',
      '…',
    ];
    expect(check(others.map((text) => `\`${text}\``).join(' '))).toEqual([]);
  });

  it('are not looked for in code blocks', () => {
    expect(check(`${FENCE}sh\ncat \`domain/gone.ts\`\n${FENCE}`)).toEqual([]);
  });
});

describe('the repository', () => {
  it('does not hold what git ignores, such as the data of a server that ran in it', () => {
    const root = mkdtempSync(join(tmpdir(), 'parley-links-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const kept = ['.gitignore', 'docs/page.md', 'docs/data.md'];
    for (const file of [...kept, '.git/HEAD', 'data/parley.db', 'packages/server/node_modules/a/README.md']) {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      writeFileSync(join(root, file), 'node_modules/\ndata/\n*.log\n');
    }
    expect(listFiles(root).sort()).toEqual(kept.sort());
  });
});
