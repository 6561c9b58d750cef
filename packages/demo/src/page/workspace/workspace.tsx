import { type Conversation, createClient, type LiveConversations } from '@parley/client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { sampleNames } from '../../people/names.ts';
import { Chat } from '../chat/chat.tsx';
import { NoChat } from '../chat/no-chat.tsx';
import type { DemoConfig } from '../config.ts';
import { useLive } from '../hooks/use-live.ts';
import { type Language, useSettings } from '../settings/settings.tsx';
import { Sidebar } from '../sidebar/sidebar.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { go, useRoute } from './route.ts';
import { type Seat, SeatContext } from './seat.ts';
import { useRooms } from './use-rooms.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useTitle } from './use-title.ts';
import styles from './workspace.module.css';

const LIST_PAGE = 40;
/** Below it, the list and a chat take turns on the screen. */
export const WIDE = '(min-width: 760px)';

export interface WorkspaceProps {
  readonly config: DemoConfig;
  readonly name: string;
  readonly leave: () => void;
}

/** Somebody's chats: the list, and the one that is open. */
export function Workspace({ config, name, leave }: WorkspaceProps) {
  const { language } = useSettings();
  const [{ client, list }] = useState(() => open(config, name));
  useEffect(() => {
    return () => {
      list.close();
      void client.close();
    };
  }, [client, list]);

  const route = useRoute();
  const conversations = useLive(list);
  const rooms = useRooms(client);
  const selected = useConversation(client, route);
  useWelcome(client, language);
  useTitle(conversations);

  const writeTo = useCallback(
    async (other: string) => {
      const chat = await client.conversations.create({ members: [other], attributes: { language } });
      go(chat.id);
    },
    [client, language],
  );
  const seat = useMemo<Seat>(
    () => ({ client, name, maxUploadBytes: config.maxUploadBytes, show: go, writeTo, leave }),
    [client, name, config, writeTo, leave],
  );
  useShortcuts(
    useMemo(() => [...rooms, ...conversations], [rooms, conversations]),
    route,
  );

  return (
    <SeatContext value={seat}>
      <Toasts>
        <div className={styles.shell} data-shows={route === undefined ? 'list' : 'chat'}>
          <ConnectionBanner />
          <div className={styles.panes}>
            <Sidebar list={list} rooms={rooms} selected={route} />
            <main className={styles.main}>
              {selected === undefined ? <NoChat /> : <Chat key={selected.id} conversation={selected} />}
            </main>
          </div>
        </div>
      </Toasts>
    </SeatContext>
  );
}

function open({ appId, appKey }: DemoConfig, clientId: string) {
  const client = createClient({ url: location.origin, appId, appKey, clientId });
  const list: LiveConversations = client.conversations.live(client.conversations.query().limit(LIST_PAGE));
  return { client, list };
}

/** The conversation of this id, once it is known; one that does not exist is like none. */
function useConversation(client: Seat['client'], id: string | undefined): Conversation | undefined {
  const [found, setFound] = useState<Conversation>();
  useEffect(() => {
    if (id === undefined) {
      setFound(undefined);
      return;
    }
    let isOver = false;
    client.conversations.get(id).then(
      (conversation) => !isOver && setFound(conversation),
      () => !isOver && go(undefined),
    );
    return () => {
      isOver = true;
    };
  }, [client, id]);
  return found?.id === id ? found : undefined;
}

/** Meets the sample people, and shows the first of them where there is room for it. */
function useWelcome(client: Seat['client'], language: Language): void {
  // They stay with the language of the first meeting.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per client
  useEffect(() => {
    let isOver = false;
    async function meet() {
      await client.whenOpen();
      const chats = await Promise.all(
        sampleNames.map((member) =>
          client.conversations.create({ members: [member], attributes: { language } }),
        ),
      );
      if (!isOver && location.hash.length < 3 && matchMedia(WIDE).matches) go(chats[0]?.id);
    }
    // Without a connection the banner says so already.
    meet().catch(() => {});
    return () => {
      isOver = true;
    };
  }, [client]);
}
