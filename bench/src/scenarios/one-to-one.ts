import { LoadClient, type Target } from '../load/load-client.ts';
import { type Measurement, Recorder, seconds } from '../load/measure.ts';
import type { PreparedScenario, Scenario } from './scenario.ts';

const PAIRS = 500;
const IN_FLIGHT = 4;
const PADDING = 'x'.repeat(100);
const TICK = 2;

interface Pair {
  readonly sender: LoadClient;
  readonly receiver: LoadClient;
  readonly cid: string;
}

/** The body of a message: a moment, a space, whatever comes after it, and something around them. */
export interface Wording {
  readonly before: string;
  readonly after: string;
}

export const oneToOne: Scenario = {
  name: 'one to one',
  unit: 'messages/s',
  conditions: `${PAIRS} pairs, ${IN_FLIGHT} messages in flight each, about 120 bytes of text`,
  prepare: (target) => preparePairs(target, { before: '', after: PADDING }),
};

/** @param server the process id of the server, where its processor time is of interest */
export async function preparePairs(
  target: Target,
  wording: Wording,
  server?: number,
): Promise<PreparedScenario> {
  const recorder = new Recorder(server);
  const pairs = await connectPairs(target);
  const stamped = () => `${wording.before}${performance.now()} ${wording.after}`;
  const from = wording.before.length;
  for (const { receiver } of pairs) {
    receiver.onMessage = (text) => recorder.record(Number(text.slice(from, text.indexOf(' ', from))));
  }
  return {
    saturate: (duration) => saturate(pairs, recorder, stamped, duration),
    atRate: (rate, duration) => atRate(pairs, recorder, stamped, rate, duration),
    end: () => {
      for (const { sender, receiver } of pairs) {
        sender.close();
        receiver.close();
      }
    },
  };
}

async function connectPairs(target: Target): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let index = 0; index < PAIRS; index++) {
    const [sender, receiver] = await Promise.all([
      LoadClient.open(target, `sender-${index}`),
      LoadClient.open(target, `receiver-${index}`),
    ]);
    pairs.push({ sender, receiver, cid: await sender.startConversation([receiver.id]) });
  }
  return pairs;
}

async function saturate(
  pairs: readonly Pair[],
  recorder: Recorder,
  stamped: () => string,
  duration: number,
): Promise<Measurement> {
  let going = true;
  for (const { sender, cid } of pairs) {
    sender.onAck = () => {
      if (going) sender.send(cid, stamped());
    };
    for (let n = 0; n < IN_FLIGHT; n++) sender.send(cid, stamped());
  }
  await seconds(1);
  recorder.start();
  await seconds(duration);
  const measured = recorder.stop();
  going = false;
  await seconds(0.5);
  return measured;
}

async function atRate(
  pairs: readonly Pair[],
  recorder: Recorder,
  stamped: () => string,
  rate: number,
  duration: number,
): Promise<Measurement> {
  for (const { sender } of pairs) sender.onAck = () => {};
  let next = 0;
  let owed = 0;
  let last = performance.now();
  const ticking = setInterval(() => {
    const now = performance.now();
    owed += ((now - last) / 1000) * rate;
    last = now;
    for (; owed >= 1; owed--) {
      const { sender, cid } = pairs[next++ % pairs.length] as Pair;
      sender.send(cid, stamped());
    }
  }, TICK);
  await seconds(0.5);
  recorder.start();
  await seconds(duration);
  const measured = recorder.stop();
  clearInterval(ticking);
  await seconds(0.5);
  return measured;
}
