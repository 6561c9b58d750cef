import { describe, expect, it } from 'vitest';
import { type Flushable, FlushSchedule } from './flush-schedule.ts';
import { until } from './testing/until.ts';

class Target implements Flushable {
  flushPending = false;
  readonly #flush: () => boolean;

  constructor(flush: () => boolean) {
    this.#flush = flush;
  }

  flush(): boolean {
    return this.#flush();
  }
}

const immediate = () => new Promise<void>((resolve) => setImmediate(resolve));

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('FlushSchedule', () => {
  it('serves everybody who was marked in a turn together, once, at its end', async () => {
    const served: string[] = [];
    const schedule = new FlushSchedule(() => false);
    const targets = ['a', 'b', 'c'].map((name) => new Target(() => served.push(name) < 0));
    for (const target of [...targets, ...targets]) schedule.mark(target);
    expect(served).toEqual([]);
    await immediate();
    expect(served).toEqual(['a', 'b', 'c']);
  });

  it('serves again whoever is marked again', async () => {
    let served = 0;
    const schedule = new FlushSchedule(() => false);
    const target = new Target(() => ++served < 0);
    for (let round = 1; round <= 3; round++) {
      schedule.mark(target);
      await immediate();
      expect(served).toBe(round);
    }
  });

  it('lets everybody have a portion before anybody has a second one', async () => {
    const served: string[] = [];
    const schedule = new FlushSchedule(() => false);
    const portions = (name: string, count: number) =>
      new Target(() => served.push(name) >= 0 && served.filter((other) => other === name).length < count);
    for (const target of [portions('large', 3), portions('small', 1), portions('middle', 2)])
      schedule.mark(target);
    await until(() => served.length === 6);
    expect(served).toEqual(['large', 'small', 'middle', 'large', 'middle', 'large']);
  });

  it('gives the loop back when a fan-out takes long, and goes on afterwards', async () => {
    let served = 0;
    let servedWhenOthersRan = 0;
    const schedule = new FlushSchedule(() => false);
    for (let i = 0; i < 300; i++) {
      schedule.mark(
        new Target(() => {
          spin(0.1);
          return ++served < 0;
        }),
      );
    }
    setImmediate(() => {
      servedWhenOthersRan = served;
    });
    await until(() => served === 300);
    expect(servedWhenOthersRan).toBeGreaterThan(0);
    expect(servedWhenOthersRan).toBeLessThan(150);
  });

  it('waits a moment for more frames only while the loop is saturated', async () => {
    let saturated = true;
    let served = 0;
    const schedule = new FlushSchedule(() => saturated);
    const target = new Target(() => ++served < 0);

    schedule.mark(target);
    await immediate();
    expect(served).toBe(0);
    await until(() => served === 1);

    saturated = false;
    schedule.mark(target);
    await immediate();
    expect(served).toBe(2);
  });
});
