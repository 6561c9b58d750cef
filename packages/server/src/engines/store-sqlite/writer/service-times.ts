import type { ConversationKey, MessageId, Milliseconds } from '../../../domain/identifiers.ts';
import { messageIdAt } from '../../../domain/ports/message-id.ts';
import { everyoneLogId } from '../service-logs.ts';
import type { Statements } from '../statements.ts';
import type { ConversationTails } from './conversation-tails.ts';

interface Latest {
  /** Of what everybody or all subscribers may see. */
  shared: Milliseconds;
  /** Of any log of the service. */
  any: Milliseconds;
}

interface Place {
  readonly id: MessageId;
  readonly timestamp: Milliseconds;
}

/**
 * Times for the messages of a service, so that the merge of logs which a client sees is in the order of commits. What
 * many see is later than everything before it; what a few see only has to be later than what they see, so that
 * thousands may write to a service in one millisecond.
 */
export class ServiceTimes {
  readonly #sql: Statements;
  readonly #tails: ConversationTails;
  /** Ahead of the database after a transaction that failed, which only makes the next time a little later. */
  readonly #latest = new Map<ConversationKey, Latest>();

  constructor(sql: Statements, tails: ConversationTails) {
    this.#sql = sql;
    this.#tails = tails;
  }

  forEverybody(service: ConversationKey, now: Milliseconds): Place {
    const latest = this.#of(service);
    const timestamp = Math.max(now, latest.any + 1);
    latest.shared = timestamp;
    latest.any = timestamp;
    return { id: messageIdAt(timestamp), timestamp };
  }

  /** @param lasts the times of the newest messages in the logs it goes to */
  forClients(service: ConversationKey, now: Milliseconds, lasts: readonly Milliseconds[]): Place {
    const latest = this.#of(service);
    const timestamp = Math.max(now, latest.shared + 1, ...lasts.map((last) => last + 1));
    latest.any = Math.max(latest.any, timestamp);
    return { id: messageIdAt(timestamp), timestamp };
  }

  #of(service: ConversationKey): Latest {
    const known = this.#latest.get(service);
    if (known !== undefined) return known;
    const own = this.#tails.of(service)?.timestamp ?? 0;
    const logs = this.#sql.get(
      `SELECT max(last_message_at) AS any_log, max(CASE WHEN id = ? THEN last_message_at END) AS everyone
         FROM conversation WHERE service = ?`,
      everyoneLogId(service),
      service,
    );
    const shared = Math.max(own, Number(logs?.everyone ?? 0));
    const latest = { shared, any: Math.max(shared, Number(logs?.any_log ?? 0)) };
    this.#latest.set(service, latest);
    return latest;
  }
}
