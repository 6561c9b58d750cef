import { type Message, withEnvelope } from '../messages/message.ts';

/** Stored messages in their order, each once, each in the newest form that was seen. */
export class MessageTimeline {
  #messages: readonly Message[] = [];

  get messages(): readonly Message[] {
    return this.#messages;
  }

  get oldest(): Message | undefined {
    return this.#messages[0];
  }

  /** Begins anew with these; one that was there before keeps its key. */
  reset(messages: readonly Message[]): void {
    const before = new Map(this.#messages.map((message) => [message.id, message]));
    this.#messages = messages.map((message) => newer(before.get(message.id) ?? message, message));
  }

  has(id: string | undefined): boolean {
    return this.#indexOf(id) >= 0;
  }

  /** Adds what is not there, and takes over what is newer than what is there. */
  merge(messages: readonly Message[]): void {
    const added: Message[] = [];
    const byId = new Map(this.#messages.map((message, at) => [message.id, at]));
    const merged = [...this.#messages];
    for (const message of messages) {
      const at = byId.get(message.id);
      const known = at === undefined ? undefined : merged[at];
      if (at !== undefined && known !== undefined) merged[at] = newer(known, message);
      else {
        byId.set(message.id, merged.length);
        merged.push(message);
        added.push(message);
      }
    }
    this.#messages = added.length === 0 ? merged : merged.sort(compareMessages);
  }

  /** Keeps the newest ones only. */
  trim(length: number): void {
    this.#messages = this.#messages.slice(-length);
  }

  /** Replaces messages; those that `change` answers with themselves stay. */
  map(change: (message: Message) => Message): void {
    this.#messages = this.#messages.map(change);
  }

  #indexOf(id: string | undefined): number {
    return id === undefined ? -1 : this.#messages.findIndex((message) => message.id === id);
  }
}

/** By time, and by id where the time is the same (`wire-protocol §7`). */
export function compareMessages(a: Message, b: Message): number {
  if (a.timestamp !== b.timestamp) return a.timestamp - b.timestamp;
  const [left = '', right = ''] = [a.id, b.id];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** One message as two sources tell it: the later edit wins, receipts add up, and it keeps the key it was written with. */
export function newer(known: Message, news: Message): Message {
  const isEdited = (news.editedAt ?? 0) > (known.editedAt ?? 0);
  const key = known.key === known.id ? news.key : known.key;
  const deliveredAt = known.deliveredAt ?? news.deliveredAt;
  const readAt = known.readAt ?? news.readAt;
  const isSame = key === known.key && deliveredAt === known.deliveredAt && readAt === known.readAt;
  if (isSame && !isEdited) return known;
  return withEnvelope(isEdited ? news : known, { key, deliveredAt, readAt });
}
