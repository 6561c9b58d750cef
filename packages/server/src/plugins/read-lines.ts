import type { Readable } from 'node:stream';

const LINES_PER_SECOND = 500;
const MAX_LINE = 4000;

/**
 * Reads lines as fast as a log can take them, not as fast as they are written: who prints without end waits for its
 * own output. What is longer than a line of a log is cut.
 */
export function readLines(stream: Readable, write: (line: string) => void): void {
  let rest = '';
  let lines = 0;
  let timer: NodeJS.Timeout | undefined;
  const print = (line: string) => {
    if (line.trim() !== '') write(line.slice(0, MAX_LINE));
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = (parts.pop() ?? '').slice(0, MAX_LINE);
    for (const line of parts) print(line);
    lines += parts.length + 1;
    if (lines < LINES_PER_SECOND || timer !== undefined) return;
    stream.pause();
    timer = setTimeout(() => {
      timer = undefined;
      lines = 0;
      stream.resume();
    }, 1000);
  });
  stream.on('end', () => print(rest));
  stream.on('error', () => {});
  stream.on('close', () => clearTimeout(timer));
}
