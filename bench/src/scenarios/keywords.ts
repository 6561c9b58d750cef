import { type Measurement, median } from '../load/measure.ts';
import { MASTER_KEY, type RunningServer, startParley } from '../servers/start-server.ts';
import { preparePairs } from './one-to-one.ts';

const KEYWORDS = 100_000;
/** Letters as they come in texts, so that many keywords begin in it, and none is there to the end. */
const TEXT =
  'The quick brown fox jumps over the lazy dog while seven wizards quietly box with a very jumpy frog. 我们明天下午三点在车站见面。';

/**
 * What looking for keywords costs. A list is in force as soon as it is accepted, so both sides are measured on one
 * server with the same connections, in turns of seconds: what else the machine does falls on both alike.
 */
export async function compareKeywords(rounds: number, duration: number): Promise<readonly string[]> {
  const without: Measurement[] = [];
  const withList: Measurement[] = [];
  const list = keywords();
  const server = await startParley({ settings: ['filterOneToOne=on'] });
  try {
    const wording = { before: '{"_lctype":-1,"_lctext":"', after: `${TEXT}"}` };
    const prepared = await preparePairs(server, wording, server.pid);
    await prepared.saturate(duration);
    for (let round = 0; round < rounds; round++) {
      await setKeywords(server, undefined);
      without.push(await prepared.saturate(duration));
      await setKeywords(server, list);
      withList.push(await prepared.saturate(duration));
      process.stderr.write(
        `keywords: ${rateOf(without.at(-1))} without, ${rateOf(withList.at(-1))} with a list\n`,
      );
    }
    prepared.end();
  } finally {
    await server.stop();
  }
  const ratioOf = (what: 'rate' | 'cpu') =>
    median(withList.map((measured, round) => measured[what] / (without[round]?.[what] ?? Number.NaN)));
  return [
    '### keywords',
    '',
    `500 pairs, 4 typed messages in flight each, ${TEXT.length} characters of text in two scripts, filterOneToOne on.`,
    `${KEYWORDS.toLocaleString('en')} keywords of Chinese characters and of letters, none of which is in the text.`,
    'One server, the list set and taken away in turns. Medians of the rounds; ratios are medians of the rounds’ ratios.',
    'Processor time is that of the whole server process.',
    '',
    '| | messages/s | ratio | server CPU per message | ratio |',
    '|---|---|---|---|---|',
    tableRow('no list', without, 1, 1),
    tableRow('100,000 keywords', withList, ratioOf('rate'), ratioOf('cpu')),
  ];
}

async function setKeywords({ appId, wsUrl }: RunningServer, list: string | undefined): Promise<void> {
  const url = new URL('/1.2/rtm/keywords', wsUrl.href.replace(/^ws/, 'http'));
  const headers = { 'X-LC-Id': appId, 'X-LC-Key': `${MASTER_KEY},master`, 'Content-Type': 'text/plain' };
  const response = await fetch(url, {
    method: list === undefined ? 'DELETE' : 'PUT',
    headers,
    ...(list !== undefined && { body: list }),
  });
  if (!response.ok) throw new Error(`The list was not taken: ${response.status}.`);
}

/** Three in five of two to five Chinese characters, the others of five to twelve letters; always the same. */
function keywords(): string {
  const random = pseudoRandom(1);
  const found = new Set<string>();
  while (found.size < KEYWORDS) {
    const isChinese = random() < 0.6;
    const length = isChinese ? 2 + Math.floor(random() * 4) : 5 + Math.floor(random() * 8);
    const letter = () =>
      isChinese ? 0x4e00 + Math.floor(random() ** 2 * 5000) : 0x61 + Math.floor(random() * 26);
    const word = String.fromCharCode(...Array.from({ length }, letter));
    if (!TEXT.toLowerCase().includes(word)) found.add(word);
  }
  return [...found].join('\n');
}

/** Mulberry32: enough for words that nobody reads. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function rateOf(measured: Measurement | undefined): number {
  return Math.round(measured?.rate ?? Number.NaN);
}

function tableRow(name: string, rows: readonly Measurement[], rateRatio: number, cpuRatio: number): string {
  const rate = Math.round(median(rows.map(({ rate }) => rate))).toLocaleString('en');
  const cpu = `${median(rows.map(({ cpu }) => cpu)).toFixed(1)} µs`;
  return `| ${name} | ${rate} | ${rateRatio.toFixed(2)} | ${cpu} | ${cpuRatio.toFixed(2)} |`;
}
