import type { Language } from '../settings/settings.tsx';
import type { Text } from '../text/en.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };
const formats = new Map<string, Intl.DateTimeFormat>();

export function clockTime(time: number, language: Language): string {
  return format(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time);
}

/** Today by the clock, this week by the day, else by the date. */
export function shortTime(time: number, language: Language, text: Text, now = Date.now()): string {
  const days = daysBetween(time, now);
  if (days === 0) return clockTime(time, language);
  if (days === 1) return text.chat.yesterday;
  if (days < 7) return format(language, { weekday: 'short' }).format(time);
  return format(language, { month: 'short', day: 'numeric' }).format(time);
}

export function dayName(time: number, language: Language, text: Text, now = Date.now()): string {
  const days = daysBetween(time, now);
  if (days === 0) return text.chat.today;
  if (days === 1) return text.chat.yesterday;
  return format(language, { weekday: 'long', month: 'long', day: 'numeric' }).format(time);
}

export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

function daysBetween(from: number, to: number): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}

function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locales[language], options);
  formats.set(key, known);
  return known;
}
