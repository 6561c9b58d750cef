import type { ConversationKind, ConversationRecord } from '../conversation/conversation.ts';
import type { KeyPath } from './condition.ts';
import { type DocumentValue, type QueryDocument, valueAtPath } from './document.ts';

/** `wire-protocol §0.3` */
const kindNumber: Record<ConversationKind, number> = { basic: 1, 'chat-room': 2, service: 3, temporary: 4 };

/** What a conversation is called in a query. The flags are always there, so `tr: false` finds whatever is no chat room. */
const serverColumns = {
  objectId: (record) => record.id,
  c: (record) => record.creator,
  m: (record) => (record.kind === 'basic' || record.kind === 'temporary' ? record.members : undefined),
  mu: (record) => record.mutedBy,
  createdAt: (record) => new Date(record.createdAt),
  updatedAt: (record) => new Date(record.updatedAt),
  lm: (record) => (record.lastMessageAt === undefined ? undefined : new Date(record.lastMessageAt)),
  tr: (record) => record.kind === 'chat-room',
  sys: (record) => record.kind === 'service',
  temp: (record) => record.kind === 'temporary',
  ttl: (record) => record.ttl,
  unique: (record) => record.unique,
  uniqueId: (record) => record.uniqueId,
  conv_type: (record) => kindNumber[record.kind],
} satisfies Record<string, (record: ConversationRecord) => DocumentValue | undefined>;

type ServerColumn = keyof typeof serverColumns;

/** Whether a name means something of the server; all other names are columns of the app. */
export function isServerColumn(name: string): name is ServerColumn {
  return Object.hasOwn(serverColumns, name);
}

/**
 * A conversation as conditions and sort orders see it (`wire-protocol §4.5.1`).
 *
 * @example
 * const document = conversationDocument(record);
 * document.value(['tr']);           // false
 * document.value(['attr', 'type']); // whatever the app stored
 */
export function conversationDocument(record: ConversationRecord): QueryDocument {
  return new ConversationDocument(record);
}

/** A class, not a closure: engines create one per row. */
class ConversationDocument implements QueryDocument {
  readonly #record: ConversationRecord;

  constructor(record: ConversationRecord) {
    this.#record = record;
  }

  value(path: KeyPath): DocumentValue | undefined {
    const first = path[0] ?? '';
    if (!isServerColumn(first)) return valueAtPath(this.#record.columns, path);
    const value: DocumentValue | undefined = serverColumns[first](this.#record);
    // Only the lists have something inside: `m.0` is the first member.
    if (path.length === 1) return value;
    return value === undefined || value instanceof Date ? undefined : valueAtPath({ [first]: value }, path);
  }
}
