import { describe, expect, it } from 'vitest';
import { scanSource } from './scan-source.ts';

const texts = (source: string) => scanSource(source).literals.map((literal) => literal.text);
/** The start of an expression in a template; spelled out, a string that holds it looks like a mistake. */
const OPEN = '$' + '{';

describe('scanSource', () => {
  it('removes comments and keeps line breaks', () => {
    expect(scanSource("a; // it's one\n/* two\n lines */ b;").code).toBe('a; \n\n b;');
  });

  it('does not take what looks like a comment inside a literal for one', () => {
    expect(texts("f('https://x', 'packages/**/*.ts', \"/*\")")).toEqual([
      'https://x',
      'packages/**/*.ts',
      '/*',
    ]);
  });

  it('does not take what looks like a literal inside a comment or a regular expression for one', () => {
    expect(texts("/* 'a' */ x = /['\"]/; // 'b'\nreturn /[/']/.test('c');")).toEqual(['c']);
  });

  it('tells a division from a regular expression', () => {
    expect(texts("n = a / 2; m = (b) / c; f('x')")).toEqual(['x']);
  });

  it('reads escapes', () => {
    expect(texts(String.raw`f('it\'s', "a\nb")`)).toEqual(["it's", 'a\nb']);
  });

  it('reads the pieces of a template and the code between them', () => {
    const source = `f(\`a ${OPEN}g({ x: 'b' })} c\n${OPEN}\`d\`}\`);\nh('e')`;
    expect(texts(source)).toEqual(['a ', 'b', ' c\n', 'd', '', 'e']);
  });

  it('knows the line of each literal', () => {
    const source = `'a'\n\`b\n${OPEN}1}\`\n/*\n*/ 'c'`;
    expect(scanSource(source).literals.map((literal) => literal.line)).toEqual([1, 2, 3, 5]);
  });

  it('shows what stands in front of a literal', () => {
    expect(scanSource("it.skip('name')").literals[0]?.before).toBe('it.skip(');
  });
});
