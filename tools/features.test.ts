import { describe, expect, it } from 'vitest';
import { findUnknown, readMentions, renderPage } from './features.ts';

const ids = (text: string) => readMentions('x.test.ts', text).map(({ id }) => id);
const GROUPS = [
  { id: 'XX', title: 'Examples', features: { 'F-XX-01': 'One is done.', 'F-XX-02': 'Two is not.' } },
];

describe('readMentions', () => {
  it('finds the ids with which names of tests begin', () => {
    expect(
      ids("it('[F-XX-01][F-XX-02] does both', () => {});\ndescribe(`[F-XX-03] group`, () => {});"),
    ).toEqual(['F-XX-01', 'F-XX-02', 'F-XX-03']);
  });

  it('finds them in tables of cases and in names with pieces', () => {
    const name = '`[F-XX-02] works with $' + '{sdk}`';
    expect(ids(`it.each([['a', 1]])('[F-XX-01] %s', (a) => {});\ntest(${name}, () => {});`)).toEqual([
      'F-XX-01',
      'F-XX-02',
    ]);
  });

  it('takes no proof from comments, other strings and tests that do not run', () => {
    const text = [
      "// it('[F-XX-01] in a comment')",
      "const text = '[F-XX-02] elsewhere';",
      "it.skip('[F-XX-03] skipped', () => {});",
      "it.todo('[F-XX-04] planned');",
      "it('[F-XX-05] runs', () => {});",
    ];
    expect(ids(text.join('\n'))).toEqual(['F-XX-05']);
  });

  it('sees a skipped table of cases, whatever it holds', () => {
    expect(ids("it.skip.each([['a', () => f(1)]])('[F-XX-01] %s');")).toEqual([]);
    expect(ids("it.todo('later');\nwithTls('[F-XX-02] is no part of what stands before it');")).toEqual([
      'F-XX-02',
    ]);
  });

  it('knows file, line and name', () => {
    expect(readMentions('a/b.test.ts', "\nit('[F-XX-01] says x')")).toEqual([
      { id: 'F-XX-01', file: 'a/b.test.ts', line: 2, test: 'says x' },
    ]);
  });

  it('leaves out what a name gets only when it runs', () => {
    const name = '`[F-XX-02] works with $' + '{sdk} too`';
    expect(readMentions('a/b.test.ts', `it(${name})`)).toMatchObject([{ test: 'works with…' }]);
  });
});

describe('renderPage', () => {
  const file = 'packages/server/src/domain/one.test.ts';
  const mention = (test: string, line: number) => ({ id: 'F-XX-01', file, line, test });

  it('links each file once with its tests, and says what has no test yet', () => {
    const page = renderPage(GROUPS, [mention('does it', 1), mention('and that', 9), mention('does it', 20)]);
    const link = `[server/domain/one.test.ts](../../${file})`;
    expect(page).toContain(`| F-XX-01 | One is done. | ${link}: “and that”, “does it” |`);
    expect(page).toContain('| F-XX-02 | Two is not. | not yet |');
    expect(page).toContain('1 of 2 features have a test.');
  });

  it('does not depend on where in its file a test stands', () => {
    const here = [mention('does it', 1), mention('and that', 9)];
    const there = [mention('and that', 2), mention('does it', 30)];
    expect(renderPage(GROUPS, here)).toBe(renderPage(GROUPS, there));
  });

  it('keeps a name inside its cell', () => {
    expect(renderPage(GROUPS, [mention('a|b <c> `d`', 1)])).toContain('“a\\|b \\<c\\> \\`d\\`” |');
  });
});

describe('findUnknown', () => {
  it('finds ids that no feature has', () => {
    const mention = { id: 'F-XX-99', file: 'x.test.ts', line: 1, test: 'does it' };
    expect(findUnknown(GROUPS, [mention, { ...mention, id: 'F-XX-01' }])).toEqual([mention]);
  });
});
