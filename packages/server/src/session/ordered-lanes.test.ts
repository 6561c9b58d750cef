import { describe, expect, it } from 'vitest';
import { OrderedLanes } from './ordered-lanes.ts';

describe('ordered lanes', () => {
  it('run tasks of one key one after another, also when the first is slow', async () => {
    const lanes = new OrderedLanes();
    const log: string[] = [];
    const slow = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    lanes.run('a', async () => {
      await slow.promise;
      log.push('first');
    });
    lanes.run('a', async () => {
      log.push('second');
      done.resolve();
    });
    lanes.run('b', async () => {
      log.push('other lane');
    });
    expect(log).toEqual(['other lane']);
    slow.resolve();
    await done.promise;
    expect(log).toEqual(['other lane', 'first', 'second']);
  });

  it('go on after a task that failed', async () => {
    const lanes = new OrderedLanes();
    const done = Promise.withResolvers<string>();
    lanes.run('a', async () => Promise.reject(new Error('a fault')));
    lanes.run('a', async () => done.resolve('second ran'));
    expect(await done.promise).toBe('second ran');
  });
});
