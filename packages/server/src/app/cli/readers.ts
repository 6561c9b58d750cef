import { AdministrationRefused } from '../control/administration.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The seconds of a span such as 90s, 30m, 12h or 7d; `undefined` where the text is none. */
export function secondsIn(text: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = SECONDS[unit];
  return seconds === undefined ? undefined : Number(amount) * seconds;
}

/** @throws AdministrationRefused */
export function countOf(option: string, text: string, most: number): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1 && count <= most) return count;
  throw new AdministrationRefused(`${option} is a whole number from 1 to ${most}, not "${text}".`);
}
