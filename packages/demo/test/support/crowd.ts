import { ChatRoom, type Client, Connection, createClient } from '@parley/client';
import type { Stage } from './stage.ts';

/** People in a chat room who talk until they are told to stop. */
export class Crowd {
  readonly #clients: readonly Client[];
  readonly #rooms: readonly ChatRoom[];
  #isTalking = false;
  #talks: Promise<void>[] = [];

  private constructor(clients: readonly Client[], rooms: readonly ChatRoom[]) {
    this.#clients = clients;
    this.#rooms = rooms;
  }

  static async enter(stage: Stage, size: number): Promise<Crowd> {
    const connection = new Connection({ url: stage.url, ...(await stage.keys()) });
    const clients = Array.from({ length: size }, (_, at) =>
      createClient({ connection, clientId: `guest ${at + 1}` }),
    );
    const rooms = await Promise.all(clients.map(roomOf));
    return new Crowd(clients, rooms);
  }

  /** Everybody counts aloud. */
  talk(): void {
    this.#isTalking = true;
    this.#talks = this.#rooms.map(async (room, at) => {
      for (let said = 1; this.#isTalking; said++) {
        await room.send(`guest ${at + 1} says ${said}`);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    });
  }

  async hush(): Promise<void> {
    this.#isTalking = false;
    await Promise.all(this.#talks);
  }

  async leave(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}

async function roomOf(client: Client): Promise<ChatRoom> {
  const [room] = await client.conversations.query().chatRooms().find();
  if (!(room instanceof ChatRoom)) throw new Error('There is no chat room.');
  await room.join();
  return room;
}
