import { type Client, type Message, TemporaryConversation } from '@parley/client';

interface Waiting {
  readonly customer: string;
  readonly question: string;
}

export interface DeskOptions {
  /** Who may take customers. */
  readonly agents: readonly string[];
  /** Seconds after which a talk ends by itself. */
  readonly talkSeconds: number;
}

/**
 * The desk: a client of the app's own server that customers write to. It keeps the queue, and brings customer and agent
 * together in a conversation that ends by itself.
 */
export class Desk {
  readonly #client: Client;
  readonly #options: DeskOptions;
  readonly #queue: Waiting[] = [];

  constructor(client: Client, options: DeskOptions) {
    this.#client = client;
    this.#options = options;
    client.on('message', ({ conversation, message }) => {
      const isAgent = options.agents.includes(message.from);
      // Talks that the desk made are between customer and agent.
      if (conversation.creator === client.id || message.from === client.id) return;
      const answer = isAgent ? this.#next(message.from) : this.#enqueue(message);
      answer
        .then((text) => conversation.send(text))
        .catch((error) => console.error('The desk failed:', error));
    });
  }

  async #enqueue(message: Message): Promise<string> {
    const place = this.#queue.findIndex(({ customer }) => customer === message.from);
    if (place < 0) this.#queue.push({ customer: message.from, question: message.text });
    return `You are number ${place < 0 ? this.#queue.length : place + 1}.`;
  }

  async #next(agent: string): Promise<string> {
    const waiting = this.#queue.shift();
    if (waiting === undefined) return 'Nobody is waiting.';
    const { customer, question } = waiting;
    const talk = await this.#client.conversations.createTemporary({
      members: [customer, agent],
      ttl: this.#options.talkSeconds,
    });
    await talk.send(`${agent} is here for ${customer}, who asked: ${question}`);
    return `${this.#queue.length} more are waiting.`;
  }
}

/** What a customer's app does. @returns the talk with the agent, once there is one */
export async function askForHelp(customer: Client, question: string): Promise<TemporaryConversation> {
  const line = await customer.conversations.createTemporary({ members: ['desk'], ttl: 3_600 });
  const talk = nextTalk(customer);
  await line.send(question);
  return talk;
}

/** What an agent's app does. */
export async function takeNext(agent: Client): Promise<TemporaryConversation> {
  const toDesk = await agent.conversations.create({ members: ['desk'] });
  const talk = nextTalk(agent);
  await toDesk.send('next');
  return talk;
}

/** The desk opens a talk by speaking in it. */
function nextTalk(client: Client): Promise<TemporaryConversation> {
  return new Promise((resolve) => {
    const stop = client.on('message', ({ conversation }) => {
      if (!(conversation instanceof TemporaryConversation) || conversation.creator !== 'desk') return;
      stop();
      resolve(conversation);
    });
  });
}
