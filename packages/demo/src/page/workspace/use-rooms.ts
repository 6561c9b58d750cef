import { ChatRoom, type Client } from '@parley/client';
import { useEffect, useState } from 'react';

const MOST_ROOMS = 20;

/** The chat rooms there are, asked anew after each login. */
export function useRooms(client: Client): readonly ChatRoom[] {
  const [rooms, setRooms] = useState<readonly ChatRoom[]>([]);
  useEffect(() => {
    const look = () => {
      client.conversations
        .query()
        .chatRooms()
        .limit(MOST_ROOMS)
        .find()
        .then(
          (found) => setRooms(found.filter((each) => each instanceof ChatRoom)),
          () => {},
        );
    };
    look();
    return client.on('state', ({ state }) => state.name === 'open' && look());
  }, [client]);
  return rooms;
}
