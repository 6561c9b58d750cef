import { describe, expect, it } from 'vitest';
import { Inbox } from './inbox.ts';
import { ReceiveSchedule } from './receive-schedule.ts';
import { until } from './testing/until.ts';

const immediate = () => new Promise<void>((resolve) => setImmediate(resolve));

function open(schedule = new ReceiveSchedule()) {
  const served: string[] = [];
  const socket = {
    paused: 0,
    pause() {
      this.paused++;
    },
    resume() {
      this.paused--;
    },
  };
  const inbox = new Inbox(schedule, socket, (data) => served.push(data.toString()));
  const take = (from: number, to: number) => {
    for (let frame = from; frame < to; frame++) inbox.take(Buffer.from(`${frame}`), true);
  };
  return { inbox, served, socket, take };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

describe('an inbox', () => {
  it('serves what comes at once, turn after turn', async () => {
    const { served, socket, take } = open();
    for (let turn = 0; turn < 5; turn++) {
      take(turn * 100, turn * 100 + 100);
      expect(served).toEqual(numbers(turn * 100 + 100));
      await immediate();
    }
    expect(socket.paused).toBe(0);
  });

  it('lets the rest of a flood wait in its order, and reads nothing more meanwhile', async () => {
    const { served, socket, take } = open();
    take(0, 1000);
    expect(served).toEqual(numbers(128));
    expect(socket.paused).toBe(1);
    take(1000, 1010);
    await until(() => served.length === 1010);
    expect(served).toEqual(numbers(1010));
    await until(() => socket.paused === 0);
    await immediate();
    take(1010, 1020);
    expect(served).toEqual(numbers(1020));
  });

  it('serves several floods in turns', async () => {
    const schedule = new ReceiveSchedule();
    const [first, second] = [open(schedule), open(schedule)];
    first.take(0, 10_000);
    second.take(0, 10_000);
    let most = 0;
    while (first.served.length < 10_000) {
      most = Math.max(most, Math.abs(first.served.length - second.served.length));
      await immediate();
    }
    expect(most).toBeLessThanOrEqual(16);
  });

  it('counts frames that need no serving', () => {
    const { inbox, socket } = open();
    for (let ping = 0; ping < 129; ping++) inbox.count();
    expect(socket.paused).toBe(1);
  });

  it('serves nothing more once it is closed, and lets the goodbye be read', async () => {
    const { inbox, served, socket, take } = open();
    take(0, 200);
    inbox.close();
    expect(socket.paused).toBe(0);
    take(200, 210);
    await immediate();
    expect(served).toEqual(numbers(128));
  });
});
