import { describe, expect, it } from 'vitest';
import { MAX_KEYWORD_LENGTH, MAX_KEYWORDS, MAX_LIST_BYTES, readKeywordList } from './keyword-list.ts';

describe('a file of keywords', () => {
  it('[F-MOD-06] has one keyword a line; blank lines and a byte order mark are nothing', () => {
    const file = '\ufeffbad\r\n\r\n  two words \n\t\nbad\n敏感词';
    expect(readKeywordList(file)).toEqual(['bad', 'two words', '敏感词']);
    expect(readKeywordList('\ufeff\n')).toEqual([]);
  });

  it('is refused with the line that is not UTF-8', () => {
    const file = new TextDecoder().decode(Buffer.from([0x61, 0x0a, 0xc3, 0x28, 0x0a]));
    expect(() => readKeywordList(file)).toThrow('Line 2 is not UTF-8: save the file in that encoding.');
  });

  it('has bounds: of one keyword, of all of them, and of the bytes', () => {
    const longest = 'x'.repeat(MAX_KEYWORD_LENGTH);
    expect(readKeywordList(longest)).toEqual([longest]);
    expect(() => readKeywordList(`a\n${longest}x`)).toThrow(
      'Line 2 has 101 characters; a keyword has at most 100.',
    );
    const most = Array.from({ length: MAX_KEYWORDS }, (_, index) => `k${index}`).join('\n');
    expect(readKeywordList(most).length).toBe(100_000);
    expect(() => readKeywordList(`${most}\none more`)).toThrow(
      'The list has 100001 keywords; 100000 are allowed.',
    );
    expect(() => readKeywordList('\n'.repeat(MAX_LIST_BYTES + 1))).toThrow(
      'A list of keywords has at most 4194304 bytes.',
    );
  });
});
