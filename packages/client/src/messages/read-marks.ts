import { CommandType } from '@parley/protocol/wire';
import type { Session } from '../session/session.ts';
import type { Message } from './message.ts';

/** How far somebody has read in one conversation; without a message, as far as there is something. */
export interface ReadMark {
  readonly mid?: string | undefined;
  readonly timestamp?: number | undefined;
}

/**
 * What this client has read, until the server is known to know. A mark has no answer of its own, and a count may have been
 * on its way before the mark came; but whatever is asked after it is answered after it came. A mark that is not known to
 * have come is sent again at the next login, where one too many does nothing.
 */
export class ReadMarks {
  readonly #session: Session;
  #isAsking = false;

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
    return mark !== undefined && unread > 0 && asOf <= (mark.timestamp ?? 0);
  }

  get #marks(): ReadonlyMap<string, ReadMark> {
    return this.#session.positions.reads ?? new Map();
  }

  #send(cid: string, mark: ReadMark): void {
    this.#session.send({ cmd: CommandType.read, readMessage: { convs: [{ cid, ...mark }] } });
    if (this.#isAsking) return;
    this.#isAsking = true;
    // Once for all marks of a turn.
    Promise.resolve()
      .then(() => this.#askWhatCame())
      .catch(() => {});
  }

  async #askWhatCame(): Promise<void> {
    this.#isAsking = false;
    const sent = this.#marks;
    await this.#session.request({ cmd: CommandType.echo });
    this.#session.positions.reads = new Map(
      [...this.#marks].filter(([conversationId, mark]) => sent.get(conversationId) !== mark),
    );
  }
}
