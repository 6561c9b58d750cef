import type {
  ConversationBase,
  ConversationQuery,
  IMClient,
  PresistentConversation,
} from 'leancloud-realtime';
import { expect, test } from 'vitest';
import { suite, uniqueId } from './src/index.ts';

type Query = ConversationQuery<PresistentConversation>;

function ids(found: readonly ConversationBase[]): string[] {
  return found.map(({ id }) => id).sort();
}

suite('conversation queries', (stage) => {
  /** Three conversations of one client, told apart by a mark no other test uses. */
  async function library(): Promise<{
    client: IMClient;
    mark: string;
    apple: string;
    banana: string;
    cherry: string;
    query: () => Query;
  }> {
    const client = await stage.login(uniqueId('Tom'));
    const mark = uniqueId('mark');
    const make = async (name: string, rank: number, extra: Record<string, unknown> = {}) => {
      const conversation = await stage.conversation(client, [uniqueId(name)], {
        unique: false,
        name,
        attr: { mark, rank, ...extra },
      });
      return conversation.id;
    };
    const apple = await make('apple pie', 1, { tags: ['sweet', 'round'], sour: false });
    const banana = await make('banana (split)', 2, { tags: ['sweet'] });
    const cherry = await make('Cherry cake', 3, { tags: ['round', 'red'], sour: true });
    return { client, mark, apple, banana, cherry, query: () => client.getQuery().equalTo('attr.mark', mark) };
  }

  test('[F-CONV-49] a query without conditions finds only conversations of the client', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const mine = await stage.conversation(tom, [jerry]);
    await stage.conversation(spike, [jerry]);
    expect(ids(await tom.getQuery().find())).toEqual([mine.id]);
  });

  test('[F-CONV-49] a condition replaces the default, so that others are found too', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const mine = await stage.conversation(tom, [jerry]);
    const found = await spike.getQuery().equalTo('objectId', mine.id).find();
    expect(ids(found)).toEqual([mine.id]);
  });

  test('[F-CONV-50] equal and not equal', async () => {
    const { query, apple, banana, cherry } = await library();
    expect(ids(await query().equalTo('name', 'apple pie').find())).toEqual([apple]);
    expect(ids(await query().equalTo('attr.rank', 2).find())).toEqual([banana]);
    expect(ids(await query().notEqualTo('attr.rank', 2).find())).toEqual([apple, cherry].sort());
    expect(ids(await query().equalTo('attr.sour', false).find())).toEqual([apple]);
  });

  test('[F-CONV-50] less and greater, on numbers', async () => {
    const { query, apple, banana, cherry } = await library();
    expect(ids(await query().lessThan('attr.rank', 2).find())).toEqual([apple]);
    expect(ids(await query().lessThanOrEqualTo('attr.rank', 2).find())).toEqual([apple, banana].sort());
    expect(ids(await query().greaterThan('attr.rank', 2).find())).toEqual([cherry]);
    expect(ids(await query().greaterThanOrEqualTo('attr.rank', 2).find())).toEqual([banana, cherry].sort());
  });

  test('[F-CONV-50] less and greater, on dates', async () => {
    const { query, client, apple } = await library();
    const first = await client.getConversation(apple);
    const hour = 3_600_000;
    const before = new Date(first.createdAt.getTime() - hour);
    const after = new Date(first.createdAt.getTime() + hour);
    expect(await query().greaterThan('createdAt', before).lessThan('createdAt', after).find()).toHaveLength(
      3,
    );
    expect(await query().greaterThan('createdAt', after).find()).toEqual([]);
    expect(await query().lessThan('updatedAt', before).find()).toEqual([]);
    expect(ids(await query().lessThanOrEqualTo('createdAt', first.createdAt).find())).toContain(apple);
  });

  test('[F-CONV-51] contained in, not contained in, contains all', async () => {
    const { query, client, apple, banana, cherry } = await library();
    const found = await client.getQuery().containedIn('objectId', [apple, cherry, 'unknown']).find();
    expect(ids(found)).toEqual([apple, cherry].sort());
    expect(ids(await query().notContainsIn('attr.rank', [1, 3]).find())).toEqual([banana]);
    expect(ids(await query().containsAll('attr.tags', ['round', 'red']).find())).toEqual([cherry]);
    expect(ids(await query().equalTo('attr.tags', 'sweet').find())).toEqual([apple, banana].sort());
  });

  test('[F-CONV-52] exists and does not exist', async () => {
    const { query, apple, banana, cherry } = await library();
    expect(ids(await query().exists('attr.sour').find())).toEqual([apple, cherry].sort());
    expect(ids(await query().doesNotExist('attr.sour').find())).toEqual([banana]);
  });

  test('[F-CONV-53] prefix, substring, suffix and regular expression', async () => {
    const { query, apple, banana, cherry } = await library();
    expect(ids(await query().startsWith('name', 'banana (').find())).toEqual([banana]);
    expect(ids(await query().contains('name', 'e').find())).toEqual([apple, cherry].sort());
    expect(ids(await query().endsWith('name', 'cake').find())).toEqual([cherry]);
    const pattern = /^cherry/i as unknown as string;
    expect(ids(await query().matches('name', pattern).find())).toEqual([cherry]);
    expect(
      ids(
        await query()
          .matches('name', /p{2}le|split/ as unknown as string)
          .find(),
      ),
    ).toEqual([apple, banana].sort());
  });

  test('[F-CONV-51] members: contained, and exactly these', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const pair = await stage.conversation(tom, [jerry]);
    const trio = await stage.conversation(tom, [jerry, spike]);
    const having = (members: string[]) => tom.getQuery().containsMembers(members).find();
    expect(ids(await having([jerry.id]))).toEqual([pair.id, trio.id].sort());
    expect(ids(await having([jerry.id, spike.id]))).toEqual([trio.id]);
    expect(ids(await tom.getQuery().withMembers([jerry.id], true).find())).toEqual([pair.id]);
    expect(ids(await tom.getQuery().withMembers([tom.id, jerry.id, spike.id], false).find())).toEqual([
      trio.id,
    ]);
    expect(ids(await tom.getQuery().containsMembers([jerry.id]).sizeEqualTo('m', 3).find())).toEqual([
      trio.id,
    ]);
  });

  test('[F-CONV-55] sorting by one key and by several', async () => {
    const { query, client, mark, apple, banana, cherry } = await library();
    const order = async (sorted: Query) => (await sorted.find()).map(({ id }) => id);
    expect(await order(query().ascending('attr.rank'))).toEqual([apple, banana, cherry]);
    expect(await order(query().descending('attr.rank'))).toEqual([cherry, banana, apple]);
    const twin = await stage.conversation(client, [uniqueId()], {
      unique: false,
      name: 'zabaglione',
      attr: { mark, rank: 1 },
    });
    expect(await order(query().ascending('attr.rank').addDescending('name'))).toEqual([
      twin.id,
      apple,
      banana,
      cherry,
    ]);
  });

  test('[F-CONV-56] limit, skip, the default of ten and a limit of none', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const made: string[] = [];
    for (let rank = 0; rank < 12; rank++) {
      made.push((await stage.conversation(tom, [uniqueId()], { unique: false, attr: { rank } })).id);
    }
    const sorted = () => tom.getQuery().containsMembers([tom.id]).ascending('attr.rank');
    const order = async (query: Query) => (await query.find()).map(({ id }) => id);
    expect(await order(sorted())).toEqual(made.slice(0, 10));
    expect(await order(sorted().limit(3))).toEqual(made.slice(0, 3));
    expect(await order(sorted().skip(4).limit(3))).toEqual(made.slice(4, 7));
    expect(await order(sorted().skip(20))).toEqual([]);
    expect(await order(sorted().limit(0))).toEqual([]);
  });

  test('[F-CONV-57] compact results carry no members', async () => {
    const { client } = await library();
    const tablet = await stage.login(client.id);
    const found = await tablet.getQuery().containsMembers([client.id]).compact().find();
    expect(found).toHaveLength(3);
    expect(found.map(({ members }) => members)).toEqual([[], [], []]);
  });

  test('[F-CONV-58][F-CONV-11] conversations come with their last message when asked', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    await stage.say(conversation, 'first');
    const last = await stage.say(conversation, 'last');
    const tablet = await stage.login(jerry.id);
    const [found] = await tablet
      .getQuery()
      .equalTo('objectId', conversation.id)
      .withLastMessagesRefreshed()
      .find();
    expect(found?.lastMessage).toMatchObject({ id: last.id, from: tom.id, text: 'last' });
    expect(found?.lastMessage?.timestamp).toEqual(last.timestamp);
    expect(found?.lastMessageAt).toEqual(last.timestamp);
    // Of who has nothing to read: the news of what is unread brings a last message, too.
    const desktop = await stage.login(tom.id);
    const [plain] = await desktop.getQuery().equalTo('objectId', conversation.id).find();
    expect(plain?.lastMessage).toBeUndefined();
  });

  // 4.3.1 has no builder for "and" and "or": the same condition is written by hand there.
  test('[F-CONV-54] conditions joined by or and by and', async () => {
    const { client, query, apple, banana, cherry } = await library();
    const first = () => query().equalTo('attr.rank', 1);
    const third = () => query().startsWith('name', 'Cherry');
    const either = combine('$or', client, first(), third());
    expect(ids(await either.find())).toEqual([apple, cherry].sort());
    const both = combine(
      '$and',
      client,
      query().greaterThan('attr.rank', 1),
      query().lessThan('attr.rank', 3),
    );
    expect(ids(await both.find())).toEqual([banana]);
  });

  function combine(operator: '$or' | '$and', client: IMClient, ...queries: Query[]): Query {
    const { ConversationQuery: Builder } = stage.sdk.im as unknown as {
      ConversationQuery?: typeof ConversationQuery;
    };
    if (Builder !== undefined) return operator === '$or' ? Builder.or(...queries) : Builder.and(...queries);
    const conditions = queries.map((query) => (query as unknown as { _where: unknown })._where);
    return client.getQuery().equalTo(operator, conditions);
  }
});
