import type { JsonObject, Log } from '../plugin.ts';
import type { LogLevel } from '../protocol.ts';
import type { Channel } from './channel.ts';
import { jsonObject } from './values.ts';

const LINES_PER_SECOND = 1000;
const MAX_TEXT = 4000;

/** A log that no loop can drown: what is beyond a thousand lines a second is counted and left out. */
export function logLines(channel: Channel, now: () => number = () => performance.now()): Log {
  let second = now();
  let lines = 0;
  const write = (level: LogLevel, text: string, fields?: JsonObject) => {
    if (now() - second >= 1000) {
      const left = lines - LINES_PER_SECOND;
      if (left > 0) channel.post({ log: 'warn', text: `${left} lines of this plug-in were left out.` });
      second = now();
      lines = 0;
    }
    if (++lines > LINES_PER_SECOND) return;
    const copy = fields === undefined ? undefined : jsonObject(fields);
    channel.post({
      log: level,
      text: String(text).slice(0, MAX_TEXT),
      ...(copy !== undefined && { fields: copy }),
    });
  };
  return {
    debug: (text, fields) => write('debug', text, fields),
    info: (text, fields) => write('info', text, fields),
    warn: (text, fields) => write('warn', text, fields),
    error: (text, fields) => write('error', text, fields),
  };
}
