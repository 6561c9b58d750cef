import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

describe('turns', () => {
  it('are taken in the order they came, also after one that failed, and by others side by side', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const change = (what: string, name: string, result?: Error) =>
      turns.change(what, async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        log.push(`${name} ends`);
        if (result !== undefined) throw result;
        return name;
      });
    const [first, failed, third, other] = await Promise.allSettled([
      change('a', 'first'),
      change('a', 'failed', new Error('no')),
      change('a', 'third'),
      change('b', 'other'),
    ]);
    expect(log.filter((line) => !line.startsWith('other'))).toEqual(
      ['first', 'failed', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
    expect(log.indexOf('other begins')).toBeLessThan(log.indexOf('first ends'));
    expect([first, third, other]).toMatchObject([{ value: 'first' }, { value: 'third' }, { value: 'other' }]);
    expect(failed).toMatchObject({ reason: new Error('no') });
  });

  it('are tried again where somebody outside came first, and given up in the end', async () => {
    const turns = new Turns();
    let losses = 3;
    expect(await turns.change('a', async () => (losses-- > 0 ? 'conflict' : 'won'))).toBe('won');
    let attempts = 0;
    const losing = turns.change('a', async () => {
      attempts++;
      return 'conflict';
    });
    expect(await losing).toBe('conflict');
    expect(attempts).toBeLessThan(100);
  });
});
