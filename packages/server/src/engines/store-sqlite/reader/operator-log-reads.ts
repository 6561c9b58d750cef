import type { ConversationKind } from '../../../domain/conversation/conversation.ts';
import type { LoggedMessage, LogRange } from '../../../domain/ports/messages.ts';
import { MESSAGE_COLUMNS, messageOf } from '../rows.ts';
import type { Row, Statements } from '../statements.ts';
import { rangeConditions } from './history.ts';

const COLUMNS = MESSAGE_COLUMNS.split(', ')
  .map((column) => `m.${column}`)
  .join(', ');

/** Messages across conversations; see `writer/operator-log.ts`. */
export function readLog(sql: Statements, range: LogRange): readonly LoggedMessage[] {
  const { conditions, parameters } = rangeConditions(range, 'l.');
  const order = range.direction === 'older' ? 'DESC' : 'ASC';
  const scope =
    range.sender === undefined ? [] : ['l.sender = ?', 'c.service IS NULL', "c.kind <> 'service'"];
  const rows = sql.all(
    `SELECT ${COLUMNS}, c.id AS log, c.service, coalesce(s.id, c.id) AS conversation_id, c.kind
       FROM logged_message l
       JOIN message m ON m.row = l.row
       JOIN conversation c ON c.key = m.conversation
       LEFT JOIN conversation s ON s.key = c.service
      WHERE ${['l.app = ?', ...scope, ...conditions].join(' AND ')}
        AND (c.service IS NULL OR c.id <> c.service || ':everyone')
      ORDER BY l.timestamp ${order}, l.id ${order} LIMIT ?`,
    range.app,
    ...(range.sender === undefined ? [] : [range.sender]),
    ...parameters,
    range.limit,
  );
  const logged = rows.map(loggedMessage);
  return range.direction === 'older' ? logged.reverse() : logged;
}

function loggedMessage(row: Row): LoggedMessage {
  const kind = row.kind as ConversationKind;
  const conversation = { id: row.conversation_id as string, kind };
  const message = messageOf(row);
  if (row.service === null) return { conversation, message };
  return { conversation, client: (row.log as string).slice(`${row.service}/`.length), message };
}
