import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything } from '../../query/condition.ts';
import { parseWhere } from '../../query/parse-where.ts';
import type { DataRecord, RecordRef } from '../../records/record.ts';
import { QueryTooSlow } from '../query-too-slow.ts';
import type { RecordChange, RecordDraft, RecordQuery } from '../records.ts';
import { type Engine, Stage } from '../testing/stage.ts';

export function describeRecords(engine: Engine): void {
  describe('records of the data API', () => {
    const stage = new Stage(engine);
    const records = () => stage.store.records;
    let made = 0;
    const draft = (changes: Partial<RecordDraft> = {}): RecordDraft => ({
      app: stage.app,
      className: 'Note',
      id: (++made).toString(16).padStart(24, '0'),
      columns: {},
      secrets: {},
      keys: [],
      now: 1000,
      ...changes,
    });
    async function make(changes: Partial<RecordDraft> = {}): Promise<DataRecord> {
      const outcome = await records().create(draft(changes));
      if ('taken' in outcome) throw new Error(`Taken: ${outcome.taken}`);
      return outcome;
    }
    const change = (record: DataRecord, changes: Partial<RecordChange> = {}): RecordChange => ({
      columns: record.columns,
      secrets: record.secrets,
      keys: [],
      now: 2000,
      expectedVersion: record.version,
      ...changes,
    });
    const load = async ({ app, className, id }: RecordRef) => (await records().load(app, className, [id]))[0];
    const find = async (changes: Partial<RecordQuery> = {}) =>
      (
        await records().query({
          app: stage.app,
          className: 'Note',
          condition: everything,
          sort: [{ path: ['createdAt'], descending: false }],
          skip: 0,
          limit: 100,
          budget: 10_000,
          ...changes,
        })
      ).map(({ columns }) => columns.name);

    it('come back as they were written, from their own class and app', async () => {
      const note = await make({
        columns: { name: 'a', deep: { list: [1, null, 'x'] } },
        secrets: { salt: 's' },
      });
      expect(note).toMatchObject({ createdAt: 1000, updatedAt: 1000, version: 1 });
      expect(await load(note)).toEqual(note);
      const other = await stage.makeApp('another-app');
      expect(await records().load(other, 'Note', [note.id])).toEqual([]);
      expect(await records().load(stage.app, 'Other', [note.id])).toEqual([]);
      expect(await records().load(stage.app, 'Note', [note.id, 'nobody', note.id])).toEqual([note]);
    });

    it('change as a whole, only from the version that was seen', async () => {
      const note = await make({ columns: { name: 'a' } });
      const changed = await records().replace(note, change(note, { columns: { name: 'b' }, now: 500 }));
      // Time may stand still or go back; a change is still later than what it changed.
      expect(changed).toEqual({ ...note, columns: { name: 'b' }, updatedAt: 1001, version: 2 });
      expect(await records().replace(note, change(note))).toBe('conflict');
      expect(await load(note)).toEqual(changed);
      expect(await records().remove(note)).toBe(true);
      expect(await records().remove(note)).toBe(false);
      expect(await load(note)).toBeUndefined();
      expect(await records().replace(note, change(note))).toBeUndefined();
    });

    it('have keys that nobody else in their class and app has', async () => {
      const name = (value: string) => [{ name: 'username', value }];
      const tom = await make({ keys: name('tom') });
      const jerry = await make({ keys: name('jerry') });
      expect(await records().create(draft({ keys: name('tom') }))).toEqual({ taken: 'username', by: tom.id });
      expect(await records().create(draft({ id: tom.id }))).toEqual({ taken: 'objectId', by: tom.id });
      expect(await records().replace(jerry, change(jerry, { keys: name('tom') }))).toEqual({
        taken: 'username',
        by: tom.id,
      });
      expect(await load(jerry)).toEqual(jerry);
      await make({ className: 'Other', keys: name('tom') });
      await make({ app: await stage.makeApp('another-app'), keys: name('tom') });
      const holder = async (value: string) =>
        (await records().findByKey(stage.app, 'Note', { name: 'username', value }))?.id;
      expect([await holder('tom'), await holder('jerry'), await holder('spike')]).toEqual([
        tom.id,
        jerry.id,
        undefined,
      ]);
      await records().replace(tom, change(tom, { keys: name('thomas') }));
      await records().remove(jerry);
      expect([await holder('tom'), await holder('thomas'), await holder('jerry')]).toEqual([
        undefined,
        tom.id,
        undefined,
      ]);
      await make({ keys: name('jerry') });
    });

    it('are found by condition, in order, in pages', async () => {
      for (const [name, rank, now] of [
        ['c', 2, 3000],
        ['a', 1, 2000],
        ['b', 1, 1000],
      ] as const) {
        await make({ columns: { name, rank, tags: [name, 'all'] }, secrets: { hidden: true }, now });
      }
      await make({ className: 'Other', columns: { name: 'x', rank: 1 } });
      const sorted = (key: string, descending = false) => ({ sort: [{ path: [key], descending }] });
      const where = (json: Parameters<typeof parseWhere>[0]) => ({ condition: parseWhere(json) });
      expect(await find()).toEqual(['b', 'a', 'c']);
      expect(await find({ ...sorted('createdAt', true), skip: 1, limit: 1 })).toEqual(['a']);
      expect(await find({ ...sorted('name'), skip: 1 })).toEqual(['b', 'c']);
      expect(await find({ limit: 0 })).toEqual([]);
      expect(await find(where({ rank: 1 }))).toEqual(['b', 'a']);
      expect(await find(where({ tags: 'a' }))).toEqual(['a']);
      expect(await find(where({ tags: { $all: ['all', 'b'] } }))).toEqual(['b']);
      expect(
        await find(where({ createdAt: { $gte: { __type: 'Date', iso: new Date(2000).toISOString() } } })),
      ).toEqual(['a', 'c']);
      expect(await find(where({ $or: [{ name: 'a' }, { rank: { $gt: 1 } }] }))).toEqual(['a', 'c']);
      expect(await find(where({ hidden: true }))).toEqual([]);
      const counted = { app: stage.app, className: 'Note', budget: 10_000 };
      expect(await records().count({ ...counted, ...where({ rank: 1 }) })).toBe(2);
      const [a] = await records().query({
        ...counted,
        ...where({ name: 'a' }),
        ...sorted('name'),
        skip: 0,
        limit: 1,
      });
      expect(await find(where({ objectId: { $in: [a?.id ?? '', 'nobody'] } }))).toEqual(['a']);
    });

    it('stay in the order of their insertion where they are equal, or in its reverse', async () => {
      const inserted = Array.from({ length: 20 }, (_, index) => `n${index}`);
      for (const name of inserted) await make({ columns: { name, rank: 1 } });
      for (const key of ['createdAt', 'updatedAt', 'rank']) {
        expect(await find({ sort: [{ path: [key], descending: false }] })).toEqual(inserted);
        expect(await find({ sort: [{ path: [key], descending: true }] })).toEqual(inserted.toReversed());
      }
    });

    it('are found by what they say now, however they changed', async () => {
      const value = fc.constantFrom(1, true, 'x', null, ['x', 1], { k: 'x' });
      const step = fc.record({ record: fc.nat(3), columns: fc.dictionary(fc.constantFrom('a', 'b'), value) });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const className = `Class${++made}`;
          const latest = new Map<number, DataRecord>();
          for (const { record, columns } of steps) {
            const before = latest.get(record);
            const after =
              before === undefined
                ? await make({ className, columns: { ...columns, name: record } })
                : await records().replace(before, change(before, { columns: { ...columns, name: record } }));
            if (typeof after !== 'object' || 'taken' in after) throw new Error('Not written.');
            latest.set(record, after);
          }
          for (const wanted of [1, true, 'x']) {
            for (const key of ['a', 'b', 'a.k']) {
              const found = await find({
                className,
                condition: parseWhere({ [key]: wanted }),
                sort: [{ path: ['name'], descending: false }],
              });
              const expected = [...latest.values()]
                .filter(({ columns }) => {
                  const [column = '', inner] = key.split('.');
                  const at = columns[column];
                  const seen =
                    inner === undefined
                      ? at
                      : at instanceof Object && !Array.isArray(at)
                        ? (at as { k?: unknown })[inner as 'k']
                        : undefined;
                  return seen === wanted || (Array.isArray(seen) && seen.includes(wanted));
                })
                .map(({ columns }) => columns.name);
              expect(found).toEqual(expected.sort());
            }
          }
        }),
        { numRuns: 25 },
      );
    });

    it('are given up when the budget of a query is spent', async () => {
      for (let index = 0; index < 70; index++) await make();
      const condition = parseWhere({ name: { $exists: true } });
      await expect(
        find({ condition, budget: 0, sort: [{ path: ['name'], descending: false }] }),
      ).rejects.toThrow(QueryTooSlow);
      expect(await find({ condition })).toEqual([]);
    });

    it('make their class known, and it stays known', async () => {
      expect(await records().hasClass(stage.app, 'Note')).toBe(false);
      const note = await make();
      await records().remove(note);
      expect(await records().hasClass(stage.app, 'Note')).toBe(true);
      expect(await records().hasClass(stage.app, 'Other')).toBe(false);
    });

    it('that still hold a key are found by their age', async () => {
      const token = (value: string) => [{ name: 'token', value }];
      const old = await make({ keys: token('1'), now: 1000 });
      const older = await make({ app: await stage.makeApp('another-app'), keys: token('1'), now: 900 });
      await make({ keys: [{ name: 'other', value: '1' }], now: 900 });
      await make({ keys: token('3'), now: 2000 });
      const holders = async (limit: number) =>
        (await records().holdersOf('Note', 'token', 2000, limit)).map(({ id }) => id);
      expect(await holders(10)).toEqual([older.id, old.id]);
      expect(await holders(1)).toEqual([older.id]);
    });
  });
}
