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

  it('start the next task of a key as soon as the one before lets them', async () => {
    const lanes = new OrderedLanes();
    const log: string[] = [];
    const slow = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    lanes.run('a', async (release) => {
      log.push('first is with the store');
      release();
      await slow.promise;
      log.push('first is committed');
      done.resolve();
    });
    lanes.run('a', async () => {
      log.push('second');
    });
    expect(log).toEqual(['first is with the store', 'second']);
    slow.resolve();
    await done.promise;
  });

  it('keep the order of tasks that are let go late', async () => {
    const lanes = new OrderedLanes();
    const log: number[] = [];
    const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const done = Promise.withResolvers<void>();
    for (const [index, gate] of gates.entries()) {
      lanes.run('a', async (release) => {
        await gate.promise;
        log.push(index);
        release();
        if (index === 2) done.resolve();
      });
    }
    for (const gate of gates.toReversed()) gate.resolve();
    await done.promise;
    expect(log).toEqual([0, 1, 2]);
  });

  it('go on after a task that failed', async () => {
    const lanes = new OrderedLanes();
    const done = Promise.withResolvers<string>();
    lanes.run('a', async () => Promise.reject(new Error('a fault')));
    lanes.run('a', async () => done.resolve('second ran'));
    expect(await done.promise).toBe('second ran');
  });
});
