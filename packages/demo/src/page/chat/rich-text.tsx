import styles from './rich-text.module.css';

const PARTS =
  /(https?:\/\/[^\s<>"'，。！？；：（）]+[^\s<>"'，。！？；：（）.,!?;:)])|(@[^\s@，。！？,.!?:：]{1,64})/gu;

/** Links and mentions stand out; everything else is text, whatever it looks like. */
export function RichText({ text }: { readonly text: string }) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(PARTS)) {
    const [whole, link] = match;
    if (match.index > at) parts.push(text.slice(at, match.index));
    at = match.index + whole.length;
    parts.push(
      link === undefined ? (
        <span key={match.index} className={styles.mention}>
          {whole}
        </span>
      ) : (
        <a key={match.index} href={link} target="_blank" rel="noopener noreferrer">
          {link}
        </a>
      ),
    );
  }
  if (at < text.length) parts.push(text.slice(at));
  return <span>{parts}</span>;
}
