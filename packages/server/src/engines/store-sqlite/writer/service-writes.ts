import type {
  AppKey,
  ClientId,
  ConversationKey,
  MessageId,
  Milliseconds,
} from '../../../domain/identifiers.ts';
import type { ConversationRef } from '../../../domain/ports/conversations.ts';
import type { MessageDraft } from '../../../domain/ports/messages.ts';
import { serviceLogKey } from '../../../domain/ports/service-log-key.ts';
import type {
  HiddenMessage,
  HideOutcome,
  SentToClients,
  ServiceMessageDraft,
} from '../../../domain/ports/services.ts';
import { findMessage } from '../message-lookup.ts';
import { everyoneLogId, ownLogId } from '../service-logs.ts';
import type { Row, Statements } from '../statements.ts';
import type { ConversationTails, Tail } from './conversation-tails.ts';
import type { MessageIndex } from './message-index.ts';
import type { MessageWrites } from './message-writes.ts';
import type { SendTokens } from './send-tokens.ts';
import { ServiceTimes } from './service-times.ts';

/** Everything that changes what a service has said, and who listens. */
export class ServiceWrites {
  readonly #sql: Statements;
  readonly #tails: ConversationTails;
  readonly #index: MessageIndex;
  readonly #tokens: SendTokens;
  readonly #messages: MessageWrites;
  readonly #times: ServiceTimes;

  constructor(
    sql: Statements,
    tails: ConversationTails,
    index: MessageIndex,
    tokens: SendTokens,
    messages: MessageWrites,
  ) {
    this.#sql = sql;
    this.#tails = tails;
    this.#index = index;
    this.#tokens = tokens;
    this.#messages = messages;
    this.#times = new ServiceTimes(sql, tails);
  }

  subscribe(
    { app, key }: ConversationRef,
    client: ClientId,
    now: Milliseconds,
  ): 'new' | 'known' | 'no-conversation' {
    if (this.#service(key) === undefined) return 'no-conversation';
    const newest = this.#tails.of(key)?.timestamp ?? 0;
    return this.#listen(app, key, client, now, newest) ? 'new' : 'known';
  }

  unsubscribe({ key }: ConversationRef, client: ClientId): boolean {
    return this.#sql.run('DELETE FROM member WHERE conversation = ? AND client = ?', key, client) > 0;
  }

  setMuted({ key }: ConversationRef, client: ClientId, muted: boolean): boolean {
    return (
      this.#sql.run(
        'UPDATE member SET muted = ? WHERE conversation = ? AND client = ?',
        muted ? 1 : 0,
        key,
        client,
      ) > 0
    );
  }

