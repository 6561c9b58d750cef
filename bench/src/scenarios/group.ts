import { LoadClient, type Target } from '../load/load-client.ts';
import { type Measurement, Recorder, seconds } from '../load/measure.ts';
import type { PreparedScenario, Scenario } from './scenario.ts';

const MEMBERS = 500;
const SENDERS = 10;
const IN_FLIGHT = 2;
const PADDING = 'x'.repeat(100);
const TICK = 2;

export const group: Scenario = {
  name: 'group fan-out',
  unit: 'deliveries/s',
  conditions: `one group of ${MEMBERS} members, all online, ${SENDERS} of them sending with ${IN_FLIGHT} in flight each`,
  async prepare(target: Target): Promise<PreparedScenario> {
    const recorder = new Recorder();
    const members: LoadClient[] = [];
    for (let index = 0; index < MEMBERS; index++)
      members.push(await LoadClient.open(target, `member-${index}`));
    const senders = members.slice(0, SENDERS);
    const [first] = senders;
    if (first === undefined) throw new Error('A group needs somebody who sends.');
    const cid = await first.startConversation(members.map((member) => member.id));
    for (const member of members) {
      member.onMessage = (text) => recorder.record(Number(text.slice(0, text.indexOf(' '))));
    }
    return {
      saturate: (duration) => saturate(senders, cid, recorder, duration),
      atRate: (rate, duration) => atRate(senders, cid, recorder, rate / (MEMBERS - 1), duration),
      end: () => {
        for (const member of members) member.close();
      },
    };
  },
};

async function saturate(
  senders: readonly LoadClient[],
  cid: string,
  recorder: Recorder,
  duration: number,
): Promise<Measurement> {
  let going = true;
  for (const sender of senders) {
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
  await seconds(1);
  return measured;
}

async function atRate(
  senders: readonly LoadClient[],
  cid: string,
  recorder: Recorder,
  messagesPerSecond: number,
  duration: number,
): Promise<Measurement> {
  for (const sender of senders) sender.onAck = () => {};
  let next = 0;
  let owed = 0;
  let last = performance.now();
  const ticking = setInterval(() => {
    const now = performance.now();
    owed += ((now - last) / 1000) * messagesPerSecond;
    last = now;
    for (; owed >= 1; owed--) senders[next++ % senders.length]?.send(cid, stamped());
  }, TICK);
  await seconds(0.5);
  recorder.start();
  await seconds(duration);
  const measured = recorder.stop();
  clearInterval(ticking);
  await seconds(0.5);
  return measured;
}

function stamped(): string {
  return `${performance.now()} ${PADDING}`;
}
