import type { AppKey, ClientId, ConversationKey } from '../../domain/identifiers.ts';
import type { Sought } from './sought.ts';
import type { WorkerClient } from './worker-client.ts';

/**
 * Beyond this, conversations that nobody reads are settled to be forgotten here; some ten megabytes. At a quarter of
 * it, a busy server did little else.
 */
const MOST_REMEMBERED = 200_000;

/**
 * The main thread's memory of conversations whose newest messages may not be indexed yet (`writer/message-index.ts`).
 * The reading thread finds messages through the index only, so before a read the writing thread is asked to bring up
 * to date what the read looks at; nothing is asked for conversations that were quiet.
 */
export class Unsettled {
  readonly #writer: WorkerClient;
  /** The number of the newest append to each conversation. */
  readonly #newest = new Map<ConversationKey, number>();
  #appends = 0;
  /** Until all is indexed that there was when the store was opened, of which nothing is known here. */
  #recovering: Promise<void> | undefined;
  #forgetting = false;

  constructor(writer: WorkerClient) {
    this.#writer = writer;
  }

  /** To be called first. What another process left is indexed meanwhile; what is read, at once. */
  recover(): void {
    this.#recovering = this.#settleEverything().then(
      () => {
        this.#recovering = undefined;
      },
      // A full disk, say: then the writer is asked before each read, as if it were not done yet.
      () => {},
    );
  }

  appended(conversation: ConversationKey): void {
    this.#newest.set(conversation, ++this.#appends);
    if (this.#newest.size <= MOST_REMEMBERED || this.#forgetting) return;
    this.#forgetting = true;
    const done = () => {
      this.#forgetting = false;
    };
    this.settleAll().then(done, done);
  }

  async settle(conversation: ConversationKey): Promise<void> {
    const covered = this.#newest.get(conversation);
    if (covered === undefined && this.#recovering === undefined) return;
    await this.#writer.call('settle', conversation);
    if (covered !== undefined && this.#newest.get(conversation) === covered)
      this.#newest.delete(conversation);
  }

  /** The conversations of a client. */
  async settleOf(app: AppKey, client: ClientId): Promise<void> {
    if (!this.#isAllSettled()) await this.#writer.call('settleOf', app, client);
  }

  /** What a query may find; undefined for anything. */
  settleSought(app: AppKey, sought: Sought | undefined): Promise<void> {
    if (sought === undefined || this.#isAllSettled()) return this.settleAll();
    return this.#writer.call('settleSought', app, sought);
  }

  async settleAll(): Promise<void> {
    if (this.#isAllSettled()) return;
    const covered = this.#appends;
    await this.#settleEverything();
    for (const [conversation, append] of this.#newest)
      if (append <= covered) this.#newest.delete(conversation);
  }

  async #settleEverything(): Promise<void> {
    let upTo: number | undefined;
    do {
      upTo = await this.#writer.call<number | undefined>('settleSome', upTo);
    } while (upTo !== undefined);
  }

  #isAllSettled(): boolean {
    return this.#newest.size === 0 && this.#recovering === undefined;
  }
}
