import { type ChatRoom, type Client, defineMessageType, type Message } from '@parley/client';

/** A message type of the app; its number is the same in all of its programs. */
export const GiftMessage = defineMessageType({
  type: 1,
  parse: ({ gift, amount }) => {
    if (typeof gift !== 'string' || typeof amount !== 'number') throw new TypeError('That is no gift.');
    return { gift, amount };
  },
});

/** What the app shows beside the picture. */
export interface Shown {
  comment(sender: string, text: string): void;
  gift(sender: string, gift: string, total: number): void;
}

/** One person at a stream: its room, and what the app shows of it. */
export class Stream {
  readonly room: ChatRoom;
  /** What all gifts were worth that were seen here. */
  total = 0;
  readonly #stop: () => void;

  constructor(room: ChatRoom, shown: Shown) {
    this.room = room;
    this.#stop = room.on('message', ({ message }) => this.#show(message, shown));
  }

  static async watch(client: Client, roomId: string, shown: Shown): Promise<Stream> {
    const room = (await client.conversations.get(roomId)) as ChatRoom;
    const stream = new Stream(room, shown);
    await room.join();
    return stream;
  }

  /** The first to be left out where a connection is too slow for everything. */
  async comment(text: string): Promise<void> {
    await this.room.send(text, { priority: 'low' });
  }

  /** Never left out: it was paid for. */
  async give(gift: string, amount: number): Promise<void> {
    await this.room.send(new GiftMessage({ gift, amount }, { text: `🎁 ${gift}` }), { priority: 'high' });
    this.total += amount;
  }

  viewers(): Promise<number> {
    return this.room.countOnline();
  }

  /** For the host and its moderators. */
  async mute(clientId: string): Promise<void> {
    const { failed } = await this.room.silence([clientId]);
    if (failed[0] !== undefined) throw failed[0].error;
  }

  async leave(): Promise<void> {
    this.#stop();
    await this.room.quit();
  }

  #show(message: Message, shown: Shown): void {
    if (!(message instanceof GiftMessage)) {
      shown.comment(message.from, message.text);
      return;
    }
    const { gift, amount } = message.fields;
    this.total += amount;
    shown.gift(message.from, gift, this.total);
  }
}

/** The host makes the room, and says who keeps order in it. */
export async function goLive(
  host: Client,
  name: string,
  moderators: readonly string[],
  shown: Shown,
): Promise<Stream> {
  const room = await host.conversations.createChatRoom({ name });
  for (const moderator of moderators) await room.setRole(moderator, 'Manager');
  return new Stream(room, shown);
}
