import type { ClientId, Milliseconds } from '../../domain/identifiers.ts';
import type { Notice } from '../../domain/ports/notices.ts';
import type { ConversationEntry, Tables } from './tables.ts';

/** Keeps a notice for those who are away. */
export function tell(
  tables: Tables,
  { record }: ConversationEntry,
  recipients: readonly ClientId[],
  at: Milliseconds,
  by: ClientId | undefined,
  what: Notice['what'],
): void {
  if (recipients.length === 0) return;
  const { app, key, id, kind, updatedAt } = record;
  const conversation = { key, id, kind };
  const notice = { at, conversation, updatedAt, ...(by !== undefined && { by }), what };
  tables.notices.push({ app, recipients: new Set(recipients), notice });
}
