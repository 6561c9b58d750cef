import { expect, it } from 'vitest';
import type { Channel } from './channel.ts';
import { logLines } from './log-lines.ts';

it('[F-MOD-02] a plug-in cannot drown the log: a thousand lines a second, and how many were left out', () => {
  const written: string[] = [];
  let now = 0;
  const channel = { post: (message: { text: string }) => written.push(message.text) } as unknown as Channel;
  const log = logLines(channel, () => now);
  for (let line = 0; line < 100_000; line++) log.info(`line ${line}`);
  now = 999;
  log.error('too early');
  expect(written).toHaveLength(1000);
  expect(written.at(-1)).toBe('line 999');
  now = 1000;
  log.info('the last');
  expect(written.slice(1000)).toEqual(['99001 lines of this plug-in were left out.', 'the last']);
});
