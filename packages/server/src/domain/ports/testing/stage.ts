import { afterEach, beforeEach } from 'vitest';
import type { ConversationRecord } from '../../conversation/conversation.ts';
import type { StoredMessage } from '../../message/message.ts';
import type { ConversationDraft } from '../conversations.ts';
import type { AppendOutcome, HistoryRange, MessageDraft } from '../messages.ts';
import type { ServiceMessageDraft } from '../services.ts';
import type { Store } from '../store.ts';

/** How a suite gets an empty store of the engine it examines. */
export interface Engine {
  readonly name: string;
  readonly open: () => Promise<{ readonly store: Store; readonly remove: () => Promise<void> }>;
}

/** A store for each test, and short forms of what most of them do. */
export class Stage {
  store!: Store;
  app = 0;
  #remove: () => Promise<void> = async () => {};
  #made = 0;

  constructor(engine: Engine) {
    beforeEach(async () => {
      const { store, remove } = await engine.open();
      this.store = store;
      this.#remove = remove;
      this.app = await this.makeApp('contract-app');
    });
    afterEach(async () => {
      await this.store.close();
      await this.#remove();
    });
  }

  async makeApp(id: string): Promise<number> {
    const draft = { id, appKey: 'key', masterKey: 'master', settings: {}, createdAt: 1 };
    return (await this.store.apps.create(draft)).app.key;
  }

  draft(changes: Partial<ConversationDraft> = {}): ConversationDraft {
    return {
      app: this.app,
      id: (++this.#made).toString(16).padStart(24, '0'),
      kind: 'basic',
      creator: 'Tom',
      columns: {},
      members: ['Tom', 'Jerry'],
      unique: false,
      now: 1000,
      ...changes,
    };
  }

  async conversation(changes: Partial<ConversationDraft> = {}): Promise<ConversationRecord> {
    return (await this.store.conversations.create(this.draft(changes))).conversation;
  }

  /** The record as it is now. */
  async reload({ id }: ConversationRecord, now = 0): Promise<ConversationRecord | undefined> {
    return (await this.store.conversations.load(this.app, [id], now))[0];
  }

  append({ key }: ConversationRecord, changes: Partial<MessageDraft> = {}): Promise<AppendOutcome> {
    return this.store.messages.append({
      conversation: key,
      sender: 'Tom',
      body: 'hello',
      receipt: false,
      mentions: [],
      mentionAll: false,
      membersOnly: true,
      now: 1000,
      ...changes,
    });
  }

  /** Appends, and insists that it worked. */
  async say(
    conversation: ConversationRecord,
    body: string,
    changes: Partial<MessageDraft> = {},
  ): Promise<Extract<AppendOutcome, { state: 'appended' }>> {
    const outcome = await this.append(conversation, { body, ...changes });
    if (outcome.state !== 'appended') throw new Error(`Not appended: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  /** Has a service speak to all subscribers, and insists that it worked. */
  async toSubscribers(service: ConversationRecord, body: string, now?: number) {
    const sent = await this.store.services.sendToSubscribers(serviceDraft(service, body, now));
    if (sent === undefined) throw new Error('The service is gone.');
    return sent;
  }

  history({ key }: ConversationRecord, range: Partial<HistoryRange> = {}): Promise<readonly StoredMessage[]> {
    return this.store.messages.history({ conversation: key, direction: 'older', limit: 1000, ...range });
  }
}

export const bodies = (messages: readonly StoredMessage[]) => messages.map(({ body }) => body);

/** What a service says. */
export function serviceDraft(service: ConversationRecord, body: string, now = 1000): ServiceMessageDraft {
  return { service, sender: 'desk', body, receipt: false, mentions: [], mentionAll: false, now };
}
