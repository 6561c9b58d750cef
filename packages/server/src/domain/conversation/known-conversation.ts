import type { ClientId, Milliseconds } from '../identifiers.ts';
import type { ConversationRecord } from './conversation.ts';

/** A conversation record with its lists in the form questions are asked of it. */
export interface Conversation extends ConversationRecord {
  readonly memberSet: ReadonlySet<ClientId>;
  /** A chat room may have silenced and blocked thousands. */
  readonly silencedSet: ReadonlySet<ClientId>;
  readonly silenceEnds: ReadonlyMap<ClientId, Milliseconds>;
  readonly blockedSet: ReadonlySet<ClientId>;
}

export function knownConversation(record: ConversationRecord): Conversation {
  return {
    ...record,
    memberSet: new Set(record.members),
    silencedSet: new Set(record.silenced),
    silenceEnds: new Map(record.silencedUntil.map(({ client, until }) => [client, until])),
    blockedSet: new Set(record.blocked),
  };
}
