import type { AppKey, ClientId, ConversationKey } from '../../domain/identifiers.ts';
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
  #forgetting = false;

  constructor(writer: WorkerClient) {
    this.#writer = writer;
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
    if (covered === undefined) return;
    await this.#writer.call('settle', conversation);
    if (this.#newest.get(conversation) === covered) this.#newest.delete(conversation);
  }

  /** The conversations of a client. */
  async settleOf(app: AppKey, client: ClientId): Promise<void> {
    if (this.#newest.size > 0) await this.#writer.call('settleOf', app, client);
  }

  async settleAll(): Promise<void> {
    if (this.#newest.size === 0) return;
    const covered = this.#appends;
    let upTo: number | undefined;
    do {
      upTo = await this.#writer.call<number | undefined>('settleSome', upTo);
    } while (upTo !== undefined);
    for (const [conversation, append] of this.#newest)
      if (append <= covered) this.#newest.delete(conversation);
  }
}
