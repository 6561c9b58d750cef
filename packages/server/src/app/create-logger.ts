import { type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/index.ts';

/** What must never reach a log, wherever in a logged object it stands. */
const SECRETS = ['masterKey', 'appKey', 'sessionToken', 'signature', 'password', 'authorization'];

const options: LoggerOptions = {
  base: null,
  redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
};

/** Bytes that wait at most for somebody who reads them, or for room on a disk. What comes then is dropped. */
const MOST_WAITING = 1024 * 1024;

/**
 * Writes synchronously: a line about why the process ends must not end with it. Where nothing can be written, because the
 * disk of the log is full or nobody reads, the server goes on without.
 */
export function createLogger({ logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>): Logger {
  if (logFormat === 'json') {
    const lines = pino.destination({ sync: true, maxLength: MOST_WAITING, retryEAGAIN: () => false });
    lines.on('error', () => {});
    const formatters = { level: (label: string) => ({ level: label }) };
    return pino({ ...options, level: logLevel, formatters }, lines);
  }
  const lines = pretty({ sync: true, translateTime: 'SYS:HH:MM:ss.l', colorize: process.stdout.isTTY });
  return pino({ ...options, level: logLevel }, lines);
}
