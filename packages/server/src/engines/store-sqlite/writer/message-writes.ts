import type { ConversationKey, MessageId, Milliseconds } from '../../../domain/identifiers.ts';
import type { MessageBody } from '../../../domain/message/message.ts';
import { messageIdAt } from '../../../domain/ports/message-id.ts';
import type {
  AppendOutcome,
  MessageDraft,
  Overwrite,
  PatchDraft,
  PatchOutcome,
} from '../../../domain/ports/messages.ts';
import { deleteMessage } from '../delete-message.ts';
import { hiddenFrom } from '../hidden-messages.ts';
import { findMessage } from '../message-lookup.ts';
import type { Statements } from '../statements.ts';
import type { ConversationTails, Tail } from './conversation-tails.ts';
import type { LatestTime } from './latest-time.ts';
import type { MessageIndex } from './message-index.ts';
import type { SendTokens } from './send-tokens.ts';

export class MessageWrites {
  readonly #sql: Statements;
  readonly #tails: ConversationTails;
  readonly #index: MessageIndex;
  readonly #tokens: SendTokens;

  readonly #time: LatestTime;

  constructor(
    sql: Statements,
    tails: ConversationTails,
    index: MessageIndex,
    tokens: SendTokens,
    time: LatestTime,
  ) {
    this.#sql = sql;
    this.#tails = tails;
    this.#index = index;
    this.#tokens = tokens;
    this.#time = time;
  }

  /** The hot path: at most one look-up each for membership and token, one insert at the end of the log. */
  append(draft: MessageDraft): AppendOutcome {
    const { conversation, sender, token } = draft;
    const tail = this.#tails.of(conversation);
    if (tail === undefined) return { state: 'refused', reason: 'no-conversation' };
    if (draft.membersOnly && !this.#isMember(conversation, sender)) {
      return { state: 'refused', reason: 'not-a-member' };
    }
    if (token !== undefined) {
      const earlier = this.#tokens.find(conversation, sender, token);
      if (earlier !== undefined) {
        return { state: 'duplicate', id: earlier.id, timestamp: earlier.timestamp };
      }
    }
    const timestamp = Math.max(draft.now, tail.timestamp + 1);
    const id = messageIdAt(timestamp);
    const { seq } = this.insert(draft, tail, { id, timestamp });
    return { state: 'appended', id, timestamp, seq };
  }

  /**
   * Adds to the end of a log.
   *
   * @param tail of the log, which is advanced
   * @param at its id and time, which is later than everything in the log
   */
  insert(
    draft: MessageDraft,
    tail: Tail,
    at: { readonly id: MessageId; readonly timestamp: Milliseconds },
  ): { readonly row: number; readonly seq: number } {
    const { conversation, sender, token } = draft;
    const { id, timestamp } = at;
    const seq = tail.seq + 1;
    const row = this.#index.takeRow();
    this.#time.saw(draft.now);
    this.#sql.run(
      `INSERT INTO message (row, conversation, timestamp, seq, id, sender, body, receipt, mention_all, mentions, type, token, from_ip, receivers)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row,
      conversation,
      timestamp,
      seq,
      id,
      sender,
      draft.body,
      draft.receipt ? 1 : 0,
      draft.mentionAll ? 1 : 0,
      draft.mentions.length > 0 ? JSON.stringify(draft.mentions) : null,
      typeOf(draft.body),
      token ?? null,
      draft.fromIp ?? null,
      draft.receivers === undefined ? null : JSON.stringify(draft.receivers),
    );
    this.#index.add(tail, { row, seq, timestamp, sender });
    this.#tokens.add(row, { conversation, sender, timestamp, ...(token !== undefined && { token }) });
    return { row, seq };
  }

  patch(draft: PatchDraft): PatchOutcome {
    this.#index.settle(draft.conversation);
    const message = findMessage(this.#sql, draft.conversation, draft.id, draft.timestampHint);
    if (message === undefined) return { state: 'refused', reason: 'not-found' };
    if (draft.author !== undefined && message.sender !== draft.author) {
      return { state: 'refused', reason: 'not-the-author' };
    }
    if (message.recalled && !draft.recalled) return { state: 'refused', reason: 'recalled' };
    this.#time.saw(draft.now);
    const patchedAt = Math.max(draft.now, (message.patchedAt ?? 0) + 1);
    this.#sql.run(
      `UPDATE message SET body = ?, mention_all = ?, mentions = ?, type = ?, recalled = ?, patched_at = ?
        WHERE row = (SELECT row FROM message_order WHERE conversation = ? AND timestamp = ?)`,
      draft.body,
      draft.mentionAll ? 1 : 0,
      draft.mentions.length > 0 ? JSON.stringify(draft.mentions) : null,
      typeOf(draft.body),
      draft.recalled ? 1 : 0,
      patchedAt,
      draft.conversation,
      message.timestamp,
    );
    this.#sql.run(
      'UPDATE conversation SET last_patch_at = max(coalesce(last_patch_at, 0), ?) WHERE key = ?',
      patchedAt,
      draft.conversation,
    );
    const clients = hiddenFrom(this.#sql, draft.conversation, message.timestamp);
    return {
      state: 'patched',
      ...(clients !== undefined && { hiddenFrom: clients }),
      message: {
        ...message,
        body: draft.body,
        mentions: draft.mentions,
        mentionAll: draft.mentionAll,
        recalled: draft.recalled,
        patchedAt,
      },
    };
  }

  delete(
    conversation: ConversationKey,
    id: MessageId,
    { timestampHint, author }: Pick<PatchDraft, 'timestampHint' | 'author'>,
  ): 'deleted' | 'not-found' | 'not-the-author' {
    this.#index.settle(conversation);
    const message = findMessage(this.#sql, conversation, id, timestampHint);
    if (message === undefined) return 'not-found';
    if (author !== undefined && message.sender !== author) return 'not-the-author';
    const row = this.#sql.get(
      'SELECT row, conversation, timestamp FROM ordered_message WHERE conversation = ? AND timestamp = ?',
      conversation,
      message.timestamp,
    );
    if (row !== undefined) deleteMessage(this.#sql, row);
    return 'deleted';
  }

  overwrite(conversation: ConversationKey, id: MessageId, change: Overwrite): boolean {
    this.#index.settle(conversation);
    const message = findMessage(this.#sql, conversation, id, change.timestampHint);
    if (message === undefined) return false;
    const fromIp = change.fromIp === undefined ? message.fromIp : change.fromIp;
    const deliveredAt = change.deliveredAt === undefined ? message.deliveredAt : change.deliveredAt;
    this.#sql.run(
      `UPDATE message SET body = ?, type = ?, from_ip = ?, delivered_at = ?
        WHERE row = (SELECT row FROM message_order WHERE conversation = ? AND timestamp = ?)`,
      change.body,
      typeOf(change.body),
      fromIp ?? null,
      deliveredAt ?? null,
      conversation,
      message.timestamp,
    );
    return true;
  }

  #isMember(conversation: number, client: string): boolean {
    return (
      this.#sql.get('SELECT 1 FROM member WHERE conversation = ? AND client = ?', conversation, client) !==
      undefined
    );
  }
}

/** The `_lctype` of a typed message, for the history filter; most texts are told apart without parsing them. */
function typeOf(body: MessageBody): number | null {
  if (typeof body !== 'string' || !body.startsWith('{') || !body.includes('"_lctype"')) return null;
  try {
    const type: unknown = JSON.parse(body)._lctype;
    return typeof type === 'number' && Number.isSafeInteger(type) ? type : null;
  } catch {
    return null;
  }
}
