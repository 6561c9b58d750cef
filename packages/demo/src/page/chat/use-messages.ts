import type { Client, Conversation, LiveMessages } from '@parley/client';
import { useEffect, useState } from 'react';

const PAGE = 30;
/** A chat room goes by; a group is kept for as far as somebody scrolled. */
const ROOM_KEEPS = 200;

/** Whether there are older messages to show; in a room, none beyond those it keeps. */
export function hasOlder(conversation: Conversation, list: LiveMessages): boolean {
  return list.hasOlder && (conversation.type !== 'chatRoom' || list.items.length < ROOM_KEEPS);
}

/** The live list of a conversation, for as long as it is on the screen. */
export function useMessages(client: Client, conversation: Conversation): LiveMessages {
  const [list] = useState(() =>
    client.messages.live(conversation, {
      pageSize: PAGE,
      ...(conversation.type === 'chatRoom' && { keep: ROOM_KEEPS }),
    }),
  );
  useEffect(() => () => list.close(), [list]);
  return list;
}
