import type { ChatRoom, Conversation, LiveConversations } from '@parley/client';
import { useState } from 'react';
import { useLive } from '../hooks/use-live.ts';
import { useSettings } from '../settings/settings.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useSeat } from '../workspace/seat.ts';
import { titleOf } from '../workspace/titles.ts';
import { SEARCH_FIELD } from '../workspace/use-shortcuts.ts';
import { ConversationRow } from './conversation-row.tsx';
import { NewChat } from './new-chat.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import styles from './sidebar.module.css';

export interface SidebarProps {
  readonly list: LiveConversations;
  readonly rooms: readonly ChatRoom[];
  readonly selected: string | undefined;
}

type Opened = 'nothing' | 'new chat' | 'settings';

/** Everything there is to open. */
export function Sidebar({ list, rooms, selected }: SidebarProps) {
  const { name } = useSeat();
  const { text, language } = useSettings();
  const conversations = useLive(list);
  const [words, setWords] = useState('');
  const [opened, setOpened] = useState<Opened>('nothing');
  const isFound = ({ data }: Conversation) =>
    titleOf(data, name, language).toLowerCase().includes(words.trim().toLowerCase());
  const foundRooms = rooms.filter(isFound);
  const found = conversations.filter(isFound);
  const close = () => setOpened('nothing');

  return (
    <aside className={styles.sidebar}>
      <header className={styles.head}>
        <Avatar name={name} size={38} />
        <strong className={styles.name}>{name}</strong>
        <IconButton icon="gear" label={text.settings.open} onClick={() => setOpened('settings')} />
        <IconButton icon="pen" label={text.list.newChat} onClick={() => setOpened('new chat')} />
      </header>
      <div className={styles.search}>
        <Icon name="search" size={17} />
        <input
          id={SEARCH_FIELD}
          type="search"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && setWords('')}
          placeholder={text.list.search}
          aria-label={text.list.search}
        />
      </div>
      <nav className={styles.scroller} aria-label={text.list.title}>
        {foundRooms.length > 0 && <Section title={text.list.rooms} of={foundRooms} selected={selected} />}
        {found.length > 0 && <Section title={text.list.conversations} of={found} selected={selected} />}
        {found.length + foundRooms.length === 0 && (
          <p className={styles.nothing}>{words === '' ? text.list.nothing : text.list.nothingFound(words)}</p>
        )}
        {list.hasMore && (
          <Button className={styles.more} onClick={() => void list.loadMore()}>
            {text.list.more}
          </Button>
        )}
      </nav>
      {opened === 'new chat' && <NewChat known={conversations} close={close} />}
      {opened === 'settings' && <SettingsDialog close={close} />}
    </aside>
  );
}

function Section({
  title,
  of,
  selected,
}: {
  readonly title: string;
  readonly of: readonly Conversation[];
  readonly selected: string | undefined;
}) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      <ul>
        {of.map((conversation) => (
          <li key={conversation.id}>
            <ConversationRow conversation={conversation} isSelected={conversation.id === selected} />
          </li>
        ))}
      </ul>
    </section>
  );
}
