import type { ConversationRecord } from '../../domain/conversation/conversation.ts';
import type {
  AppKey,
  ClientId,
  ConversationId,
  ConversationKey,
  MessageId,
  Milliseconds,
} from '../../domain/identifiers.ts';
import type { StoredMessage } from '../../domain/message/message.ts';
import type { AppRecord } from '../../domain/ports/app-repository.ts';
import type { AuditDraft, AuditEntry } from '../../domain/ports/audit.ts';
import type { Ban } from '../../domain/ports/bans.ts';
import type { Notice } from '../../domain/ports/notices.ts';

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
  /** Set for the logs of a service other than its own, which nobody finds as conversations. */
  readonly service?: ConversationKey;
  /** By message id: the only ones it is unread for, where not all members. */
  readonly receivers: Map<string, ReadonlySet<ClientId>>;
  /** By message id: the clients it is hidden from. */
  readonly hidden: Map<MessageId, Set<ClientId>>;
  /** Of the newest message ever, also if it is deleted. */
  lastSeq: number;
  lastTimestamp: Milliseconds;
}

export interface KeptNotice {
  readonly app: AppKey;
  readonly recipients: ReadonlySet<ClientId>;
  readonly notice: Notice;
}

export interface KeptBroadcast {
  readonly service: ConversationEntry;
  readonly log: ConversationEntry;
  readonly message: StoredMessage;
  readonly validUntil: Milliseconds;
}

/** Everything the store holds. */
export class Tables {
  readonly apps: AppRecord[] = [];
  readonly conversations = new Map<ConversationKey, ConversationEntry>();
  /** By app and id. */
  readonly byId = new Map<string, ConversationEntry>();
  /** By app and member set. */
  readonly byMemberSet = new Map<string, ConversationEntry>();
  /** The logs of services other than their own, by an id no conversation has. */
  readonly serviceLogs = new Map<string, ConversationEntry>();
  /** What clients said to services, oldest first. */
  received: {
    readonly service: ConversationEntry;
    readonly log: ConversationEntry;
    readonly id: MessageId;
  }[] = [];
  broadcasts: KeptBroadcast[] = [];
  /** By app and client: since when it is known. */
  readonly clients = new Map<string, Milliseconds>();
  /** Every message there ever was, in the order of commits. */
  readonly log: { readonly entry: ConversationEntry; readonly id: MessageId }[] = [];
  notices: KeptNotice[] = [];
  /** By app and client, in the order they were refused. */
  readonly refusedConversations = new Map<string, Set<ConversationId>>();
  /** By day, then by app. */
  readonly dailyClients = new Map<string, Map<AppKey, Set<ClientId>>>();
  /** By app, then by client. */
  readonly bans = new Map<AppKey, Map<ClientId, Ban>>();
  readonly epochs = new Map<string, { readonly app: AppKey; readonly client: ClientId; epoch: number }>();
  readonly closedSessions = new Map<string, Milliseconds>();
  /** Oldest first. */
  audit: { readonly app: AppKey; readonly entry: AuditEntry }[] = [];
  #lastMoment = 0;
  #lastAuditId = 0;
  #nextKey = 1;

  nextKey(): ConversationKey {
    return this.#nextKey++;
  }

  addAuditEntry(app: AppKey, draft: AuditDraft): void {
    this.audit.push({ app, entry: { ...draft, id: ++this.#lastAuditId } });
  }

  /** The moment of an event: now, but later than every event before it. */
  nextMoment(now: Milliseconds): Milliseconds {
    this.#lastMoment = Math.max(now, this.#lastMoment + 1);
    return this.#lastMoment;
  }

  find(app: AppKey, id: ConversationId): ConversationEntry | undefined {
    return this.byId.get(pair(app, id));
  }

  /** The conversations of a client that are alive, services apart. */
  ofClient(app: AppKey, client: ClientId, now: Milliseconds): readonly ConversationEntry[] {
    return [...this.conversations.values()].filter(
      (entry) =>
        entry.record.app === app &&
        entry.record.kind !== 'service' &&
        entry.members.has(client) &&
        isAlive(entry, now),
    );
  }

  remove(entry: ConversationEntry): void {
    const { app, key, id, uniqueId } = entry.record;
    this.conversations.delete(key);
    this.byId.delete(pair(app, id));
    if (uniqueId !== undefined) this.byMemberSet.delete(pair(app, uniqueId));
    this.broadcasts = this.broadcasts.filter((broadcast) => broadcast.service !== entry);
    this.received = this.received.filter(({ service }) => service !== entry);
    for (const [id, log] of this.serviceLogs) {
      if (log.service === key || log === entry) this.serviceLogs.delete(id);
      if (log.service === key) this.conversations.delete(log.record.key);
    }
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
