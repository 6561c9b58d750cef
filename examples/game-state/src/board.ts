import { type Conversation, defineMessageType, type Unsubscribe } from '@parley/client';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where a player is. Sent many times a second as a transient message: not kept, not counted, and never sent again. */
export const MoveMessage = defineMessageType({
  type: 1,
  parse: ({ x, y, n }) => ({ x: Number(x), y: Number(y), n: Number(n) }),
});

/** A player took a coin. A normal message: on disk before anybody sees it, and in one order for all. */
export const CoinMessage = defineMessageType({ type: 2, parse: ({ coin }) => ({ coin: String(coin) }) });

/** Asks the others to say where they are, when somebody comes in. */
export const HelloMessage = defineMessageType({ type: 3, parse: () => ({}) });

export const gameMessages = [MoveMessage, CoinMessage, HelloMessage];

/**
 * One player's view of the board. Moves are as new as the last one that arrived; coins belong to the first who took them,
 * in the order of the server, so all boards agree.
 */
export class Board {
  readonly places = new Map<string, Place>();
  readonly owners = new Map<string, string>();
  readonly #game: Conversation;
  readonly #me: string;
  readonly #newest = new Map<string, number>();
  readonly #stops: Unsubscribe[] = [];
  #moves = 0;

  private constructor(game: Conversation, me: string) {
    this.#game = game;
    this.#me = me;
  }

  /** Comes into a game that may have begun: coins are in the history, places come from the players. */
  static async enter(game: Conversation, me: string, coins: CoinList): Promise<Board> {
    const board = new Board(game, me);
    board.#stops.push(game.on('message', (event) => board.#heard(event)));
    board.#stops.push(coins.subscribe(() => board.#count(coins)));
    board.#count(coins);
    await game.send(new HelloMessage({}), { transient: true });
    return board;
  }

  /** Many times a second. One that gets lost is made good by the next. */
  async move(place: Place): Promise<void> {
    this.places.set(this.#me, place);
    const message = new MoveMessage({ ...place, n: ++this.#moves });
    await this.#game.send(message, { transient: true }).catch(() => {});
  }

  /** Ours only if nobody was faster: look at {@link owners} afterwards. */
  async take(coin: string): Promise<void> {
    await this.#game.send(new CoinMessage({ coin }));
  }

  leave(): void {
    for (const stop of this.#stops) stop();
  }

  #heard({ message }: { readonly message: unknown }): void {
    if (message instanceof HelloMessage) {
      const place = this.places.get(this.#me);
      if (place !== undefined) void this.move(place);
    }
    if (!(message instanceof MoveMessage)) return;
    const { from } = message;
    const { x, y, n } = message.fields;
    // One that was overtaken is old news; a player that starts anew counts from one.
    if (n !== 1 && n < (this.#newest.get(from) ?? 0)) return;
    this.#newest.set(from, n);
    this.places.set(from, { x, y });
  }

  #count(coins: CoinList): void {
    this.owners.clear();
    for (const message of coins.items) {
      if (!(message instanceof CoinMessage) || message.status !== 'sent') continue;
      const { coin } = message.fields;
      if (!this.owners.has(coin)) this.owners.set(coin, message.from);
    }
  }
}

/** `client.messages.live(game)`: what the server committed, in its order, whatever connections do. */
interface CoinList {
  readonly items: readonly unknown[];
  subscribe(listener: () => void): Unsubscribe;
}
