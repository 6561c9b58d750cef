import { CommandType } from '@parley/protocol/wire';
import type { Session } from '../session/session.ts';
import type { Message } from './message.ts';

/** How far somebody has read in one conversation; without a message, as far as there is something. */
export interface ReadMark {
  readonly mid?: string | undefined;
  readonly timestamp?: number | undefined;
}

/**
 * What this client has read, until the server is known to know. The server answers a mark with the count that follows;
 * a mark without it is sent again at the next login, where one too many does nothing.
 */
export class ReadMarks {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    session.on('opened', () => {
      for (const [conversationId, mark] of this.#marks) this.#send(conversationId, mark);
    });
  }

  add(conversationId: string, lastMessage: Message | undefined): void {
    const mark = { mid: lastMessage?.id, timestamp: lastMessage?.timestamp };
    this.#session.positions.reads = new Map(this.#marks).set(conversationId, mark);
    this.#send(conversationId, mark);
  }

  /**
   * The server says how much is unread as of a time. `true` where that does not count, because the newest of it was
   * read here before the server knew.
   */
  isOutdated(conversationId: string, unread: number, asOf: number): boolean {
    const mark = this.#marks.get(conversationId);
    if (mark === undefined) return false;
    if (unread > 0 && asOf <= (mark.timestamp ?? 0)) return true;
    const reads = new Map(this.#marks);
    reads.delete(conversationId);
    this.#session.positions.reads = reads;
    return false;
  }

  get #marks(): ReadonlyMap<string, ReadMark> {
    return this.#session.positions.reads ?? new Map();
  }

  #send(cid: string, mark: ReadMark): void {
    this.#session.send({ cmd: CommandType.read, readMessage: { convs: [{ cid, ...mark }] } });
  }
}
