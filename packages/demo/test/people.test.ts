import { ChatRoom, type Client, createClient, type Message } from '@parley/client';
import { type Parley, startParley } from '@parley/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SamplePeople } from '../src/index.ts';
import { hikeLines } from '../src/people/hike-script.ts';

const PATIENCE = 60_000;
let parley: Parley;
let people: SamplePeople;
let visitor: Client | undefined;
const failures: unknown[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await visitor?.close();
  visitor = undefined;
  await people.stop();
  await parley.close();
  failures.length = 0;
});

function enter(): void {
  people = new SamplePeople(connection(), (error) => failures.push(error));
  people.start();
}

const connection = () => ({ url: parley.wsUrl, appId: parley.appId, appKey: parley.appKey });

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: PATIENCE, interval: 20 });
}

describe('the sample people', { timeout: 2 * PATIENCE }, () => {
  it('[F-GEN-10] greet whoever writes to them, in their language, and bring them into the hike', async () => {
    parley = await startParley({ store: 'memory', settings: { privateConversations: true } });
    enter();
    visitor = createClient({ ...connection(), clientId: '小雅' });
    const chat = await visitor.conversations.create({ members: ['Mei'], attributes: { language: 'zh' } });
    const list = visitor.messages.live(chat);
    await until(() => list.items.length === 3);
    expect(list.items.map(({ from }: Message) => from)).toEqual(['Mei', 'Mei', 'Mei']);
    expect(list.items[0]?.text).toContain('你好');
    const groups = visitor.conversations.live();
    await until(() => groups.items.some(({ name }) => name === '周末徒步'));
    const hike = groups.items.find(({ name }) => name === '周末徒步');
    let said = 0;
    for await (const _ of hike?.history() ?? []) said++;
    expect(said).toBe(hikeLines.zh.length);
    await chat.send('谢谢');
    await until(() => list.items.length === 5);
    expect(list.items.at(-1)?.text).toMatch(/不客气|随时/);
    expect(failures).toEqual([]);

    // They remember after a restart: nobody is greeted twice, and there is one hike.
    await people.stop();
    enter();
    await until(async () => (await visitor?.onlineClients(['Mei', 'Leo']))?.length === 2);
    await chat.send('你好');
    await until(() => list.items.length === 7);
    // What was said while they were away is answered when they are back, once.
    await people.stop();
    await chat.send('谢谢');
    enter();
    await until(() => list.items.length === 9);
    expect(list.items.at(-1)?.text).toMatch(/不客气|随时/);
    await chat.send('你好');
    await until(() => list.items.length === 11);
    expect(list.items.map(({ from }: Message) => from).slice(-4)).toEqual(['小雅', 'Mei', '小雅', 'Mei']);
    const hikes = (await visitor.conversations.query().find()).filter(({ name }) => name === '周末徒步');
    expect(hikes).toHaveLength(1);
  });

  it('bring newcomers into a hike also where the first has expired', async () => {
    parley = await startParley({ store: 'memory', settings: { privateConversations: true } });
    enter();
    visitor = createClient({ ...connection(), clientId: 'Ada' });
    const groups = visitor.conversations.live();
    await visitor.conversations.create({ members: ['Mei'] });
    await until(() => groups.items.some(({ name }) => name === 'Weekend hike'));
    const [first] = groups.items.filter(({ name }) => name === 'Weekend hike');
    const deleted = await fetch(`${parley.url}/1.2/rtm/conversations/${first?.id}`, {
      method: 'DELETE',
      headers: { 'x-lc-id': parley.appId, 'x-lc-key': `${parley.masterKey},master` },
    });
    expect(deleted.status).toBe(200);
    await visitor.close();
    visitor = createClient({ ...connection(), clientId: 'Bob' });
    const others = visitor.conversations.live();
    await visitor.conversations.create({ members: ['Mei'] });
    await until(() => others.items.some(({ name }) => name === 'Weekend hike'));
    expect(failures).toEqual([]);
  });

  it('answer also where they cannot open the town square', async () => {
    parley = await startParley({ store: 'memory', settings: { privateConversations: true } });
    enter();
    visitor = createClient({ ...connection(), clientId: 'Ada' });
    await until(async () => (await visitor?.conversations.query().chatRooms().find())?.length === 1);
    await people.stop();
    const [square] = await visitor.conversations.query().chatRooms().find();
    vi.spyOn(ChatRoom.prototype, 'join').mockRejectedValue(new Error(`${square?.name} is closed`));
    enter();
    const chat = await visitor.conversations.create({ members: ['Leo'] });
    const list = visitor.messages.live(chat);
    await until(() => list.items.length > 0);
    await until(() => failures.length > 0);
    expect(failures).toEqual([new Error('Town square is closed')]);
  });

  it('say when they cannot do something, and harm nobody', async () => {
    parley = await startParley({
      store: 'memory',
      settings: {
        clientRateLimits: { messagesPerMinute: 0, historyQueriesPerMinute: 0, otherOperationsPerMinute: 1 },
      },
    });
    enter();
    await until(() => failures.length > 0);
    expect(failures[0]).toMatchObject({ name: 'ParleyError' });
  });

  it('say so where nobody may log in', async () => {
    parley = await startParley({ store: 'memory', settings: { imEnabled: false } });
    enter();
    await until(() => failures.length > 0);
  });
});
