import type { ConversationRecord } from '../conversation/conversation.ts';

/** A conversation for tests of queries; say only what matters. */
export function sampleConversation(overrides: Partial<ConversationRecord> = {}): ConversationRecord {
  return {
    app: 1,
    key: 1,
    id: '5f1a0c2de4b0a1c2d3e4f501',
    kind: 'basic',
    creator: 'Tom',
    columns: {},
    members: ['Tom', 'Jerry'],
    mutedBy: [],
    roles: [],
    silenced: [],
    silencedUntil: [],
    blocked: [],
    unique: false,
    createdAt: Date.UTC(2025, 0, 1),
    updatedAt: Date.UTC(2025, 0, 2),
    version: 1,
    ...overrides,
  };
}
