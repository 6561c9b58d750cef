import type { AppKey, Milliseconds } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';
import type { Condition, SortKey } from '../query/condition.ts';
import type { ClassName, DataRecord, ObjectId, RecordKey, RecordRef } from '../records/record.ts';

/**
 * What the store keeps for the data API: objects in classes, found by id, by a unique key or by a condition. Every rule
 * of `Store` holds here too: what resolves is on disk, what rejects was not written, and reads see every write that
 * resolved before.
 */
export interface RecordRepository {
  /** Creates the record unless one of its keys belongs to another, or its id is taken. Creates the class with it. */
  create(draft: RecordDraft): Promise<DataRecord | Taken>;
  /** In no particular order; unknown ids are missing. */
  load(app: AppKey, className: ClassName, ids: readonly ObjectId[]): Promise<readonly DataRecord[]>;
  findByKey(app: AppKey, className: ClassName, key: RecordKey): Promise<DataRecord | undefined>;
  /** Replaces everything if the record still has `expectedVersion`. `undefined` where it is gone. */
  replace(ref: RecordRef, change: RecordChange): Promise<DataRecord | Taken | 'conflict' | undefined>;
  /** False where there is no such record. */
  remove(ref: RecordRef): Promise<boolean>;
  /** Rejects with `QueryTooSlow`. */
  query(query: RecordQuery): Promise<readonly DataRecord[]>;
  /** Rejects with `QueryTooSlow`. */
  count(query: Pick<RecordQuery, 'app' | 'className' | 'condition' | 'budget'>): Promise<number>;
  /** Whether the class ever had a record. */
  hasClass(app: AppKey, className: ClassName): Promise<boolean>;
  /** Records with any key of this name that were created before the moment, oldest first, of all apps. */
  holdersOf(
    className: ClassName,
    keyName: string,
    createdBefore: Milliseconds,
    limit: number,
  ): Promise<readonly DataRecord[]>;
}

interface RecordContent {
  readonly columns: JsonObject;
  readonly secrets: JsonObject;
  /** Distinct names. */
  readonly keys: readonly RecordKey[];
  readonly now: Milliseconds;
}

export interface RecordDraft extends RecordRef, RecordContent {}

export interface RecordChange extends RecordContent {
  readonly expectedVersion: number;
}

/** Refused: the first of the wished keys that is another record's, or `objectId`. */
export interface Taken {
  readonly taken: string;
  readonly by: ObjectId;
}

export interface RecordQuery {
  readonly app: AppKey;
  readonly className: ClassName;
  readonly condition: Condition;
  /** At least one key; equal ones by id. */
  readonly sort: readonly SortKey[];
  readonly skip: number;
  readonly limit: number;
  /** Milliseconds of work after which the engine gives up. */
  readonly budget: Milliseconds;
}
