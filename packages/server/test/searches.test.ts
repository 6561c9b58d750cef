import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { openMemoryStore, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { say, startConversation } from './flow.ts';

const TOKEN = 'a-token-of-twenty-letters';

/** Lets one search after another of those that are with the store end. */
let underWay: (() => void)[];
let parley: Parley;

beforeEach(async () => {
  underWay = [];
  const store = await openMemoryStore();
  const held = <Args extends readonly unknown[], Result>(search: (...args: Args) => Promise<Result>) =>
    async function waiting(...args: Args): Promise<Result> {
      await new Promise<void>((resolve) => underWay.push(resolve));
      return search(...args);
    };
  parley = await startParley({
    metricsToken: TOKEN,
    store: {
      ...store,
      conversations: { ...store.conversations, query: held(store.conversations.query) },
      messages: { ...store.messages, history: held(store.messages.history) },
    },
  });
});
afterEach(() => parley.close());

async function lettingAllEnd<Result>(results: Promise<Result>): Promise<Result> {
  let isDone = false;
  const done = results.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    underWay.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return done;
}

describe('searches of one client', () => {
  const query: GenericCommand = { cmd: CommandType.conv, op: OpType.query, convMessage: {} };

  it.each([
    ['queries', () => query],
    ['histories of one type', (cid: string) => ({ cmd: CommandType.logs, logsMessage: { cid, lctype: -1 } })],
  ])('go one after another: %s of others come in between, and messages overtake', async (_what, command) => {
    const [tom, jerry] = [await TestClient.open(parley, 'Tom'), await TestClient.open(parley, 'Jerry')];
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const asked = [1, 2, 3].map(() => tom.request(command(cid)));
    await tom.settled();
    expect(underWay).toHaveLength(1);
    const others = jerry.request(command(cid));
    await jerry.settled();
    expect(underWay).toHaveLength(2);
    expect((await say(tom, cid, 'no search')).ackMessage?.code).toBeUndefined();
    for (const reply of await lettingAllEnd(Promise.all([...asked, others]))) {
      expect(reply.errorMessage).toBeUndefined();
    }
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('are none where a page of history is not limited to a type: those go side by side', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const page = { cmd: CommandType.logs, logsMessage: { cid } };
    const asked = [1, 2, 3].map(() => tom.request(page));
    await tom.settled();
    expect(underWay).toHaveLength(3);
    await lettingAllEnd(Promise.all(asked));
    await tom.close();
  });

  it('do not begin once the session is over', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const [first, second] = [1, 2].map(() => tom.request(query));
    await tom.settled();
    await tom.request({ cmd: CommandType.session, op: OpType.close });
    underWay.shift()?.();
    expect((await first)?.op).toBe(OpType.results);
    expect((await second)?.errorMessage?.code).toBe(4105);
    expect(underWay).toEqual([]);
    await tom.close();
  });

  it('are refused with 4116 when a hundred wait for each other already', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const asked = Array.from({ length: 100 }, () => tom.request(query));
    const refused = await tom.request(query);
    expect(refused.errorMessage?.code).toBe(4116);
    const metrics = await fetch(`${parley.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(await metrics.text()).toContain('parley_commands_total{command="conv/query",outcome="4116"} 1');
    const replies = await lettingAllEnd(Promise.all(asked));
    expect(replies.every(({ op }) => op === OpType.results)).toBe(true);
    const again = await lettingAllEnd(tom.request(query));
    expect(again.op).toBe(OpType.results);
    await tom.close();
  });
});
