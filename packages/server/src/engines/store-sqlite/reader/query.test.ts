import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../domain/json.ts';
import { QueryTooSlow } from '../../../domain/ports/query-too-slow.ts';
import type { Store } from '../../../domain/ports/store.ts';
import type { Condition, QueryValue } from '../../../domain/query/condition.ts';
import { conversationDocument } from '../../../domain/query/conversation-document.ts';
import { compileCondition } from '../../../domain/query/matches.ts';
import { openSqliteStore } from '../index.ts';

const APP = 1;
const BUDGET = 60_000;

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-query-'));
  store = await openSqliteStore({
    path: join(folder, 'parley.db'),
    onFatal: (error) => {
      throw error;
    },
  });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

let made = 0;
async function create(columns: JsonObject, members: readonly string[] = ['Tom']) {
  const id = (++made).toString(16).padStart(24, '0');
  const { conversation } = await store.conversations.create({
    app: APP,
    id,
    kind: made % 7 === 0 ? 'chat-room' : 'basic',
    columns,
    members,
    unique: false,
    now: 1000 + made,
  });
  return conversation;
}

async function find(condition: Condition): Promise<readonly string[]> {
  const found = await store.conversations.query({
    app: APP,
    condition,
    sort: [],
    skip: 0,
    limit: 1000,
    withLastMessage: false,
    budget: BUDGET,
  });
  return found.map(({ conversation }) => conversation.id).sort();
}

/** Few values and names, so that conditions often match. */
const scalar = fc.constantFrom<QueryValue & (string | number | boolean | null)>(
  'a',
  'b',
  '1',
  1,
  0,
  true,
  false,
  null,
  1.5,
);
const tree = fc.letrec<{ value: JsonObject[string] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', '0', '__type'), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const columns = fc.dictionary(fc.constantFrom('name', 'attr', 'colour', 'a.b'), tree, { maxKeys: 4 });
const path = fc
  .tuple(
    fc.constantFrom('name', 'attr', 'colour', 'm', 'tr', 'conv_type', 'objectId'),
    fc.array(fc.constantFrom('x', 'y', '0', 'b'), { maxLength: 3 }),
  )
  .map(([name, rest]) => [name, ...rest]);
const condition = fc.letrec<{ one: Condition }>((tie) => ({
  one: fc.oneof(
    { depthSize: 'small' },
    fc.record({ test: fc.constant('equal' as const), path, value: scalar }),
    fc.record({ test: fc.constant('not-equal' as const), path, value: scalar }),
    fc.record({ test: fc.constant('in' as const), path, values: fc.array(scalar, { maxLength: 3 }) }),
    fc.record({
      test: fc.constant('contains-all' as const),
      path,
      values: fc.array(scalar, { maxLength: 2 }),
    }),
    fc.record({
      test: fc.constant('all' as const),
      conditions: fc.array(tie('one'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      test: fc.constant('any' as const),
      conditions: fc.array(tie('one'), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).one;

describe('a query of the embedded store', () => {
  it('[F-CONV-50] finds with its indexes exactly what the evaluator finds by looking at everything, after updates too', async () => {
    const records = await Promise.all(
      fc
        .sample(columns, { numRuns: 120, seed: 7 })
        .map((attributes, index) => create(attributes, index % 3 === 0 ? ['Tom', 'a'] : ['b'])),
    );
    const replacements = fc.sample(columns, { numRuns: 120, seed: 8 });
    const current = await Promise.all(
      records.map(async (record, index) => {
        if (index % 2 === 0) return record;
        const changed = await store.conversations.replaceColumns(record, {
          by: 'Tom',
          now: 5000,
          expectedVersion: record.version,
          columns: replacements[index] ?? {},
          attributes: { requested: {}, resulting: {} },
        });
        if (changed === undefined || changed === 'conflict') throw new Error('The update failed.');
        return changed.conversation;
      }),
    );
    await fc.assert(
      fc.asyncProperty(condition, async (wanted) => {
        const matches = compileCondition(wanted);
        const expected = current.filter((record) => matches(conversationDocument(record)));
        expect(await find(wanted)).toEqual(expected.map(({ id }) => id).sort());
      }),
      { numRuns: 400 },
    );
  });

  it('[F-CONV-50] knows of everything said before, whether it asks for some conversations or for all', async () => {
    const records = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        create({ name: 'a' }, n % 3 === 0 ? ['Ada'] : ['Ada', 'Ben'].slice(n % 2)),
      ),
    );
    const newest = new Map(records.map(({ id }) => [id, undefined as number | undefined]));
    const ids = records.map(({ id }) => id);
    const one = fc.constantFrom('Ada', 'Ben', 'Cyd');
    const narrow: fc.Arbitrary<Condition> = fc.oneof(
      fc.record({ test: fc.constant('equal' as const), path: fc.constant(['m']), value: one }),
      fc.record({
        test: fc.constantFrom('in' as const, 'contains-all' as const),
        path: fc.constant(['m']),
        values: fc.array(one, { maxLength: 3 }),
      }),
      fc.record({
        test: fc.constant('in' as const),
        path: fc.constant(['objectId']),
        values: fc.subarray(ids),
      }),
    );
    const mixed: fc.Arbitrary<Condition> = fc.oneof(
      narrow,
      fc.record({
        test: fc.constantFrom('all' as const, 'any' as const),
        conditions: fc.array(fc.oneof(narrow, narrow, condition), { minLength: 1, maxLength: 3 }),
      }),
    );
    let now = 100_000;
    await fc.assert(
      fc.asyncProperty(mixed, fc.subarray(records), async (wanted, spokenIn) => {
        for (const { key, id } of spokenIn) {
          now++;
          newest.set(id, now);
          const message = { body: 'x', receipt: false, mentions: [], mentionAll: false, membersOnly: false };
          await store.messages.append({ ...message, conversation: key, sender: 'Ada', now });
        }
        const found = await store.conversations.query({
          app: APP,
          condition: { test: 'all', conditions: [wanted, { test: 'equal', path: ['name'], value: 'a' }] },
          sort: [],
          skip: 0,
          limit: 1000,
          withLastMessage: false,
          budget: BUDGET,
        });
        for (const { conversation } of found.filter(({ conversation }) => newest.has(conversation.id))) {
          expect(conversation.lastMessageAt).toBe(newest.get(conversation.id));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('[F-CONV-50] finds long texts by all of their characters, not by the indexed beginning', async () => {
    const beginning = 'x'.repeat(300);
    const one = await create({ attr: { text: `${beginning}1` } });
    await create({ attr: { text: `${beginning}2` } });
    expect(await find({ test: 'equal', path: ['attr', 'text'], value: `${beginning}1` })).toEqual([one.id]);
  });

  it('forgets the attributes of a conversation that is deleted', async () => {
    const { id } = await create({ colour: 'of the deleted one' });
    const wanted: Condition = { test: 'equal', path: ['colour'], value: 'of the deleted one' };
    expect(await find(wanted)).toEqual([id]);
    await store.retention.deleteInactiveConversations(APP, 1_000_000, 100_000);
    expect(await find(wanted)).toEqual([]);
  });

  it('is given up when it takes longer than its budget', async () => {
    await Promise.all(Array.from({ length: 500 }, (_, n) => create({ name: `conversation ${n}` })));
    const slow = store.conversations.query({
      app: APP,
      condition: { test: 'matches', path: ['name'], pattern: 'nothing has this name', options: '' },
      sort: [],
      skip: 0,
      limit: 10,
      withLastMessage: false,
      budget: -1,
    });
    await expect(slow).rejects.toThrow(QueryTooSlow);
  });
});
