import type { ClientId, Milliseconds } from '../../../domain/identifiers.ts';
import { isWaiting, type Tail } from './conversation-tails.ts';
import { CHUNK, RowWindow } from './row-window.ts';

/** What the index has to know of a message. */
export interface WaitingMessage {
  readonly row: number;
  readonly timestamp: Milliseconds;
  readonly sender: ClientId;
}

/** Senders whose names are kept to be shared by their messages. */
const MOST_SENDERS = 50_000;

/** What is kept in numbers, side by side: messages are looked up in any order, and memory is far away. */
const TIMESTAMP = 0;
/** How many rows before it is the message before it in the same conversation, if that waits, too; 0 if not. */
const TO_PREVIOUS = 1;
const NUMBERS = 2;

class Chunk {
  readonly numbers = new Float64Array(CHUNK * NUMBERS);
  readonly senders: ClientId[] = new Array(CHUNK);
}

/**
 * The messages that are in the log and not in the index; a million of them take thirty megabytes. Those of a conversation
 * are a chain from the newest back. Nothing is ever taken out of it: what was indexed meanwhile is known by its row.
 */
export class WaitingMessages {
  readonly #window = new RowWindow(() => new Chunk());
  readonly #senders = new Map<ClientId, ClientId>();

  /** @param tail of its conversation, not yet advanced to it */
  add(tail: Tail, { row, timestamp, sender }: WaitingMessage): void {
    const { numbers, senders } = this.#window.add(row);
    const at = row % CHUNK;
    numbers[at * NUMBERS + TIMESTAMP] = timestamp;
    numbers[at * NUMBERS + TO_PREVIOUS] = isWaiting(tail) ? row - tail.newestRow : 0;
    senders[at] = this.#shared(sender);
  }

  /** All that waits of a conversation, the oldest first: time, sender, row, time, and so on. */
  of(tail: Tail): readonly (number | string)[] {
    const rows: number[] = [];
    for (let row = tail.newestRow; row > tail.indexedRow; ) {
      rows.push(row);
      const distance = this.#number(row, TO_PREVIOUS);
      if (distance === 0) break;
      row -= distance;
    }
    const values: (number | string)[] = [];
    for (const row of rows.reverse()) {
      values.push(this.#number(row, TIMESTAMP), this.#window.at(row).senders[row % CHUNK] as ClientId, row);
    }
    return values;
  }

  /** Nothing up to this row waits any longer. */
  dropTo(row: number): void {
    this.#window.dropTo(row);
  }

  #number(row: number, which: number): number {
    return this.#window.at(row).numbers[(row % CHUNK) * NUMBERS + which] as number;
  }

  /** One string for all messages of a sender instead of one each. */
  #shared(sender: ClientId): ClientId {
    const shared = this.#senders.get(sender);
    if (shared !== undefined) return shared;
    if (this.#senders.size >= MOST_SENDERS) this.#senders.clear();
    this.#senders.set(sender, sender);
    return sender;
  }
}
