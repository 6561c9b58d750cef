import { expect, it } from 'vitest';
import { LoopLoad } from './loop-load.ts';
import { until } from './testing/until.ts';

/** Keeps the loop busy without a pause, in turns. */
async function overload(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const turnEnd = performance.now() + 5;
    while (performance.now() < turnEnd);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('notices that the loop never sleeps, and that it sleeps again', async () => {
  const load = new LoopLoad();
  await until(() => !load.isSaturated());

  await overload(60);
  load.isSaturated(); // closes a window that may have begun before the overload
  await overload(60);
  expect(load.isSaturated()).toBe(true);

  await until(() => !load.isSaturated(), 'the loop to be at rest');
});
