import type { Milliseconds } from '../../domain/identifiers.ts';
import { QueryTooSlow } from '../../domain/ports/query-too-slow.ts';
import type { RecordChange, RecordQuery, RecordRepository, Taken } from '../../domain/ports/records.ts';
import { compileInsertionSort } from '../../domain/query/compare.ts';
import { compileCondition } from '../../domain/query/matches.ts';
import { recordDocument } from '../../domain/query/record-document.ts';
import type { DataRecord, RecordKey } from '../../domain/records/record.ts';

interface Entry {
  record: DataRecord;
  keys: readonly RecordKey[];
}

export function recordRepository(): RecordRepository {
  /** By app and class, then by id; in order of creation. */
  const classes = new Map<string, Map<string, Entry>>();
  const classOf = (app: number, className: string) => classes.get(JSON.stringify([app, className]));

  return {
    async create({ keys, now, ...draft }) {
      const name = JSON.stringify([draft.app, draft.className]);
      const entries = classes.get(name) ?? new Map<string, Entry>();
      if (entries.has(draft.id)) return { taken: 'objectId', by: draft.id };
      const taken = takenKey(entries, keys, draft.id);
      if (taken !== undefined) return taken;
      const record = { ...draft, createdAt: now, updatedAt: now, version: 1 };
      entries.set(draft.id, { record, keys });
      classes.set(name, entries);
      return record;
    },
    async load(app, className, ids) {
      const entries = classOf(app, className);
      return [...new Set(ids)].flatMap((id) => entries?.get(id)?.record ?? []);
    },
    async findByKey(app, className, key) {
      return holderOf(classOf(app, className), key)?.record;
    },
    async replace({ app, className, id }, { expectedVersion, columns, secrets, keys, now }: RecordChange) {
      const entries = classOf(app, className);
      const entry = entries?.get(id);
      if (entries === undefined || entry === undefined) return undefined;
      const { record } = entry;
      if (record.version !== expectedVersion) return 'conflict';
      const taken = takenKey(entries, keys, id);
      if (taken !== undefined) return taken;
      const updatedAt = Math.max(now, record.updatedAt + 1);
      entry.record = { ...record, columns, secrets, updatedAt, version: record.version + 1 };
      entry.keys = keys;
      return entry.record;
    },
    async remove({ app, className, id }) {
      return classOf(app, className)?.delete(id) ?? false;
    },
    async query(query) {
      return matching(classOf(query.app, query.className), query)
        .map((record, place) => ({ record, place, document: recordDocument(record) }))
        .sort(compileInsertionSort(query.sort))
        .slice(query.skip, query.skip + query.limit)
        .map(({ record }) => record);
    },
    async count(query) {
      return matching(classOf(query.app, query.className), query).length;
    },
    async hasClass(app, className) {
      return classOf(app, className) !== undefined;
    },
    async holdersOf(className, keyName, createdBefore: Milliseconds, limit) {
      return [...classes.values()]
        .flatMap((entries) => [...entries.values()])
        .filter(
          ({ record, keys }) => record.className === className && keys.some(({ name }) => name === keyName),
        )
        .map(({ record }) => record)
        .filter(({ createdAt }) => createdAt < createdBefore)
        .sort((a, b) => a.createdAt - b.createdAt)
        .slice(0, limit);
    },
  };
}

function holderOf(entries: Map<string, Entry> | undefined, { name, value }: RecordKey): Entry | undefined {
  return [...(entries?.values() ?? [])].find(({ keys }) =>
    keys.some((key) => key.name === name && key.value === value),
  );
}

function takenKey(entries: Map<string, Entry>, keys: readonly RecordKey[], id: string): Taken | undefined {
  for (const key of keys) {
    const holder = holderOf(entries, key);
    if (holder !== undefined && holder.record.id !== id) return { taken: key.name, by: holder.record.id };
  }
  return undefined;
}

function matching(
  entries: Map<string, Entry> | undefined,
  { condition, budget }: Pick<RecordQuery, 'condition' | 'budget'>,
): readonly DataRecord[] {
  const matches = compileCondition(condition);
  const deadline = performance.now() + budget;
  return [...(entries?.values() ?? [])].flatMap(({ record }) => {
    if (performance.now() > deadline) throw new QueryTooSlow(`The query was given up after ${budget} ms.`);
    return matches(recordDocument(record)) ? record : [];
  });
}
