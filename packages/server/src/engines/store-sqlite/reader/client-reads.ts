import type { AppKey, ClientId, ConversationId } from '../../../domain/identifiers.ts';
import type { TagHolder } from '../../../domain/ports/tag-holders.ts';
import type { Statements } from '../statements.ts';

export function readRefusedConversations(
  sql: Statements,
  app: AppKey,
  client: ClientId,
  skip: number,
  limit: number,
): readonly ConversationId[] {
  return sql
    .all(
      'SELECT conversation FROM refused_conversation WHERE app = ? AND client = ? ORDER BY key LIMIT ? OFFSET ?',
      app,
      client,
      limit,
      skip,
    )
    .map((row) => row.conversation as string);
}

export function readRefusedBy(
  sql: Statements,
  app: AppKey,
  conversation: ConversationId,
  clients: readonly ClientId[],
): readonly ClientId[] {
  return clients.filter(
    (client) =>
      sql.get(
        'SELECT 1 FROM refused_conversation WHERE app = ? AND client = ? AND conversation = ?',
        app,
        client,
        conversation,
      ) !== undefined,
  );
}

export function countDailyClients(sql: Statements, app: AppKey, day: string): number {
  return Number(sql.get('SELECT count(*) AS n FROM daily_client WHERE day = ? AND app = ?', day, app)?.n);
}

export function hasDailyClient(sql: Statements, app: AppKey, day: string, client: ClientId): boolean {
  const row = sql.get(
    'SELECT 1 FROM daily_client WHERE day = ? AND app = ? AND client = ?',
    day,
    app,
    client,
  );
  return row !== undefined;
}

export function readNewestTagHolders(sql: Statements, limit: number): readonly TagHolder[] {
  return sql
    .all('SELECT app, client, tag, device FROM tag_holder ORDER BY key DESC LIMIT ?', limit)
    .map((row) => ({
      app: Number(row.app),
      client: row.client as string,
      tag: row.tag as string,
      device: row.device as string,
    }))
    .reverse();
}
