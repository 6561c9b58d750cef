import type { ClientId, Milliseconds } from '../../identifiers.ts';
import type { AppendOutcome } from '../messages.ts';

interface ModelMessage {
  readonly sender: ClientId;
  readonly body: string;
  readonly seq: number;
  readonly timestamp: Milliseconds;
  readonly mention: boolean;
}

/** What a store must make of calls on one conversation, in the plainest words: to compare engines with. */
export class ConversationModel {
  readonly messages: ModelMessage[] = [];
  readonly #members: Map<ClientId, { readTo: Milliseconds; deliveredTo: Milliseconds }>;
  readonly #tokens = new Map<string, ModelMessage>();

  constructor(members: readonly ClientId[]) {
    this.#members = new Map(members.map((client) => [client, { readTo: 0, deliveredTo: 0 }]));
  }

  send(
    sender: ClientId,
    body: string,
    now: Milliseconds,
    token: string | undefined,
    mention: boolean,
  ): Partial<AppendOutcome> {
    if (!this.#members.has(sender)) return { state: 'refused', reason: 'not-a-member' };
    const earlier = this.#tokens.get(`${sender} ${token}`);
    if (earlier !== undefined) return { state: 'duplicate', timestamp: earlier.timestamp };
    const seq = this.messages.length + 1;
    const timestamp = Math.max(now, this.#newest + 1);
    const message = { sender, body, seq, timestamp, mention };
    this.messages.push(message);
    if (token !== undefined) this.#tokens.set(`${sender} ${token}`, message);
    return { state: 'appended', seq, timestamp };
  }

  read(client: ClientId, upTo: Milliseconds) {
    const member = this.#members.get(client);
    if (member === undefined) return undefined;
    const to = this.#newestUpTo(upTo);
    const advanced = to > member.readTo;
    member.readTo = Math.max(member.readTo, to);
    member.deliveredTo = Math.max(member.deliveredTo, member.readTo);
    return { advanced, unread: { count: this.unread(client).length } };
  }

  acknowledge(client: ClientId, upTo: Milliseconds): void {
    const member = this.#members.get(client);
    if (member !== undefined) member.deliveredTo = Math.max(member.deliveredTo, this.#newestUpTo(upTo));
  }

  join(client: ClientId): readonly ClientId[] {
    if (!this.#members.has(client)) {
      this.#members.set(client, { readTo: this.#newest, deliveredTo: this.#newest });
    }
    return [...this.#members.keys()];
  }

  leave(client: ClientId): readonly ClientId[] {
    this.#members.delete(client);
    return [...this.#members.keys()];
  }

  unread(client: ClientId): readonly ModelMessage[] {
    return this.#ofOthersAfter(client, this.#members.get(client)?.readTo);
  }

  unacknowledged(client: ClientId): readonly ModelMessage[] {
    return this.#ofOthersAfter(client, this.#members.get(client)?.deliveredTo);
  }

  get #newest(): Milliseconds {
    return this.messages.at(-1)?.timestamp ?? 0;
  }

  #newestUpTo(moment: Milliseconds): Milliseconds {
    return this.messages.findLast(({ timestamp }) => timestamp <= moment)?.timestamp ?? 0;
  }

  /** Nothing for who is no member. */
  #ofOthersAfter(client: ClientId, position = Number.POSITIVE_INFINITY): readonly ModelMessage[] {
    return this.messages.filter(({ sender, timestamp }) => sender !== client && timestamp > position);
  }
}
