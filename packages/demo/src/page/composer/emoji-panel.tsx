import { useEffect, useRef } from 'react';
import { useText } from '../settings/settings.tsx';
import styles from './emoji-panel.module.css';

const emoji =
  '😀 😄 😂 🙂 😉 😍 😘 😎 🤔 🙄 😴 😢 😭 😡 😱 🥳 👍 👎 👏 🙏 💪 👋 🤝 ✌️ ❤️ 🔥 ⭐ 🎉 🎁 ☕ 🍲 🍊 🍜 🍰 🍻 🏔️ 🌧️ ☀️ 🚆 🐱'.split(
    ' ',
  );

export interface EmojiPanelProps {
  readonly choose: (emoji: string) => void;
  readonly close: () => void;
  /** Closes it for who used the keys, and has to go on somewhere. */
  readonly leave: () => void;
}

export function EmojiPanel({ choose, close, leave }: EmojiPanelProps) {
  const { composer } = useText();
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.querySelector('button')?.focus(), []);
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (panel.current?.parentElement?.contains(event.target as Node) === false) close();
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [close]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it from any of its buttons
    <div
      ref={panel}
      className={styles.panel}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        leave();
      }}
    >
      <fieldset className={styles.grid} aria-label={composer.emoji}>
        {emoji.map((each) => (
          <button key={each} type="button" onClick={() => choose(each)}>
            {each}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
