import type { AppKey, ClientId, ConversationKey, SessionId } from '../identifiers.ts';

/**
 * Who is in which chat room right now. A room holds sessions rather than clients: another device of the same client is
 * in it only if it entered by itself. A session is in one room at most (F-ROOM-10). Nothing of this is stored.
 */
export interface Rooms {
  /** Puts a live session into the room, and out of the one it was in. False where it was in this one already. */
  enter(room: ConversationKey, session: SessionId): boolean;
  /** False where the session was not in the room. */
  leave(room: ConversationKey, session: SessionId): boolean;
  /** Puts out every session of a client, and lets none of them come back by itself. */
  expel(app: AppKey, room: ConversationKey, client: ClientId): boolean;
  /** Clients in the room, each counted once. */
  count(room: ConversationKey): number;
  /** Some clients that are in the room, by chance. */
  sample(room: ConversationKey, limit: number): readonly ClientId[];
  isIn(room: ConversationKey, client: ClientId): boolean;
}
