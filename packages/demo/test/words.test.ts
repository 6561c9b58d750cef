import { ImageMessage, TextMessage } from '@parley/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mentionBefore, mentionedIn } from '../src/page/composer/mentions.ts';
import { en } from '../src/page/text/en.ts';
import { zh } from '../src/page/text/zh.ts';
import { dayName, shortTime } from '../src/page/workspace/times.ts';
import { answerTo, greetings } from '../src/people/answers.ts';
import { hikeLines } from '../src/people/hike-script.ts';
import { LEO, languages, MEI } from '../src/people/names.ts';

describe('mentions', () => {
  const members = ['Mei', 'Leo', 'Leonie', '小雅'];

  it('are of members whose whole name follows the sign', () => {
    expect(mentionedIn('@Leo look', members)).toEqual(['Leo']);
    expect(mentionedIn('@Leonie, and @Mei!', members)).toEqual(['Mei', 'Leonie']);
    expect(mentionedIn('你好@小雅，来吗', members)).toEqual(['小雅']);
    expect(mentionedIn('Leo, mail me at me@example.com', members)).toBeUndefined();
    expect(mentionedIn('@Leon is somebody else', members)).toBeUndefined();
    expect(mentionedIn('@Leonie knows @Leo', members)).toEqual(['Leo', 'Leonie']);
    expect(mentionedIn('@everyone_else, then @everyone', members)).toBe('everyone');
  });

  it('are of everyone in either language', () => {
    expect(mentionedIn('@everyone come', members)).toBe('everyone');
    expect(mentionedIn('@所有人 来', members)).toBe('everyone');
  });

  it('are looked for in front of the caret, and not in addresses', () => {
    expect(mentionBefore('hello @Le', 9)).toEqual({ start: 7, typed: 'Le' });
    expect(mentionBefore('@', 1)).toEqual({ start: 1, typed: '' });
    expect(mentionBefore('你好@小', 4)).toEqual({ start: 3, typed: '小' });
    expect(mentionBefore('me@example', 10)).toBeUndefined();
    expect(mentionBefore('@Leo said', 9)).toBeUndefined();
  });

  it('never name who is not there', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 5 }),
        (text, who) => {
          const found = mentionedIn(text, who) ?? [];
          if (found === 'everyone') return;
          for (const name of found) {
            expect(who).toContain(name);
            expect(text).toContain(`@${name}`);
          }
        },
      ),
    );
  });
});

describe('what the sample people say', () => {
  const ask = (by: string, language: 'en' | 'zh', text: string) =>
    answerTo({ by, language, message: new TextMessage(text) });

  it('is an answer to anything, in the language of the conversation', () => {
    for (const by of [MEI, LEO]) {
      expect(ask(by, 'en', 'Hello!')).toMatch(/Hello|Hi/);
      expect(ask(by, 'zh', '你好')).toMatch(/你好|嗨/);
      const picture = new ImageMessage({ url: '/a.png' });
      expect(answerTo({ by, language: 'en', message: picture })).not.toBe('');
      for (const language of languages) {
        fc.assert(fc.property(fc.string(), (text) => ask(by, language, text) !== ''));
        expect(greetings(by, language).length).toBeGreaterThan(0);
      }
    }
  });

  it('is as much in one language as in the other, and more than fits a page', () => {
    expect(hikeLines.zh).toHaveLength(hikeLines.en.length);
    expect(hikeLines.en.length).toBeGreaterThan(30);
    expect(hikeLines.zh.map(({ by }) => by)).toEqual(hikeLines.en.map(({ by }) => by));
  });
});

describe('times', () => {
  const now = new Date(2026, 10, 28, 12).getTime();
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 5).getTime();

  it('are those of the clock today, and days before', () => {
    expect(shortTime(at(28, 0), 'en', en, now)).toBe('00:05');
    expect(shortTime(at(27, 23), 'en', en, now)).toBe('Yesterday');
    expect(shortTime(at(27, 23), 'zh', zh, now)).toBe('昨天');
    expect(shortTime(at(25, 9), 'en', en, now)).toBe('Wed');
    expect(shortTime(at(2, 9), 'en', en, now)).toBe('Nov 2');
    expect(dayName(at(28, 1), 'zh', zh, now)).toBe('今天');
  });
});
