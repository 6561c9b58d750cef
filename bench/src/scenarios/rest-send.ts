// Sending over REST beside sending over a WebSocket, on the same server: who answers is the same code, so what differs
// is HTTP.
import { LoadClient } from '../load/load-client.ts';
import { median, quantile, seconds } from '../load/measure.ts';
import { RawHttp } from '../load/raw-http.ts';
import { APP_ID, MASTER_KEY, startParley } from '../servers/start-server.ts';

const CONVERSATIONS = 64;
const PADDING = 'x'.repeat(100);

interface Run {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

export async function compareRestSend(rounds: number, duration: number): Promise<readonly string[]> {
  const server = await startParley({ settings: ['restMessagesPerMinute=0'] });
  try {
    const senders: LoadClient[] = [];
    const cids: string[] = [];
    for (let n = 0; n < CONVERSATIONS; n++) {
      const sender = await LoadClient.open(server, `sender-${n}`);
      senders.push(sender);
      cids.push(await sender.startConversation([`nobody-${n}`]));
    }
    const http = await RawHttp.connect(Number(server.wsUrl.port), CONVERSATIONS);
    const headers = { 'x-lc-id': APP_ID, 'x-lc-key': `${MASTER_KEY},master` };
    const byWire = (n: number) =>
      new Promise<void>((resolve) => {
        const sender = senders[n] as LoadClient;
        sender.onAck = resolve;
        sender.send(cids[n] ?? '', PADDING);
      });
    const byRest = async (n: number) => {
      const body = JSON.stringify({ from_client: `sender-${n}`, message: PADDING });
      await http.request('POST', `/1.2/rtm/conversations/${cids[n]}/messages`, headers, body);
    };
    const wire: Run[] = [];
    const rest: Run[] = [];
    for (let round = 0; round < rounds; round++) {
      wire.push(await measure(byWire, duration));
      rest.push(await measure(byRest, duration));
    }
    http.close();
    for (const sender of senders) sender.close();
    const ratio = median(rest.map(({ rate }, round) => rate / (wire[round]?.rate ?? Number.NaN)));
    return [
      '### sending over REST',
      '',
      `${CONVERSATIONS} conversations, one message in flight in each, about 100 bytes of text, nobody online; the same server for both.`,
      '',
      '| | messages/s | ratio | p50 | p99 |',
      '|---|---|---|---|---|',
      row('WebSocket', wire, 1),
      row('REST', rest, ratio),
    ];
  } finally {
    await server.stop();
  }
}

async function measure(send: (n: number) => Promise<void>, duration: number): Promise<Run> {
  let going = true;
  let latencies: number[] = [];
  async function go(n: number): Promise<void> {
    while (going) {
      const at = performance.now();
      await send(n);
      latencies.push(performance.now() - at);
    }
  }
  const workers = Array.from({ length: CONVERSATIONS }, (_, n) => go(n));
  await seconds(1);
  latencies = [];
  await seconds(duration);
  const sorted = Float64Array.from(latencies).sort();
  going = false;
  await Promise.all(workers);
  return { rate: sorted.length / duration, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

function row(name: string, runs: readonly Run[], ratio: number): string {
  const middle = (pick: (run: Run) => number) => median(runs.map(pick));
  const rate = Math.round(middle((run) => run.rate)).toLocaleString('en');
  return `| ${name} | ${rate} | ${ratio.toFixed(2)} | ${middle((run) => run.p50).toFixed(1)} ms | ${middle((run) => run.p99).toFixed(1)} ms |`;
}
