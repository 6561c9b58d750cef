import type { Client } from '@parley/client';
import { createContext, useContext } from 'react';

/** Who this tab is, and where it can go. */
export interface Seat {
  readonly client: Client;
  readonly name: string;
  readonly maxUploadBytes: number;
  /** Shows a conversation; nothing goes back to the list. */
  readonly show: (conversationId: string | undefined) => void;
  /** Begins a conversation of two, or goes back to it, and shows it. */
  readonly writeTo: (name: string) => Promise<void>;
  readonly leave: () => void;
}

export const SeatContext = createContext<Seat | undefined>(undefined);

export function useSeat(): Seat {
  const seat = useContext(SeatContext);
  if (seat === undefined) throw new Error('Nobody is signed in here.');
  return seat;
}