  hide({ key }: ConversationRef, client: ClientId, message: HiddenMessage): HideOutcome {
    const { id, timestamp, author, limit, now } = message;
    if (this.#service(key) === undefined) return 'not-found';
    this.#index.settle(key);
    const found = findMessage(this.#sql, key, id, timestamp);
    if (found?.timestamp !== timestamp || !this.#sees(key, client, timestamp)) return 'not-found';
    if (author !== undefined && found.sender !== author) return 'not-the-author';
    const newest = this.#sql.get(
      'SELECT max(number) AS number FROM hidden_message WHERE log = ? AND timestamp = ?',
      key,
      timestamp,
    );
    const number = Number(newest?.number ?? 0) + 1;
    if (number > limit) return 'hidden-from-too-many';
    this.#sql.run('INSERT INTO hidden_message VALUES (?, ?, ?, ?)', key, client, timestamp, number);
    // The count of the client is another one now, which it is told when it is back.
    this.#sql.run(
      `UPDATE member SET read_changed_at = max(read_changed_at, ?)
        WHERE conversation = ? AND client = ? AND read_to < ?`,
      now,
      key,
      client,
      timestamp,
    );
    return 'hidden';
  }

  /** Whether a client sees what was said to all subscribers at a moment. */
  #sees(service: ConversationKey, client: ClientId, timestamp: Milliseconds): boolean {
    const subscription = this.#sql.get(
      `SELECT 1 FROM member m WHERE conversation = ?1 AND client = ?2
          AND NOT EXISTS (SELECT 1 FROM hidden_message WHERE log = ?1 AND client = ?2 AND timestamp = ?3)`,
      service,
      client,
      timestamp,
    );
    return subscription !== undefined;
  }

  sendToSubscribers({ service, ...draft }: ServiceMessageDraft) {
    if (this.#service(service.key) === undefined) return undefined;
    const place = this.#times.forEverybody(service.key, draft.now);
    this.#messages.insert(this.#inLog(draft, service.key), this.#tail(service.key), place);
    return place;
  }

  sendToClients({
    service,
    clients,
    ...draft
  }: ServiceMessageDraft & { readonly clients: readonly ClientId[] }): SentToClients {
    if (this.#service(service.key) === undefined) return { state: 'refused', reason: 'no-conversation' };
    const logs = clients.map((client) => ({ client, log: this.#ownLog(service, client, draft.now) }));
    const lasts = logs.map(({ log }) => this.#tail(log).timestamp);
    const place = this.#times.forClients(service.key, draft.now, lasts);
    for (const { log } of logs) this.#messages.insert(this.#inLog(draft, log), this.#tail(log), place);
    return { state: 'appended', ...place, logs };
  }

  nameExchange(service: ConversationRef, client: ClientId, now: Milliseconds): void {
    if (this.#service(service.key) !== undefined) this.#ownLog(service, client, now);
  }

  receive({ service, ...draft }: ServiceMessageDraft): SentToClients {
    if (this.#service(service.key) === undefined) return { state: 'refused', reason: 'no-conversation' };
    const log = this.#ownLog(service, draft.sender, draft.now);
    const tail = this.#tail(log);
    const earlier = draft.token === undefined ? undefined : this.#tokens.find(log, draft.sender, draft.token);
    if (earlier !== undefined) return { state: 'duplicate', id: earlier.id, timestamp: earlier.timestamp };
    const place = this.#times.forClients(service.key, draft.now, [tail.timestamp]);
    const { row } = this.#messages.insert(this.#inLog(draft, log), tail, place);
    this.#sql.run(
      'INSERT INTO received_message (row, app, service, timestamp) VALUES (?, ?, ?, ?)',
      row,
      service.app,
      service.key,
      place.timestamp,
    );
    return { state: 'appended', ...place, logs: [{ client: draft.sender, log }] };
  }

  broadcast({ service, validUntil, ...draft }: ServiceMessageDraft & { readonly validUntil: Milliseconds }) {
    if (this.#service(service.key) === undefined) return undefined;
    const log = this.#log(service, everyoneLogId(service.key), draft.now);
    const { id, timestamp } = this.#times.forEverybody(service.key, draft.now);
    this.#messages.insert(this.#inLog(draft, log), this.#tail(log), { id, timestamp });
    // Nobody is a member of this log before having read it, so nobody's reads would bring its index up to date.
    this.#index.settle(log);
    this.#sql.run(
      'INSERT INTO broadcast (log, timestamp, id, app, valid_until) VALUES (?, ?, ?, ?, ?)',
      log,
      timestamp,
      id,
      service.app,
      validUntil,
    );
    return { id, timestamp, log };
  }

  withdrawBroadcast(app: AppKey, id: MessageId): boolean {
    const found = this.#sql.get('SELECT log, timestamp FROM broadcast WHERE app = ? AND id = ?', app, id);
    if (found === undefined) return false;
    const place = [found.log as number, found.timestamp as number] as const;
    this.#sql.run('DELETE FROM broadcast WHERE log = ? AND timestamp = ?', ...place);
    this.#index.settle(Number(found.log));
    this.#sql.run(
      'DELETE FROM message WHERE row = (SELECT row FROM message_order WHERE conversation = ? AND timestamp = ?)',
      ...place,
    );
    this.#sql.run('DELETE FROM message_order WHERE conversation = ? AND timestamp = ?', ...place);
    return true;
  }

  rememberClient(app: AppKey, client: ClientId, now: Milliseconds): void {
    this.#sql.run('INSERT OR IGNORE INTO client (app, client, since) VALUES (?, ?, ?)', app, client, now);
  }

  #service(key: ConversationKey): Row | undefined {
    return this.#sql.get("SELECT id FROM conversation WHERE key = ? AND kind = 'service'", key);
  }

  #ownLog(service: ConversationRef, client: ClientId, now: Milliseconds): ConversationKey {
    const log = this.#log(service, ownLogId(service.key, client), now, client);
    this.#listen(service.app, log, client, 0, 0);
    return log;
  }

  /** The log of this id, made where there is none yet. */
  #log({ app, key }: ConversationRef, id: string, now: Milliseconds, client?: ClientId): ConversationKey {
    const found = this.#sql.get('SELECT key FROM conversation WHERE app = ? AND id = ?', app, id);
    if (found !== undefined) return Number(found.key);
    const service = this.#service(key)?.id as string;
    return this.#sql.insert(
      `INSERT INTO conversation (app, id, kind, columns, is_unique, created_at, updated_at, version, service, log_key)
       VALUES (?, ?, 'service', '{}', 0, ?, ?, 1, ?, ?)`,
      app,
      id,
      now,
      now,
      key,
      client === undefined ? null : serviceLogKey(service, client),
    );
  }

  #listen(
    app: AppKey,
    log: ConversationKey,
    client: ClientId,
    since: Milliseconds,
    readTo: Milliseconds,
  ): boolean {
    const added = this.#sql.run(
      `INSERT OR IGNORE INTO member (conversation, client, app, position, read_to, delivered_to)
       VALUES (?, ?, ?, ?, ?, ?)`,
      log,
      client,
      app,
      since,
      readTo,
      readTo,
    );
    return added > 0;
  }

  #tail(log: ConversationKey): Tail {
    const tail = this.#tails.of(log);
    if (tail === undefined) throw new Error(`Log ${log} vanished within its own transaction.`);
    return tail;
  }

  #inLog(draft: Omit<ServiceMessageDraft, 'service'>, log: ConversationKey): MessageDraft {
    return { ...draft, conversation: log, membersOnly: false };
  }
}
