import type { Language } from '../settings/settings.tsx';

export const MOST_CHARACTERS = 24;

export const suggestions: Readonly<Record<Language, readonly string[]>> = {
  en: ['Ada', 'Noor', 'Tom'],
  zh: ['小雅', '阿诺', '子涵'],
};
