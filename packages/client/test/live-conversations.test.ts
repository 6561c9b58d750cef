import { CommandType, OpType } from '@parley/protocol/wire';
import { type Parley, startParley } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BasicConversation, LiveConversations } from '../src/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { script } from './support/script.ts';
import { PATIENCE, until } from './support/until.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

let group = 0;
async function two() {
  group++;
  const tom = await person(parley, `Tom${group}`);
  const jerry = await person(parley, `Jerry${group}`);
  const talk = (name: string, attributes = {}) =>
    jerry.client.conversations.create({ members: [tom.client.id], unique: false, name, attributes });
  return { tom, jerry, talk };
}

const names = (list: LiveConversations) => list.items.map(({ name }) => name);

describe('the live conversations of a client', () => {
  it('[F-SDK-01] have the latest first, and new ones as they come', async () => {
    const { tom, talk } = await two();
    const [one, two_] = [await talk('one'), await talk('two')];
    await one.send('1');
    await until(() => Date.now() > (one.lastMessageAt?.getTime() ?? 0));
    await two_.send('2');
    const list = tom.client.conversations.live();
    await list.ready;
    expect(names(list)).toEqual(['two', 'one']);
    await until(() => Date.now() > (two_.lastMessageAt?.getTime() ?? 0));
    await one.send('3');
    await until(() => names(list).join() === 'one,two');
    expect(list.items[0]?.unreadCount).toBeGreaterThan(0);
    const three = await talk('three');
    await three.send('4');
    await until(() => names(list).join() === 'three,one,two');
    const before = list.getSnapshot();
    await three.update({ name: 'drei' });
    await until(() => names(list).join() === 'drei,one,two');
    expect(list.getSnapshot()).not.toBe(before);
    await three.remove([tom.client.id]);
    await until(() => names(list).join() === 'one,two');
    const own = await tom.client.conversations.create({ members: [], name: 'own', unique: false });
    await own.send('5');
    await until(() => names(list).join() === 'own,one,two');
    list.close();
  });

  it('[F-SDK-01] are those the query means, as the server understands it', async () => {
    const { tom, talk } = await two();
    const query = tom.client.conversations.query().where('attributes.kind', '=', 'team').orderBy('name');
    const list = tom.client.conversations.live(query);
    await list.ready;
    expect(names(list)).toEqual([]);
    const b = await talk('b', { kind: 'team' });
    const a = await talk('a', { kind: 'private' });
    await until(() => names(list).join() === 'b');
    await a.update({ attributes: { kind: 'team' } });
    await until(() => names(list).join() === 'a,b');
    await b.update({ attributes: { kind: 'private' } });
    await until(() => names(list).join() === 'a');
    list.close();
  });

  it('[F-SDK-01] come page by page, and what lies between pages waits for its page', async () => {
    const { tom, talk } = await two();
    const made: BasicConversation[] = [];
    for (const name of ['1', '2', '3', '4', '5']) made.push(await talk(name));
    for (const each of made) await each.send('hello');
    const list = tom.client.conversations.live(
      tom.client.conversations.query().orderBy('name', 'descending').limit(2),
    );
    await list.ready;
    expect([names(list), list.hasMore]).toEqual([['5', '4'], true]);
    await made[1]?.update({ attributes: { seen: true } });
    await list.loadMore();
    expect([names(list), list.hasMore]).toEqual([['5', '4', '3', '2'], true]);
    await list.loadMore();
    expect([names(list), list.hasMore]).toEqual([['5', '4', '3', '2', '1'], false]);
    list.close();
  });

  it('[F-SDK-01] go on where a server finds no more at once', async () => {
    const all = Array.from({ length: 1_205 }, (_, n) => ({ objectId: `c${n}`, name: 'one' }));
    const { client, platform } = script(({ cmd, convMessage }) => {
      if (cmd !== CommandType.conv) return undefined;
      const { skip = 0, limit = 10 } = convMessage ?? {};
      const data = JSON.stringify(all.slice(skip, skip + Math.min(limit, 1_000)));
      return { cmd, op: OpType.results, convMessage: { results: { data } } };
    });
    const list = client.conversations.live(client.conversations.query().limit(600));
    await list.ready;
    const sizes = [list.items.length];
    while (list.hasMore) {
      await list.loadMore();
      sizes.push(list.items.length);
    }
    expect(sizes).toEqual([600, 1_200, 1_205]);
    const closing = client.close();
    platform.clock.advance(3_000);
    await closing;
  });

  it('[F-SDK-01] keep over a reconnect what has come since they began', async () => {
    const { tom, talk } = await two();
    await talk('1');
    const list = tom.client.conversations.live(tom.client.conversations.query().orderBy('name').limit(2));
    await list.ready;
    for (const name of ['2', '3', '4']) await talk(name);
    await until(() => names(list).join() === '1,2,3,4');
    tom.platform.goOffline();
    await talk('5');
    tom.platform.goOnline();
    await tom.client.whenOpen();
    await until(() => list.hasMore);
    expect(names(list)).toEqual(['1', '2', '3', '4']);
    await list.loadMore();
    expect([names(list), list.hasMore]).toEqual([['1', '2', '3', '4', '5'], false]);
  });

  it('[F-SDK-01] are in the order of the server, whatever they are ordered by', async () => {
    const { tom, talk } = await two();
    const date = { __type: 'Date', iso: '2026-01-01T00:00:00.000Z' };
    const texts = ['b', 'a', '', '\u{1F600}', '\u{1F601}', '\u{1F600}b', '\uFFFD', '\uD7FF', 'ab'];
    const values = [3, 20, -1, ...texts, true, false, null, undefined, date, { x: 1 }, [1]];
    for (const k of values) await talk(typeof k === 'string' ? k : 'n', k === undefined ? {} : { k });
    const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
    for (const field of ['attributes.k', 'name'] as const) {
      for (const direction of ['ascending', 'descending'] as const) {
        const query = tom.client.conversations.query().orderBy(field, direction).limit(100);
        const list = tom.client.conversations.live(query);
        await list.ready;
        expect(ids(list.items)).toEqual(ids(await query.find()));
      }
    }
  });

  it('[F-SDK-01] ask nothing any more once they are closed, also where they were about to', async () => {
    const { tom, talk } = await two();
    const list = tom.client.conversations.live();
    await list.ready;
    const told = tom.client.once('membersJoined');
    const one = await talk('one');
    await told;
    // A question about the new conversation is on its way, and the next one waits for its answer.
    list.close();
    const updated = tom.client.once('updated');
    await one.update({ name: 'eins' });
    await updated;
    expect(list.items).toEqual([]);
    await tom.client.onlineClients(['Tom']);
  });

  it('[F-SDK-01] say why there are none', async () => {
    const { tom } = await two();
    const broken = tom.client.conversations.query().where('name', 'in', 'no list' as never);
    const list = tom.client.conversations.live(broken);
    await expect(list.ready).rejects.toMatchObject({ reason: 'CONVERSATION_QUERY_FAILED' });
    expect(list.error?.reason).toBe('CONVERSATION_QUERY_FAILED');
    list.close();
  });

  const step = fc.oneof(
    fc.constantFrom(
      'speak' as const,
      'invite' as const,
      'remove' as const,
      'rename' as const,
      'mark' as const,
    ),
    fc.constantFrom('make' as const, 'break' as const, 'time' as const, 'read' as const),
  );

  it('[F-SDK-01] are what a fresh query finds, whatever happens and breaks meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.nat()), { maxLength: 25 }), async (steps) => {
        const { tom, jerry, talk } = await two();
        const made = [await talk('a', { kind: 'team' }), await talk('b')];
        const team = tom.client.conversations
          .query()
          .where('attributes.kind', '=', 'team')
          .where('members', '=', tom.client.id);
        const lists = [tom.client.conversations.live(), tom.client.conversations.live(team)];
        let count = 0;
        for (const [what, number] of steps) {
          const one = made[number % made.length];
          if (one === undefined) continue;
          const name = `${String(count++)}`;
          if (what === 'speak') await one.send(name);
          if (what === 'invite') await one.add([tom.client.id]);
          if (what === 'remove') await one.remove([tom.client.id]);
          if (what === 'rename') await one.update({ name });
          if (what === 'mark') await one.update({ attributes: { kind: number % 2 === 0 ? 'team' : 'none' } });
          if (what === 'make') made.push(await talk(name, { kind: number % 2 === 0 ? 'team' : 'none' }));
          if (what === 'break') tom.platform.cut();
          if (what === 'time') tom.platform.clock.advance(1_000);
          if (what === 'read') tom.client.conversations.markAllRead();
        }
        await until(() => {
          tom.platform.clock.advance(1_000);
          return tom.client.state.name === 'open';
        });
        // Another device of the same client sees it for the first time.
        const fresh = await person(parley, tom.client.id);
        const seen = ({ id, name, data }: BasicConversation) => [
          id,
          name,
          data.attributes,
          data.members,
          data.lastMessage?.id,
        ];
        const view = async (items: Promise<readonly unknown[]>) =>
          ((await items) as BasicConversation[]).map(seen);
        const again = fresh.client.conversations.query();
        const expected = [
          await view(again.find()),
          await view(again.where('attributes.kind', '=', 'team').where('members', '=', tom.client.id).find()),
        ];
        await expect
          .poll(() => Promise.all(lists.map((list) => view(Promise.resolve(list.items)))), {
            timeout: PATIENCE,
          })
          .toEqual(expected);
        // And it counts the same.
        const differences = () => {
          const [mine, others] = [tom, fresh].map(({ client }) =>
            made.map(({ id }) => client.conversations.known(id)?.unreadCount ?? 0),
          );
          return others?.flatMap((count, at) =>
            count === mine?.[at] ? [] : [`${count}, not ${mine?.[at]}`],
          );
        };
        await expect.poll(differences, { timeout: PATIENCE }).toEqual([]);
        for (const list of lists) list.close();
        await Promise.all([tom, jerry, fresh].map(({ client }) => client.close()));
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});
