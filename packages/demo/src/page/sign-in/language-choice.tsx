import { type Language, texts, useSettings } from '../settings/settings.tsx';
import styles from './language-choice.module.css';

export function LanguageChoice() {
  const { language, text, setLanguage } = useSettings();
  return (
    <fieldset className={styles.choice} aria-label={text.settings.language}>
      {(Object.keys(texts) as Language[]).map((each) => (
        <button
          key={each}
          type="button"
          lang={each === 'zh' ? 'zh-CN' : 'en'}
          aria-pressed={each === language}
          onClick={() => setLanguage(each)}
        >
          {texts[each].languageName}
        </button>
      ))}
    </fieldset>
  );
}
