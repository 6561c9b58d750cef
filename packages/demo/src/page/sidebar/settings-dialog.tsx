import { type Theme, useSettings } from '../settings/settings.tsx';
import choice from '../sign-in/language-choice.module.css';
import { LanguageChoice } from '../sign-in/language-choice.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { useSeat } from '../workspace/seat.ts';
import styles from './settings-dialog.module.css';

export function SettingsDialog({ close }: { readonly close: () => void }) {
  const { leave } = useSeat();
  const { text, theme, setTheme } = useSettings();
  const { settings } = text;
  return (
    <Dialog title={settings.open} closeLabel={text.close} close={close}>
      <div className={styles.row}>
        <span>{settings.language}</span>
        <LanguageChoice />
      </div>
      <div className={styles.row}>
        <span>{settings.theme}</span>
        <fieldset className={choice.choice} aria-label={settings.theme}>
          {(Object.keys(settings.themes) as Theme[]).map((each) => (
            <button key={each} type="button" aria-pressed={each === theme} onClick={() => setTheme(each)}>
              {settings.themes[each]}
            </button>
          ))}
        </fieldset>
      </div>
      <section className={styles.keys}>
        <h3>{settings.shortcuts}</h3>
        <dl>
          {settings.shortcutList.map(([keys, what]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </section>
      <div className={styles.buttons}>
        <Button onClick={() => window.open(location.pathname, '_blank', 'noopener')}>
          <Icon name="tab" size={17} /> {settings.secondTab}
        </Button>
        <Button look="danger" onClick={leave}>
          {settings.signOut}
        </Button>
      </div>
    </Dialog>
  );
}
