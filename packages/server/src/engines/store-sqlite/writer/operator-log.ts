import type { Statements } from '../statements.ts';

/** Rows of the log that one call looks at, between which commits are let in. */
const SLICE = 500;

/**
 * Brings the index for operators up to the end of the log. Few apps ever search across conversations, so no message
 * pays for it as it is written: whoever searches waits until the index has followed.
 *
 * @returns whether there is more to do
 */
export function indexLog(sql: Statements): boolean {
  const mark = Number(sql.get("SELECT value FROM mark WHERE name = 'logged_row'")?.value ?? 0);
  const rows = sql.all(
    `SELECT m.row, m.timestamp, m.id, m.sender, c.app FROM message m LEFT JOIN conversation c ON c.key = m.conversation
      WHERE m.row > ? ORDER BY m.row LIMIT ?`,
    mark,
    SLICE,
  );
  for (const { row, app, timestamp, id, sender } of rows) {
    // What was said in a conversation that is gone is about to go too.
    if (app === null || app === undefined) continue;
    sql.run(
      'INSERT INTO logged_message (row, app, timestamp, id, sender) VALUES (?, ?, ?, ?, ?)',
      row as number,
      app,
      timestamp as number,
      id as string,
      sender as string,
    );
  }
  const last = rows.at(-1);
  if (last !== undefined) {
    sql.run(
      "INSERT INTO mark VALUES ('logged_row', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
      last.row as number,
    );
  }
  return rows.length === SLICE;
}
