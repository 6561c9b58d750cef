import { CommandType } from '@parley/protocol/wire';
import type { Session } from '../session/session.ts';

/** How far somebody has read in one conversation. */
export interface ReadMark {
  readonly mid?: string | undefined;
  readonly timestamp: number;
  /** Whether the server has it for sure, though maybe not done. */
  readonly hasCome?: boolean | undefined;
}

/**
 * What this client has read, until the server is known to know. A mark has no answer of its own. Whatever is asked after
 * it is answered after it came; but a count that the server tells then may be older than the mark still, so a mark is
 * kept until a count shows that it was taken in, or is surely later. At the next login it is sent again, where one too
 * many does nothing.
 */
export class ReadMarks {
  readonly #session: Session;
  #isAsking = false;

  constructor(session: Session) {
    this.#session = session;
    session.on('opened', () => {
      const marks = this.#marks;
      // One that came before is repeated once, in case the server broke down over it: in a conversation that is left no
      // count will ever follow.
      this.#keep([...marks].filter(([, { hasCome }]) => hasCome !== true));
      for (const [conversationId, mark] of marks) this.#send(conversationId, mark);
    });
  }

  add(conversationId: string, mark: ReadMark): void {
    this.#keep([...this.#marks, [conversationId, mark]]);
    this.#send(conversationId, mark);
  }

  /**
   * The server says how much is unread as of a time. `true` where that does not count, because the newest of it was
   * read here before the server knew.
   */
  isOutdated(conversationId: string, unread: number, asOf: number): boolean {
    const mark = this.#marks.get(conversationId);
    if (mark === undefined) return false;
    if (unread > 0 && asOf <= mark.timestamp) return true;
    const isTakenIn = unread === 0 && asOf >= mark.timestamp;
    if (isTakenIn || mark.hasCome === true)
      this.#keep([...this.#marks].filter(([id]) => id !== conversationId));
    return false;
  }

  get #marks(): ReadonlyMap<string, ReadMark> {
    return this.#session.positions.reads ?? new Map();
  }

  #keep(marks: readonly (readonly [string, ReadMark])[]): void {
    this.#session.positions.reads = new Map(marks);
  }

  #send(cid: string, { mid, timestamp }: ReadMark): void {
    const isSent = this.#session.send({
      cmd: CommandType.read,
      readMessage: { convs: [{ cid, mid, timestamp }] },
    });
    if (!isSent || this.#isAsking) return;
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
    this.#keep(
      [...this.#marks].map(([id, mark]) => [id, sent.get(id) === mark ? { ...mark, hasCome: true } : mark]),
    );
  }
}
