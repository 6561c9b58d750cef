import type { AppKey, ConversationKey } from '../../../domain/identifiers.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { type AttributeEntry, attributeEntries } from '../attribute-entries.ts';
import type { Statements } from '../statements.ts';

/** Which conversations have which value of an attribute: what queries on `attr.…` and other columns are answered by. */
export class AttributeIndex {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** Writes only what differs: an update usually touches one value of many. */
  change(app: AppKey, conversation: ConversationKey, before: JsonObject, after: JsonObject): void {
    const old = keyed(attributeEntries(before));
    const wanted = keyed(attributeEntries(after));
    for (const [key, { path, value }] of old) {
      if (wanted.has(key)) continue;
      this.#sql.run(
        'DELETE FROM conversation_attribute WHERE app = ? AND path = ? AND value = ? AND conversation = ?',
        app,
        path,
        value,
        conversation,
      );
    }
    for (const [key, { path, value }] of wanted) {
      if (old.has(key)) continue;
      // 1 and true are one entry; the evaluator tells them apart.
      this.#sql.run(
        'INSERT OR IGNORE INTO conversation_attribute VALUES (?, ?, ?, ?)',
        app,
        path,
        value,
        conversation,
      );
    }
  }
}

function keyed(entries: readonly AttributeEntry[]): ReadonlyMap<string, AttributeEntry> {
  return new Map(entries.map((entry) => [JSON.stringify([entry.path, entry.value]), entry]));
}
