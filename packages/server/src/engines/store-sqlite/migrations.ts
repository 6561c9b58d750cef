import type { DatabaseSync } from 'node:sqlite';
import { DatabaseTooNew } from './failures.ts';
import { defineTokenHash } from './token-hash.ts';

/**
 * Every step the schema has ever taken, in order. A database is only ever moved forward; a step that was released
 * is never changed.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE app (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    app_key TEXT NOT NULL,
    master_key TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL
  );

  CREATE TABLE conversation (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    creator TEXT,
    columns TEXT NOT NULL,
    is_unique INTEGER NOT NULL,
    unique_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    ttl INTEGER,
    expires_at INTEGER,
    -- Lists as JSON; NULL where empty, as nearly always.
    roles TEXT,
    silenced TEXT,
    blocked TEXT,
    -- The next three follow the message log late; see message-index.ts.
    last_seq INTEGER NOT NULL DEFAULT 0,
    last_message_at INTEGER,
    last_patch_at INTEGER,
    UNIQUE (app, id)
  );
  CREATE UNIQUE INDEX conversation_member_set ON conversation (app, unique_id) WHERE unique_id IS NOT NULL;
  CREATE INDEX conversation_recent ON conversation (app, last_message_at, updated_at);
  CREATE INDEX conversation_updated ON conversation (app, updated_at);
  CREATE INDEX conversation_created ON conversation (app, created_at);
  CREATE INDEX conversation_expiry ON conversation (expires_at) WHERE expires_at IS NOT NULL;

  -- Every plain value of the attributes, for queries on them; see attribute-entries.ts.
  CREATE TABLE conversation_attribute (
    app INTEGER NOT NULL,
    path TEXT NOT NULL,
    value NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (app, path, value, conversation)
  ) WITHOUT ROWID;

  CREATE TABLE member (
    conversation INTEGER NOT NULL,
    client TEXT NOT NULL,
    app INTEGER NOT NULL,
    -- Joining order.
    position INTEGER NOT NULL,
    muted INTEGER NOT NULL DEFAULT 0,
    -- Everything up to these message times is read, or delivered.
    read_to INTEGER NOT NULL,
    delivered_to INTEGER NOT NULL,
    read_at INTEGER,
    delivered_at INTEGER,
    read_changed_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, client)
  ) WITHOUT ROWID;
  CREATE INDEX member_client ON member (app, client, conversation);

  -- Append-only but for patches and receipts.
  CREATE TABLE message (
    row INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    sender TEXT NOT NULL,
    body NOT NULL,
    receipt INTEGER NOT NULL,
    mention_all INTEGER NOT NULL,
    mentions TEXT,
    type INTEGER,
    token TEXT,
    patched_at INTEGER,
    recalled INTEGER NOT NULL DEFAULT 0,
    delivered_at INTEGER,
    read_at INTEGER
  );
  -- The index of the log, a table of its own because it is written late; see message-index.ts. It alone answers how
  -- many messages of others are unread.
  CREATE TABLE message_order (
    conversation INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    sender TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (conversation, timestamp)
  ) WITHOUT ROWID;
  CREATE TABLE message_token (
    conversation INTEGER NOT NULL,
    token TEXT NOT NULL,
    sender TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (conversation, token, sender)
  ) WITHOUT ROWID;
  CREATE VIEW ordered_message AS
    SELECT o.conversation, o.timestamp, o.sender, o.row, m.seq, m.id, m.body, m.receipt, m.mention_all, m.mentions, m.type,
           m.token, m.patched_at, m.recalled, m.delivered_at, m.read_at
      FROM message_order o JOIN message m ON m.row = o.row;
  CREATE INDEX message_mentioning ON message (conversation, timestamp) WHERE mentions IS NOT NULL OR mention_all = 1;
  CREATE INDEX message_patched ON message (conversation, patched_at) WHERE patched_at IS NOT NULL;

  CREATE TABLE notice (
    key INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    at INTEGER NOT NULL,
    content TEXT NOT NULL
  );
  CREATE INDEX notice_age ON notice (app, at);
  CREATE TABLE notice_recipient (
    app INTEGER NOT NULL,
    client TEXT NOT NULL,
    notice INTEGER NOT NULL,
    PRIMARY KEY (app, client, notice)
  ) WITHOUT ROWID;
  CREATE INDEX notice_recipient_notice ON notice_recipient (notice);

  CREATE TABLE client_epoch (app INTEGER NOT NULL, client TEXT NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (app, client))
    WITHOUT ROWID;
  CREATE TABLE closed_session (session TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX closed_session_until ON closed_session (until);

  -- Small facts about the database itself.
  CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  ALTER TABLE message ADD COLUMN from_ip TEXT;
  DROP VIEW ordered_message;
  CREATE VIEW ordered_message AS
    SELECT o.conversation, o.timestamp, o.sender, o.row, m.seq, m.id, m.body, m.receipt, m.mention_all, m.mentions, m.type,
           m.token, m.patched_at, m.recalled, m.delivered_at, m.read_at, m.from_ip
      FROM message_order o JOIN message m ON m.row = o.row;

  -- Set for the logs of a service other than its own, which nobody finds as conversations; see service-logs.ts.
  ALTER TABLE conversation ADD COLUMN service INTEGER;
  CREATE INDEX conversation_service ON conversation (service, updated_at) WHERE service IS NOT NULL;

  -- What clients said to services, for operators.
  CREATE TABLE received_message (
    row INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    service INTEGER NOT NULL,
    timestamp INTEGER NOT NULL
  );
  CREATE INDEX received_message_app ON received_message (app, timestamp);
  CREATE INDEX received_message_service ON received_message (service, timestamp);

  -- What services said to everybody, as long as it is delivered.
  CREATE TABLE broadcast (
    log INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    id TEXT NOT NULL,
    app INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    PRIMARY KEY (log, timestamp)
  ) WITHOUT ROWID;
  CREATE INDEX broadcast_app ON broadcast (app, timestamp);

  -- Since when the app has a client.
  CREATE TABLE client (app INTEGER NOT NULL, client TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (app, client))
    WITHOUT ROWID;

  -- Services that are gone, whose logs and subscribers are being deleted in batches.
  CREATE TABLE deleted_service (key INTEGER PRIMARY KEY);
  `,
  `
  -- The objects of the data API; see domain/ports/records.ts.
  CREATE TABLE data_class (key INTEGER PRIMARY KEY, app INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (app, name));
  CREATE TABLE data_record (
    key INTEGER PRIMARY KEY,
    class INTEGER NOT NULL,
    id TEXT NOT NULL,
    columns TEXT NOT NULL,
    secrets TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (class, id)
  );
  CREATE INDEX data_record_created ON data_record (class, created_at, id);
  CREATE INDEX data_record_updated ON data_record (class, updated_at, id);
  -- Names that belong to one record of a class at most.
  CREATE TABLE data_key (
    class INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (class, name, value)
  ) WITHOUT ROWID;
  CREATE INDEX data_key_record ON data_key (record, name);
  -- Every plain value of the columns, for queries on them; see attribute-entries.ts.
  CREATE TABLE data_value (
    class INTEGER NOT NULL,
    path TEXT NOT NULL,
    value NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (class, path, value, record)
  ) WITHOUT ROWID;
  `,
  `
  -- Clients that may not send until a moment, as JSON; NULL where there are none.
  ALTER TABLE conversation ADD COLUMN silenced_until TEXT;

  -- Conversations that are gone, whose messages are being deleted in batches.
  CREATE TABLE deleted_conversation (key INTEGER PRIMARY KEY);

  -- The log as operators search it, across conversations. It follows the log when somebody asks; see operator-log.ts.
  CREATE TABLE logged_message (
    row INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    id TEXT NOT NULL,
    sender TEXT NOT NULL
  );
  CREATE INDEX logged_message_time ON logged_message (app, timestamp, id);
  CREATE INDEX logged_message_sender ON logged_message (app, sender, timestamp, id);

  CREATE TABLE refused_conversation (
    key INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    client TEXT NOT NULL,
    conversation TEXT NOT NULL,
    UNIQUE (app, client, conversation)
  );

  CREATE TABLE daily_client (day TEXT NOT NULL, app INTEGER NOT NULL, client TEXT NOT NULL, PRIMARY KEY (day, app, client))
    WITHOUT ROWID;
  `,
  `
  -- The only ones a message is unread for, as JSON, where a hook of the app chose; NULL, as nearly always: all members.
  ALTER TABLE message ADD COLUMN receivers TEXT;
  CREATE INDEX message_restricted ON message (conversation, timestamp) WHERE receivers IS NOT NULL;
  `,
  `
  -- The name older programs have for the exchange of a client with a service; see domain/ports/service-log-key.ts.
  ALTER TABLE conversation ADD COLUMN log_key TEXT;
  CREATE INDEX conversation_log_key ON conversation (app, log_key) WHERE log_key IS NOT NULL;
  `,
  `
  -- How far each webhook has come in the log of messages, and what was given up on the way.
  CREATE TABLE webhook_position (app INTEGER NOT NULL, webhook TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (app, webhook))
    WITHOUT ROWID;
  CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL,
    webhook TEXT NOT NULL,
    from_place INTEGER NOT NULL,
    to_place INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    error TEXT NOT NULL,
    at INTEGER NOT NULL
  );
  CREATE INDEX dead_letter_app ON dead_letter (app, id);
  `,
  `
  -- What was done to an app by whoever administers it; details are JSON.
  CREATE TABLE audit_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    target TEXT,
    via TEXT NOT NULL,
    user TEXT,
    address TEXT,
    details TEXT NOT NULL,
    failed INTEGER NOT NULL
  );
  CREATE INDEX audit_entry_app ON audit_entry (app, id);
  CREATE INDEX audit_entry_time ON audit_entry (app, at);
  CREATE INDEX audit_entry_action ON audit_entry (app, action, id);
  CREATE INDEX audit_entry_target ON audit_entry (app, target, id) WHERE target IS NOT NULL;
  `,
  `
  -- One keyword a line. One value, because it is only ever read and replaced as a whole.
  CREATE TABLE keyword_list (app INTEGER PRIMARY KEY, list TEXT NOT NULL, count INTEGER NOT NULL, changed_at INTEGER NOT NULL);

  -- Clients that may not log in; until NULL: for good.
  CREATE TABLE ban (
    app INTEGER NOT NULL,
    client TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    reason TEXT NOT NULL,
    PRIMARY KEY (app, client)
  ) WITHOUT ROWID;
  CREATE INDEX ban_until ON ban (until) WHERE until IS NOT NULL;
  `,
  `
  -- The chat rooms that sessions were in when the server was stopped.
  CREATE TABLE room_absence (
    name TEXT PRIMARY KEY,
    app INTEGER NOT NULL,
    client TEXT NOT NULL,
    room INTEGER NOT NULL,
    until INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- What is to be told to webhooks besides messages, which have a log already; data is JSON.
  CREATE TABLE webhook_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL,
    at INTEGER NOT NULL,
    data TEXT NOT NULL
  );
  CREATE INDEX webhook_event_app ON webhook_event (app, id);
  `,
  `
  -- Few conversations have roles, and operators ask for those of all.
  CREATE INDEX conversation_roles ON conversation (app, key) WHERE roles IS NOT NULL;
  `,
  `
  -- What was said to all subscribers of a service and is hidden from some of them. Rows go with the message. The clients
  -- of one message are numbered, so that the newest number says how many there are.
  CREATE TABLE hidden_message (
    log INTEGER NOT NULL,
    client TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (log, client, timestamp)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX hidden_message_clients ON hidden_message (log, timestamp, number);
  `,
  `
  -- Which device of a client last logged in under a tag; the newest has the highest key.
  CREATE TABLE tag_holder (
    key INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    client TEXT NOT NULL,
    tag TEXT NOT NULL,
    device TEXT NOT NULL,
    UNIQUE (app, client, tag)
  );
  `,
  `
  -- Send tokens by their hashes; see writer/send-tokens.ts. A run is named after the last of its rows.
  CREATE TABLE token_run (
    row INTEGER PRIMARY KEY,
    newest_at INTEGER NOT NULL,
    filter BLOB
  );
  CREATE TABLE send_token (
    run INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (run, hash, row)
  ) WITHOUT ROWID;
  -- What is not in the index yet has no row in message_token either, and is read back from the messages themselves.
  INSERT INTO mark SELECT 'token_row', max(row) FROM message
    WHERE row <= (SELECT value FROM mark WHERE name = 'indexed_row') HAVING max(row) > 0;
  INSERT INTO token_run SELECT m.row, m.timestamp, NULL FROM mark JOIN message m ON m.row = mark.value WHERE name = 'token_row';
  INSERT INTO send_token
    SELECT value, token_hash(conversation, sender, token), row FROM message_token, mark
      WHERE name = 'token_row' AND row <= value
      ORDER BY 2, 3;
  DROP TABLE message_token;
  `,
  `
  -- Objects of one moment in the order of their insertion, which is that of their keys.
  DROP INDEX data_record_created;
  DROP INDEX data_record_updated;
  CREATE INDEX data_record_created ON data_record (class, created_at);
  CREATE INDEX data_record_updated ON data_record (class, updated_at);
  `,
];

/**
 * @param wanted the version to stop at, for tests of a step
 * @throws DatabaseTooNew
 */
export function migrate(db: DatabaseSync, wanted = steps.length): void {
  const found = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (found > steps.length) {
    throw new DatabaseTooNew(
      `The database has version ${found}, but this release knows only up to ${steps.length}: start the newer release that wrote it, or restore a backup.`,
    );
  }
  defineTokenHash(db);
  for (let version = found; version < wanted; version++) {
    db.exec(`BEGIN IMMEDIATE; ${steps[version]} PRAGMA user_version = ${version + 1}; COMMIT`);
  }
}
