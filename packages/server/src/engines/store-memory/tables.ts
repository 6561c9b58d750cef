import type { ConversationRecord } from '../../domain/conversation/conversation.ts';
import type {
  AppKey,
  ClientId,
  ConversationId,
  ConversationKey,
  Milliseconds,
} from '../../domain/identifiers.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import type { AppRecord, Notice } from '../../domain/ports/store.ts';

/** What a member has read and received, as times of messages. */
export interface MemberState {
  readTo: Milliseconds;
  deliveredTo: Milliseconds;
  readAt?: Milliseconds;
  deliveredAt?: Milliseconds;
  readChangedAt: Milliseconds;
}

/** A conversation with everything that hangs on it. */
export interface ConversationEntry {
  /** Without what its messages say about it; see {@link recordOf}. */
  record: ConversationRecord;
  /** Oldest first. */
  readonly messages: StoredMessage[];
  readonly members: Map<ClientId, MemberState>;
  /** By sender and token: the message a repeated send is answered with. */
  readonly sendTokens: Map<string, StoredMessage>;
  /** Of the newest message ever, also if it is deleted. */
  lastSeq: number;
  lastTimestamp: Milliseconds;
}

export interface KeptNotice {
  readonly app: AppKey;
  readonly recipients: ReadonlySet<ClientId>;
  readonly notice: Notice;
}

/** Everything the store holds. */
export class Tables {
  readonly apps: AppRecord[] = [];
  readonly conversations = new Map<ConversationKey, ConversationEntry>();
  /** By app and id. */
  readonly byId = new Map<string, ConversationEntry>();
  /** By app and member set. */
  readonly byMemberSet = new Map<string, ConversationEntry>();
  notices: KeptNotice[] = [];
  readonly epochs = new Map<string, { readonly app: AppKey; readonly client: ClientId; epoch: number }>();
  readonly closedSessions = new Map<string, Milliseconds>();
  #lastMoment = 0;
  #nextKey = 1;

  nextKey(): ConversationKey {
    return this.#nextKey++;
  }

  /** The moment of an event: now, but later than every event before it. */
  nextMoment(now: Milliseconds): Milliseconds {
    this.#lastMoment = Math.max(now, this.#lastMoment + 1);
    return this.#lastMoment;
  }

  find(app: AppKey, id: ConversationId): ConversationEntry | undefined {
    return this.byId.get(pair(app, id));
  }

  /** The conversations of a client that are alive. */
  ofClient(app: AppKey, client: ClientId, now: Milliseconds): readonly ConversationEntry[] {
    return [...this.conversations.values()].filter(
      (entry) => entry.record.app === app && entry.members.has(client) && isAlive(entry, now),
    );
  }

  remove(entry: ConversationEntry): void {
    const { app, key, id, uniqueId } = entry.record;
    this.conversations.delete(key);
    this.byId.delete(pair(app, id));
    if (uniqueId !== undefined) this.byMemberSet.delete(pair(app, uniqueId));
  }
}

export function pair(app: AppKey, name: string): string {
  return `${app}/${name}`;
}

export function isAlive({ record }: ConversationEntry, now: Milliseconds): boolean {
  return record.expiresAt === undefined || record.expiresAt > now;
}

/** The record as readers see it: messages move `updatedAt` and `lastMessageAt`. */
export function recordOf({ record, lastTimestamp }: ConversationEntry): ConversationRecord {
  if (lastTimestamp === 0) return record;
  return { ...record, lastMessageAt: lastTimestamp, updatedAt: Math.max(record.updatedAt, lastTimestamp) };
}
