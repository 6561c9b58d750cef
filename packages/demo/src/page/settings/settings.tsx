import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { en, type Text } from '../text/en.ts';
import { zh } from '../text/zh.ts';
import { keep, kept } from './kept.ts';

export const texts = { en, zh } as const;
export type Language = keyof typeof texts;
export type Theme = 'system' | 'light' | 'dark';

export interface Settings {
  readonly language: Language;
  readonly theme: Theme;
  readonly text: Text;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
}

const Context = createContext<Settings | undefined>(undefined);

export function useSettings(): Settings {
  const settings = useContext(Context);
  if (settings === undefined) throw new Error('There are no settings outside of their provider.');
  return settings;
}

export function useText(): Text {
  return useSettings().text;
}

export function SettingsProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(initialLanguage);
  const [theme, setTheme] = useState<Theme>(initialTheme);
  const isDark = useMediaQuery('(prefers-color-scheme: dark)');

  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    keep('localStorage', 'language', language);
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset.theme = theme === 'system' ? (isDark ? 'dark' : 'light') : theme;
    keep('localStorage', 'theme', theme);
  }, [theme, isDark]);

  const settings = useMemo(
    () => ({ language, theme, text: texts[language], setLanguage, setTheme }),
    [language, theme],
  );
  return <Context value={settings}>{children}</Context>;
}

function initialLanguage(): Language {
  const before = kept('localStorage', 'language');
  if (before === 'en' || before === 'zh') return before;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function initialTheme(): Theme {
  const before = kept('localStorage', 'theme');
  return before === 'light' || before === 'dark' ? before : 'system';
}

function useMediaQuery(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const change = () => setMatches(list.matches);
    list.addEventListener('change', change);
    return () => list.removeEventListener('change', change);
  }, [query]);
  return matches;
}
