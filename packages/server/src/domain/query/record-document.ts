import type { DataRecord } from '../records/record.ts';
import type { KeyPath } from './condition.ts';
import { type DocumentValue, type QueryDocument, valueAtPath } from './document.ts';

/** A record of the data API as conditions and sort orders see it: its columns, its id and its two dates. */
export function recordDocument(record: DataRecord): QueryDocument {
  return new RecordDocument(record);
}

/** A class, not a closure: engines create one per row. */
class RecordDocument implements QueryDocument {
  readonly #record: DataRecord;

  constructor(record: DataRecord) {
    this.#record = record;
  }

  value(path: KeyPath): DocumentValue | undefined {
    switch (path[0]) {
      case 'objectId':
        return path.length === 1 ? this.#record.id : undefined;
      case 'createdAt':
        return path.length === 1 ? new Date(this.#record.createdAt) : undefined;
      case 'updatedAt':
        return path.length === 1 ? new Date(this.#record.updatedAt) : undefined;
      default:
        return valueAtPath(this.#record.columns, path);
    }
  }
}
