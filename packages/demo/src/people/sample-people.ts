import {
  type BasicConversation,
  type Client,
  Connection,
  type ConnectionOptions,
  createClient,
} from '@parley/client';
import { answerPeople } from './answer-people.ts';
import { type Language, LEO, languages, MEI } from './names.ts';
import { openSquare, planHike } from './sample-conversations.ts';

/**
 * The two people who are there before anybody else: they greet, answer, plan a hike, and sit in the town square. They
 * are clients like all others, on one connection.
 */
export class SamplePeople {
  readonly #options: ConnectionOptions;
  readonly #failed: (error: unknown) => void;
  #clients: readonly Client[] = [];

  constructor(options: ConnectionOptions, failed: (error: unknown) => void) {
    this.#options = options;
    this.#failed = failed;
  }

  /** Lets them in, unless they are there. */
  start(): void {
    if (this.#clients.length > 0) return;
    const connection = new Connection(this.#options);
    const [mei, leo] = [
      createClient({ connection, clientId: MEI }),
      createClient({ connection, clientId: LEO }),
    ];
    this.#clients = [mei, leo];
    this.#settle(mei, leo).catch(this.#report);
  }

  /** What fails while they leave is nobody's business. */
  readonly #report = (error: unknown): void => {
    if (this.#clients.length > 0) this.#failed(error);
  };

  async #settle(mei: Client, leo: Client): Promise<void> {
    await Promise.all([mei.whenOpen(), leo.whenOpen()]);
    const plans = new Map<Language, Promise<BasicConversation>>();
    /** Looked for each time, because a group expires; by one at a time, because one is enough. */
    const hike = (language: Language): Promise<BasicConversation> => {
      const plan = plans.get(language) ?? planHike(language, mei, leo).finally(() => plans.delete(language));
      plans.set(language, plan);
      return plan;
    };
    // What one of these cannot do is no reason to leave out the others.
    const everything = [
      answerPeople(mei, { hike, failed: this.#report }),
      answerPeople(leo, { failed: this.#report }),
      openSquare(leo),
      ...languages.map(hike),
    ];
    await Promise.all(everything.map((each) => each.catch(this.#report)));
  }

  async stop(): Promise<void> {
    const clients = this.#clients;
    this.#clients = [];
    await Promise.all(clients.map((client) => client.close().catch(() => {})));
  }
}
