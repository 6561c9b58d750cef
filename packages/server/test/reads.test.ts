import { CommandType, OpType } from '@parley/protocol';
import { openMemoryStore, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conv, history, query, say, startConversation, where } from './flow.ts';

/** What was read already, and is on its way from the store. */
let onTheirWay: (() => void)[];
/** Whether what is read from now on stays on its way. */
let isSlow: boolean;
let parley: Parley;

beforeEach(async () => {
  onTheirWay = [];
  isSlow = false;
  const store = await openMemoryStore();
  const slow = <Args extends readonly unknown[], Result>(read: (...args: Args) => Promise<Result>) =>
    async function slowly(...args: Args): Promise<Result> {
      const result = await read(...args);
      if (isSlow) await new Promise<void>((resolve) => onTheirWay.push(resolve));
      return result;
    };
  parley = await startParley({
    store: {
      ...store,
      conversations: { ...store.conversations, query: slow(store.conversations.query) },
      messages: { ...store.messages, history: slow(store.messages.history) },
    },
  });
});
afterEach(() => parley.close());

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function pair() {
  const [tom, jerry] = [await TestClient.open(parley, 'Tom'), await TestClient.open(parley, 'Jerry')];
  const cid = await startConversation(tom, { m: ['Jerry'], attr: { data: '{"name":"before"}' } });
  return { tom, jerry, cid };
}

const rename = (client: TestClient, cid: string, name: string) =>
  conv(client, OpType.update, { cid, attr: { data: JSON.stringify({ name }) } });

describe('what is read while it changes', () => {
  it('[F-CONV-45][F-CONV-46] a conversation is not answered as it was before a change that its reader was told', async () => {
    const { tom, jerry, cid } = await pair();
    isSlow = true;
    const asked = query(jerry, where({ objectId: cid }));
    await until(() => onTheirWay.length === 1);
    await rename(tom, cid, 'after');
    await jerry.push(CommandType.conv, OpType.updated);
    isSlow = false;
    onTheirWay[0]?.();
    expect(await asked).toMatchObject([{ name: 'after' }]);
  });

  it('[F-MSG-36] a recalled message is not answered as it was sent', async () => {
    const { tom, jerry, cid } = await pair();
    const { uid = '', t = 0 } = (await say(tom, cid, 'a secret')).ackMessage ?? {};
    isSlow = true;
    const asked = history(jerry, cid);
    await until(() => onTheirWay.length === 1);
    await tom.request({
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: { patches: [{ cid, mid: uid, timestamp: t, recall: true, data: '{"_lctype":-127}' }] },
    });
    await jerry.push(CommandType.patch, OpType.modify);
    isSlow = false;
    onTheirWay[0]?.();
    expect(await asked).toEqual(['{"_lctype":-127}']);
  });

  it('[F-CONV-45] a conversation that never stops changing is answered all the same', async () => {
    const { tom, jerry, cid } = await pair();
    isSlow = true;
    let isAnswered = false;
    const asked = query(jerry, where({ objectId: cid })).finally(() => {
      isAnswered = true;
    });
    for (let change = 1; !isAnswered; change++) {
      await until(() => isAnswered || onTheirWay.length > 0);
      await rename(tom, cid, `change ${change}`);
      if (!isAnswered) await jerry.push(CommandType.conv, OpType.updated);
      onTheirWay.shift()?.();
      await jerry.settled();
    }
    expect(await asked).toMatchObject([{ name: expect.stringMatching(/^change /) }]);
  });
});
