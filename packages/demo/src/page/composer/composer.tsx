import type { Conversation, Message } from '@parley/client';
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useData } from '../hooks/use-live.ts';
import { useSettings } from '../settings/settings.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useAttempt } from '../ui/toasts.tsx';
import { useSeat } from '../workspace/seat.ts';
import { titleOf } from '../workspace/titles.ts';
import styles from './composer.module.css';
import { EmojiPanel } from './emoji-panel.tsx';
import { MentionList } from './mention-list.tsx';
import { mentionedIn } from './mentions.ts';
import { Uploads } from './uploads.tsx';
import { useDraft } from './use-draft.ts';
import { useMentions } from './use-mentions.ts';
import { useUploads } from './use-uploads.ts';

export interface ComposerProps {
  readonly conversation: Conversation;
  /** The message that is being changed, instead of writing a new one. */
  readonly edited: Message | undefined;
  readonly stopEditing: () => void;
  readonly editLast: () => void;
}

export function Composer({ conversation, edited, stopEditing, editLast }: ComposerProps) {
  const { name } = useSeat();
  const { text, language } = useSettings();
  const data = useData(conversation);
  const attempt = useAttempt();
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useDraft(conversation, edited);
  const [hasEmoji, setHasEmoji] = useState(false);
  const mentions = useMentions(conversation, draft, field);
  const uploads = useUploads(conversation);
  useComfort(field, draft, edited);

  function write(words: string): void {
    setDraft(words);
    if (words !== '' && edited === undefined) conversation.startTyping();
    if (words === '') conversation.stopTyping();
  }

  /** The caret follows at once: the next key may come before the next frame, and belongs behind the words. */
  function put(words: string, start: number, end: number): void {
    flushSync(() => write(draft.slice(0, start) + words + draft.slice(end)));
    field.current?.focus();
    field.current?.setSelectionRange(start + words.length, start + words.length);
    mentions.look();
  }

  function insert(words: string): void {
    const { selectionStart = draft.length, selectionEnd = draft.length } = field.current ?? {};
    put(words, selectionStart, selectionEnd);
  }

  function send(): void {
    const words = draft.trim();
    if (words === '') return;
    if (edited !== undefined) {
      stopEditing();
      if (words !== edited.text) attempt(() => conversation.edit(edited, words));
      return;
    }
    setDraft('');
    const mention = mentionedIn(words, data.members);
    const options = { receipt: data.members.length === 2, ...(mention !== undefined && { mention }) };
    // The list shows what becomes of it, and why.
    conversation.send(words, options).catch(() => {});
  }

  function pressed(event: KeyboardEvent<HTMLTextAreaElement>): void {
    // Enter chooses a character while an input method is at work.
    if (event.nativeEvent.isComposing) return;
    if (mentions.pressed(event, put)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
    if (event.key === 'Escape' && edited !== undefined) {
      event.stopPropagation();
      stopEditing();
    }
    if (event.key === 'ArrowUp' && !event.altKey && draft === '' && edited === undefined) {
      event.preventDefault();
      editLast();
    }
  }

  function pasted(event: ClipboardEvent): void {
    const pictures = [...event.clipboardData.files].filter(({ type }) => type.startsWith('image/'));
    if (pictures.length === 0) return;
    event.preventDefault();
    uploads.add(pictures);
  }

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        uploads.add([...event.dataTransfer.files]);
      }}
    >
      {edited !== undefined && (
        <div className={styles.editing}>
          <Icon name="edit" size={16} />
          <span>{text.composer.editing}</span>
          <IconButton icon="close" size={16} label={text.composer.cancelEdit} onClick={stopEditing} />
        </div>
      )}
      <Uploads of={uploads.list} cancel={uploads.cancel} />
      <MentionList mentions={mentions} choose={(person) => mentions.choose(person, put)} />
      {hasEmoji && (
        <EmojiPanel
          choose={insert}
          close={() => setHasEmoji(false)}
          leave={() => {
            setHasEmoji(false);
            field.current?.focus();
          }}
        />
      )}
      <div className={styles.field}>
        <IconButton icon="picture" label={text.composer.attach} onClick={() => picker.current?.click()} />
        <input
          ref={picker}
          type="file"
          accept="image/*"
          multiple
          hidden
          data-testid="pictures"
          onChange={(event) => {
            uploads.add([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
        <textarea
          ref={field}
          rows={1}
          value={draft}
          onChange={(event) => {
            write(event.target.value);
            mentions.look();
          }}
          onKeyDown={pressed}
          onKeyUp={mentions.look}
          onClick={mentions.look}
          onPaste={pasted}
          placeholder={text.composer.placeholder(titleOf(data, name, language))}
          aria-label={text.composer.label}
          {...mentions.aria}
          enterKeyHint="send"
          maxLength={4000}
        />
        <IconButton
          icon="smile"
          label={text.composer.emoji}
          aria-expanded={hasEmoji}
          onClick={() => setHasEmoji(!hasEmoji)}
        />
        <button
          type="submit"
          className={styles.send}
          aria-label={edited === undefined ? text.composer.send : text.composer.save}
          disabled={draft.trim() === ''}
        >
          <Icon name={edited === undefined ? 'send' : 'check'} />
        </button>
      </div>
    </form>
  );
}

/** The field grows with what is in it, and has the focus where that opens no keyboard over the chat. */
function useComfort(
  field: { readonly current: HTMLTextAreaElement | null },
  draft: string,
  edited: Message | undefined,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each other text
  useEffect(() => {
    if (field.current === null) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [field, draft]);
  useEffect(() => {
    if (edited !== undefined || matchMedia('(hover: hover)').matches) field.current?.focus();
  }, [field, edited]);
}
