import { type AckCommand, CommandType } from '@parley/protocol/wire';
import type { Conversation } from '../conversations/conversation.ts';
import type { Session } from '../session/session.ts';

/** Acknowledging in the rhythm of seconds costs a busy group one command, not one per message. */
const RHYTHM = 1_000;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Tells the server what has arrived here, for the receipts of those who sent it. */
export class Acknowledgements {
  readonly #session: Session;
  readonly #open = new Map<string, Range>();
  readonly #readUpTo = new Map<string, number>();
  /** What arrived on a connection that has ended: the gap to what came later is not acknowledged. */
  #sealed: AckCommand[] = [];
  #isPlanned = false;

  constructor(session: Session) {
    this.#session = session;
    session.on('state', ({ state, previous }) => {
      if (previous.name === 'open') this.#seal();
      if (state.name === 'open') this.#plan();
    });
  }

  /** A message that was pushed. */
  arrived(conversation: Conversation, timestamp: number): void {
    if (conversation.type === 'chatRoom') return;
    const { from = timestamp, to = timestamp } = this.#open.get(conversation.id) ?? {};
    this.#open.set(conversation.id, { from: Math.min(from, timestamp), to: Math.max(to, timestamp) });
    this.#plan();
  }

  /** A page of history whose newest message is of this time: nothing before it is missing. */
  read(conversation: Conversation, upTo: number | undefined): void {
    if (upTo === undefined || conversation.type === 'chatRoom') return;
    if (upTo <= (this.#readUpTo.get(conversation.id) ?? 0)) return;
    this.#readUpTo.set(conversation.id, upTo);
    this.#sealed.push({ cid: conversation.id, tots: upTo });
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned || (this.#open.size === 0 && this.#sealed.length === 0)) return;
    this.#isPlanned = true;
    this.#session.connection.platform.clock.after(RHYTHM, () => {
      this.#isPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#session.state.name !== 'open') return;
    this.#seal();
    for (const ackMessage of this.#sealed.splice(0)) this.#session.send({ cmd: CommandType.ack, ackMessage });
  }

  #seal(): void {
    for (const [cid, { from, to }] of this.#open) this.#sealed.push({ cid, fromts: from, tots: to });
    this.#open.clear();
  }
}
