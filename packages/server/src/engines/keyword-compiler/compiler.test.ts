import { describe, expect, it } from 'vitest';
import { compileKeywords } from '../../domain/keyword-filter/compile-keywords.ts';
import { maskKeywords } from '../../domain/keyword-filter/mask-keywords.ts';
import { threadedKeywordCompiler } from './index.ts';

describe('compiling keywords in a thread', () => {
  const compiler = threadedKeywordCompiler();

  it('comes to what compiling here comes to', async () => {
    const file = 'bad\n\nworse \n敏感词\nBAD';
    const compiled = await compiler.compile(file);
    expect(compiled).toEqual(compileKeywords(file));
    expect(compiled).toMatchObject({ list: 'bad\nworse\n敏感词\nBAD', count: 4 });
    expect(await compiler.compile('\n')).toEqual({ list: '', count: 0 });
  });

  it('[F-MOD-08] lets the server go on meanwhile, also with the longest list', async () => {
    const file = Array.from({ length: 100_000 }, (_, index) => `keyword ${index}`).join('\n');
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns++;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const { automaton, count } = await compiler.compile(file);
    isDone = true;
    expect(count).toBe(100_000);
    expect(turns).toBeGreaterThan(100);
    if (automaton === undefined) throw new Error('Nothing was compiled.');
    expect(maskKeywords(automaton, 'keyword 99999, keyword 5 and keyword')).toBe('***, *** and keyword');
  });

  it('refuses as the domain does, and takes the next list', async () => {
    const tooLong = compiler.compile(`fine\n${'x'.repeat(101)}`);
    const fine = compiler.compile('fine');
    await expect(tooLong).rejects.toMatchObject({
      name: 'DataError',
      reason: 'BAD_ARGUMENT',
      message: 'Line 2 has 101 characters; a keyword has at most 100.',
    });
    expect((await fine).count).toBe(1);
  });
});
