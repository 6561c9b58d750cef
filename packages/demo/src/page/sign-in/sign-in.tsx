import { type FormEvent, useState } from 'react';
import { sampleNames } from '../../people/names.ts';
import { useSettings } from '../settings/settings.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import field from '../ui/field.module.css';
import { LanguageChoice } from './language-choice.tsx';
import { MOST_CHARACTERS, suggestions } from './names.ts';
import styles from './sign-in.module.css';

/** The first page: who are you? */
export function SignIn({ enter }: { readonly enter: (name: string) => void }) {
  const { text, language } = useSettings();
  const { signIn } = text;
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();

  function submit(event: FormEvent): void {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    if ([...wanted].length > MOST_CHARACTERS) setProblem(signIn.tooLong);
    else if (sampleNames.includes(wanted)) setProblem(signIn.taken(wanted));
    else enter(wanted);
  }

  return (
    <main className={styles.page}>
      <div className={styles.corner}>
        <LanguageChoice />
      </div>
      <section className={styles.card}>
        <div className={styles.brand}>
          <img src="/demo/icon.svg" alt="" width="52" height="52" />
          <div>
            <h1>Parley</h1>
            <p>{text.tagline}</p>
          </div>
        </div>
        <form className={styles.form} onSubmit={submit}>
          <h2>{signIn.title}</h2>
          <label className={field.label}>
            {signIn.label}
            <input
              className={field.input}
              value={name}
              onChange={(event) => {
                setName(event.target.value);
                setProblem(undefined);
              }}
              placeholder={signIn.placeholder}
              autoComplete="off"
              // biome-ignore lint/a11y/noAutofocus: it is the only thing to do on this page
              autoFocus
              aria-describedby="name-problem"
              aria-invalid={problem !== undefined}
            />
          </label>
          <p id="name-problem" className={styles.problem} role="alert">
            {problem}
          </p>
          <Button type="submit" look="strong" disabled={name.trim() === ''}>
            {signIn.enter}
          </Button>
        </form>
        <div className={styles.suggestions}>
          <span>{signIn.suggestions}</span>
          {suggestions[language].map((each) => (
            <button key={each} type="button" className={styles.suggestion} onClick={() => enter(each)}>
              <Avatar name={each} size={22} />
              {each}
            </button>
          ))}
        </div>
        <ul className={styles.points}>
          {signIn.points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
        <p className={styles.hint}>{signIn.hint}</p>
      </section>
    </main>
  );
}
