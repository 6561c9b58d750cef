import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { LogGate } from './log-gate.ts';

/** Another thread that passes a gate each time it is asked to, and answers after that. */
function startPasser(gate: LogGate) {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData.module).then(({ LogGate }) => {
       const gate = new LogGate(workerData.memory);
       parentPort.on('message', () => { gate.pass(); Atomics.add(new Int32Array(workerData.passed), 0, 1); parentPort.postMessage('passed'); });
       parentPort.postMessage('ready');
     });`,
    {
      eval: true,
      workerData: {
        module: new URL('./log-gate.ts', import.meta.url).href,
        memory: gate.memory,
        passed: passed.buffer,
      },
    },
  );
  const answer = () => new Promise((resolve) => worker.once('message', resolve));
  return { worker, answer };
}

const passed = new Int32Array(new SharedArrayBuffer(4));
/** The thread of this test stands still meanwhile, as a thread in SQLite does. */
const stand = (milliseconds: number) =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

describe('the gate before a transaction', () => {
  it('is passed when it is open, and when it is opened, but not while it is shut', async () => {
    const gate = new LogGate();
    const { worker, answer } = startPasser(gate);
    await answer();
    worker.postMessage('pass');
    await answer();
    expect(passed[0]).toBe(1);
    let seenWhileShut = -1;
    gate.shutDuring(() => {
      worker.postMessage('pass');
      stand(50);
      seenWhileShut = Atomics.load(passed, 0);
    });
    await answer();
    expect([seenWhileShut, passed[0]]).toEqual([1, 2]);
    await worker.terminate();
  });

  it('lets nobody wait for ever', async () => {
    const gate = new LogGate();
    const { worker, answer } = startPasser(gate);
    await answer();
    const before = Atomics.load(passed, 0);
    gate.shutDuring(() => {
      worker.postMessage('pass');
      while (Atomics.load(passed, 0) === before) stand(5);
    });
    await worker.terminate();
  });

  it('is open again after work that failed', () => {
    const gate = new LogGate();
    expect(() =>
      gate.shutDuring(() => {
        throw new Error('busy');
      }),
    ).toThrow('busy');
    gate.pass();
  });
});
