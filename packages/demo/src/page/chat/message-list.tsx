import type { Conversation, LiveMessages, Message } from '@parley/client';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useLive } from '../hooks/use-live.ts';
import { useSettings } from '../settings/settings.tsx';
import { Icon } from '../ui/icon.tsx';
import { useSeat } from '../workspace/seat.ts';
import { isSameDay } from '../workspace/times.ts';
import { summaryOf } from '../workspace/titles.ts';
import styles from './message-list.module.css';
import { MessageRow } from './message-row.tsx';
import { Steady } from './steady.tsx';
import { hasOlder } from './use-messages.ts';

/** Messages of one person within this time stand together. */
const TOGETHER = 5 * 60_000;
/** Older messages are fetched before somebody reaches them. */
const FETCH_FROM = 900;

export interface MessageListProps {
  readonly conversation: Conversation;
  readonly list: LiveMessages;
  readonly edit: (message: Message) => void;
}

export function MessageList({ conversation, list, edit }: MessageListProps) {
  const { name } = useSeat();
  const { text } = useSettings();
  const items = useLive(list);
  const isReady = useReady(list);
  const loadOlder = useOlder(conversation, list);
  const scroller = useRef<HTMLElement>(null);
  const steady = useRef<Steady>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const near = useCallback((above: number) => above < FETCH_FROM && loadOlder(), [loadOlder]);
  const unread = useFirstUnread(conversation, items, name);
  const { active, setActive, pressed } = useActiveRow(items);
  useReading(conversation, items, isAtEnd);
  // Whoever says something wants to see it, also where it is sent before it is shown and others spoke meanwhile. What
  // was not written in this tab has no key but its id.
  const ownKey = items.findLast(({ from, key, id }) => from === name && key !== id)?.key;
  useEffect(() => {
    if (ownKey !== undefined) steady.current?.toEnd();
  }, [ownKey]);
  // A first page that does not fill the screen leaves nothing to scroll.
  useEffect(() => {
    if (isReady) near(scroller.current?.scrollTop ?? 0);
  }, [isReady, near]);
  const isGroup = conversation.type !== 'basic' || conversation.data.members.length > 2;

  return (
    <div className={styles.frame}>
      <section
        ref={scroller}
        className={styles.scroller}
        onKeyDown={pressed}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it, and arrows go from message to message
        tabIndex={0}
        aria-label={text.chat.messages}
      >
        <div className={styles.before}>
          {!isReady || hasOlder(conversation, list) ? (
            <span className={styles.loading} role="progressbar" aria-label={text.chat.loading} />
          ) : (
            <span>{list.error === undefined ? text.chat.beginning : text.chat.failed}</span>
          )}
        </div>
        <Steady ref={steady} scroller={scroller} items={items} isAtEnd={setIsAtEnd} near={near}>
          {items.map((message, at) => {
            const before = items[at - 1];
            const after = items[at + 1];
            return (
              <MessageRow
                key={message.key}
                conversation={conversation}
                message={message}
                startsDay={before === undefined || !isSameDay(before.timestamp, message.timestamp)}
                startsUnread={message.key === unread}
                isFirst={!areTogether(before, message)}
                isLast={!areTogether(message, after)}
                isNamed={isGroup}
                isActive={message.key === active}
                activate={setActive}
                edit={edit}
              />
            );
          })}
        </Steady>
      </section>
      {!isAtEnd && (
        <button
          type="button"
          className={styles.latest}
          aria-label={text.chat.latest}
          onClick={() => steady.current?.toEnd()}
        >
          <Icon name="down" />
          {conversation.unreadCount > 0 && <span className={styles.count}>{conversation.unreadCount}</span>}
        </button>
      )}
      {isReady && <Announcement list={list} items={items} name={name} />}
    </div>
  );
}

function areTogether(before: Message | undefined, after: Message | undefined): boolean {
  return (
    before !== undefined &&
    after !== undefined &&
    before.from === after.from &&
    after.timestamp - before.timestamp < TOGETHER &&
    isSameDay(before.timestamp, after.timestamp)
  );
}

function useReady(list: LiveMessages): boolean {
  const [isReady, setIsReady] = useState(false);
  useEffect(() => {
    let isOver = false;
    const done = () => !isOver && setIsReady(true);
    list.ready.then(done, done);
    return () => {
      isOver = true;
    };
  }, [list]);
  return isReady;
}

/** One page at a time. */
function useOlder(conversation: Conversation, list: LiveMessages): () => void {
  const isLoading = useRef(false);
  return useCallback(() => {
    if (isLoading.current || !hasOlder(conversation, list)) return;
    isLoading.current = true;
    list
      .loadOlder()
      .catch(() => {})
      .finally(() => {
        isLoading.current = false;
      });
  }, [conversation, list]);
}

/** Where somebody left off: the first message that was unread when the conversation was opened. */
function useFirstUnread(
  conversation: Conversation,
  items: readonly Message[],
  name: string,
): string | undefined {
  const [count] = useState(conversation.unreadCount);
  const [first, setFirst] = useState<string>();
  useEffect(() => {
    if (first !== undefined || count === 0) return;
    const others = items.filter(({ from }) => from !== name);
    setFirst(others.at(-count)?.key);
  }, [items, first, count, name]);
  return first;
}

/** What is in view of somebody who looks is read. */
function useReading(conversation: Conversation, items: readonly Message[], isAtEnd: boolean): void {
  useEffect(() => {
    const read = () => {
      const isSeen = isAtEnd && document.visibilityState === 'visible' && document.hasFocus();
      if (isSeen && items.length > 0 && conversation.unreadCount > 0) conversation.markRead();
    };
    read();
    const stop = conversation.on('unread', read);
    addEventListener('focus', read);
    document.addEventListener('visibilitychange', read);
    return () => {
      stop();
      removeEventListener('focus', read);
      document.removeEventListener('visibilitychange', read);
    };
  }, [conversation, items, isAtEnd]);
}

/** Arrow keys go from message to message; the tab key goes through the list in one step. */
function useActiveRow(items: readonly Message[]) {
  const [active, setActive] = useState<string>();
  function pressed(event: KeyboardEvent<HTMLElement>): void {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step === 0 || event.altKey) return;
    event.preventDefault();
    const at = items.findIndex(({ key }) => key === active);
    const next = items[at < 0 ? items.length - 1 : Math.min(Math.max(at + step, 0), items.length - 1)];
    if (next === undefined) return;
    setActive(next.key);
    event.currentTarget.querySelector<HTMLElement>(`[data-key="${CSS.escape(next.key)}"]`)?.focus();
  }
  return { active, setActive, pressed };
}

interface AnnouncementProps {
  readonly list: LiveMessages;
  readonly items: readonly Message[];
  readonly name: string;
}

/** Reads the newest message of somebody else to who cannot see it; what was there at first, and before it, is no news. */
function Announcement({ list, items, name }: AnnouncementProps) {
  const { text } = useSettings();
  const newest = items.at(-1);
  // By the clock of the server, which that of the device need not agree with; so one's own, until sent, do not count.
  const [known] = useState(() => list.items.findLast(({ from }) => from !== name)?.timestamp ?? 0);
  const isNews = newest !== undefined && newest.from !== name && newest.timestamp > known;
  return (
    <p className={styles.hidden} role="status">
      {isNews && `${newest.from}: ${summaryOf(newest, name, text)}`}
    </p>
  );
}
