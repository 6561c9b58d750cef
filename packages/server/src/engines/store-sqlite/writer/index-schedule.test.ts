import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IndexSchedule } from './index-schedule.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A schedule of an index that is done after so many slices, and of tokens that are. */
function start({ slices = 0, tokenSlices = 0 } = {}) {
  const done: string[] = [];
  let failures = 0;
  const index = {
    pending: 0,
    newestRow: 77,
    settleUpTo(row: number, limit: number) {
      done.push(`${limit} to ${row}`);
      return --slices > 0;
    },
  };
  const tokens = {
    get isDue() {
      return tokenSlices > 0;
    },
    writeSome() {
      if (tokenSlices === 0) return false;
      done.push('tokens');
      return --tokenSlices > 0;
    },
  };
  const schedule = new IndexSchedule(index, tokens, (work) => {
    if (failures-- > 0) throw new Error('The disk is full.');
    return work();
  });
  return {
    schedule,
    index,
    done,
    fail: (times: number) => {
      failures = times;
    },
  };
}

describe('the schedule of the index', () => {
  it('[F-MSG-67] lets what waits become more, but for no longer than 15 seconds', () => {
    const { schedule, index, done } = start({ slices: 2 });
    index.pending = 10;
    schedule.committed(10);
    vi.advanceTimersByTime(14_000);
    schedule.committed(10);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1000);
    vi.runAllTimers();
    expect(done).toEqual(['1024 to 77', '1024 to 77']);
  });

  it('[F-MSG-67] begins at once when a million waits, and is in a hurry when it is two', () => {
    const { schedule, index, done } = start({ slices: 3 });
    index.pending = 1_000_000;
    schedule.committed(512);
    expect(done).toEqual(['1024 to 77']);
    index.pending = 2_000_001;
    schedule.committed(900);
    vi.advanceTimersByTime(0);
    expect(done).toEqual(['1024 to 77', '1800 to 77']);
  });

  it('[F-MSG-67] leaves commits their time between two slices', () => {
    const { schedule, index, done } = start({ slices: 3 });
    index.pending = 1_000_000;
    schedule.committed(512);
    schedule.committed(512);
    vi.advanceTimersByTime(9);
    expect(done).toHaveLength(1);
    vi.advanceTimersByTime(2);
    expect(done.length).toBeGreaterThan(1);
  });

  it('[F-MSG-67] tries again after a failure, as far as it wanted to go', () => {
    const { schedule, index, done, fail } = start({ slices: 1 });
    index.pending = 1_000_000;
    fail(2);
    schedule.committed(1);
    index.newestRow = 99;
    vi.advanceTimersByTime(1999);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(['1024 to 77']);
  });

  it('[F-MSG-25] writes tokens without the index when only they are due', () => {
    const { schedule, done } = start({ tokenSlices: 2 });
    schedule.committed(1);
    vi.runAllTimers();
    expect(done).toEqual(['tokens', 'tokens']);
  });

  it('does nothing more once it is stopped', () => {
    const { schedule, index, done } = start({ slices: 9 });
    index.pending = 1_000_000;
    schedule.committed(1);
    schedule.stop();
    vi.runAllTimers();
    expect(done).toHaveLength(1);
  });
});
