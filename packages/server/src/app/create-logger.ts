import { type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/index.ts';

/** What must never reach a log, wherever in a logged object it stands. */
const SECRETS = ['masterKey', 'appKey', 'sessionToken', 'signature', 'password', 'authorization'];

const options: LoggerOptions = {
  base: null,
  redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
};

/** Writes synchronously: a line about why the process ends must not end with it. */
export function createLogger({ logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>): Logger {
  if (logFormat === 'json') {
    return pino({ ...options, level: logLevel, formatters: { level: (label) => ({ level: label }) } });
  }
  const lines = pretty({ sync: true, translateTime: 'SYS:HH:MM:ss.l', colorize: process.stdout.isTTY });
  return pino({ ...options, level: logLevel }, lines);
}
