import { CommandType, OpType } from '@parley/protocol/wire';
import { type Parley, startParley } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BasicConversation,
  type ChatRoom,
  type LiveMessages,
  type Message,
  ParleyError,
} from '../src/index.ts';
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
  const there = await jerry.client.conversations.create({ members: [tom.client.id], unique: false });
  const chat = (await tom.client.conversations.get(there.id)) as BasicConversation;
  return { tom, jerry, chat, there };
}

const texts = (list: LiveMessages) => list.items.map(({ text }) => text);
const form = (message: Message) => {
  const { id, text, editedAt, status } = message;
  return { id, text, editedAt, status, kind: message.constructor.name };
};

async function history(chat: BasicConversation): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of chat.history({ direction: 'newer', pageSize: 1000 })) messages.push(message);
  return messages;
}

describe('the live messages of a conversation', () => {
  it('[F-SDK-01] begin with the newest, and add older ones and new ones', async () => {
    const { tom, chat, there } = await two();
    for (let n = 0; n < 7; n++) await there.send(`${n}`);
    const list = tom.client.messages.live(chat, { pageSize: 3 });
    let told = 0;
    list.subscribe(() => told++);
    await list.ready;
    expect([texts(list), list.hasOlder]).toEqual([['4', '5', '6'], true]);
    const before = list.getSnapshot();
    expect(list.getSnapshot()).toBe(before);
    await list.loadOlder();
    await there.send('7');
    await until(() => texts(list).at(-1) === '7');
    expect([texts(list), list.hasOlder]).toEqual([['1', '2', '3', '4', '5', '6', '7'], true]);
    await list.loadOlder();
    expect([texts(list)[0], list.hasOlder]).toEqual(['0', false]);
    expect(list.getSnapshot()).not.toBe(before);
    expect(told).toBeGreaterThan(0);
    list.close();
    await there.send('8');
    await until(() => chat.lastMessage?.text === '8');
    expect(texts(list).at(-1)).toBe('7');
  });

  it('[F-SDK-01] fill in what was said, edited and recalled without them', async () => {
    const { tom, chat, there } = await two();
    const first = await there.send('frist');
    const second = await there.send('oops');
    const list = tom.client.messages.live(chat);
    await list.ready;
    tom.platform.cut();
    await there.edit(first, 'first');
    await there.recall(second);
    for (let n = 0; n < 230; n++) void there.send(`${n}`);
    const last = await there.send('last');
    tom.platform.clock.advance(5_000);
    await until(() => list.items.at(-1)?.id === last.id && texts(list).slice(0, 2).join() === 'first,');
    expect(texts(list)).toEqual(['first', '', ...Array.from({ length: 230 }, (_, n) => `${n}`), 'last']);
  });

  it('[F-SDK-01] begin anew where too much was missed', async () => {
    const { tom, chat, there } = await two();
    await there.send('before');
    const list = tom.client.messages.live(chat, { pageSize: 10 });
    await list.ready;
    tom.platform.cut();
    const sending = Array.from({ length: 1_005 }, (_, n) => there.send(`${n}`));
    await Promise.all(sending);
    tom.platform.clock.advance(5_000);
    await until(() => texts(list).at(-1) === '1004' && list.items.length === 10);
    expect(list.hasOlder).toBe(true);
  });

  it('[F-SDK-01] show receipts as they come', async () => {
    const { tom, jerry, chat, there } = await two();
    const list = jerry.client.messages.live(there);
    await list.ready;
    await there.send('hello', { receipt: true });
    await until(() => chat.unreadCount === 1);
    tom.platform.clock.advance(1_000);
    await until(() => list.items[0]?.deliveredAt !== undefined);
    expect(list.items[0]?.readAt).toBeUndefined();
    chat.markRead();
    await until(() => list.items[0]?.readAt !== undefined);
  });

  it('[F-SDK-01] say why there are none, and come when the client may read', async () => {
    const { there } = await two();
    const spike = await person(parley, `Spike${group}`);
    await there.send('secret');
    const outside = (await spike.client.conversations.get(there.id)) as BasicConversation;
    const list = spike.client.messages.live(outside);
    await expect(list.ready).rejects.toMatchObject({ reason: 'CONVERSATION_LOG_REJECTED' });
    expect(list.error?.reason).toBe('CONVERSATION_LOG_REJECTED');
    await there.add([spike.client.id]);
    await until(() => texts(list).join() === 'secret');
    expect(list.error).toBeUndefined();
    await list.loadOlder();
  });

  it('[F-SDK-01] keep the keys of messages when they begin anew', async () => {
    const { tom, jerry } = await two();
    const room = await tom.client.conversations.createChatRoom();
    const thereIn = (await jerry.client.conversations.get(room.id)) as ChatRoom;
    await thereIn.join();
    const list = tom.client.messages.live(room);
    await list.ready;
    const { key } = await room.send('mine');
    tom.platform.cut();
    await thereIn.send('later');
    tom.platform.clock.advance(5_000);
    await until(() => texts(list).join() === 'mine,later');
    expect(list.items[0]?.key).toBe(key);
  });

  it('[F-SDK-01] know that there is more, however much was asked for at once', async () => {
    const { tom, chat, there } = await two();
    await Promise.all(Array.from({ length: 1_001 }, (_, n) => there.send(`${n}`)));
    const list = tom.client.messages.live(chat, { pageSize: 5_000 });
    await list.ready;
    expect(list.hasOlder).toBe(true);
    await list.loadOlder();
    expect([list.items.length, list.hasOlder]).toEqual([1_001, false]);
  });

  it('[F-SDK-01] are waited for in vain by nobody once they are closed', async () => {
    const { tom, chat } = await two();
    tom.platform.freeze();
    const lists = [tom.client.messages.live(chat), tom.client.conversations.live()];
    for (const list of lists) list.close();
    for (const { ready } of lists) await expect(ready).rejects.toMatchObject({ reason: 'CLIENT_CLOSED' });
    tom.platform.cut();
  });

  it('[F-SDK-01] hold what somebody scrolls to, and let it go once enough new ones have come', async () => {
    const { tom, chat, there } = await two();
    for (let n = 0; n < 9; n++) await there.send(`${n}`);
    const list = tom.client.messages.live(chat, { pageSize: 2, keep: 3 });
    await list.ready;
    while (list.hasOlder) await list.loadOlder();
    expect(texts(list)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    for (let n = 9; n < 12; n++) await there.send(`${n}`);
    await until(() => list.items.length === 12);
    await there.send('12');
    await until(() => texts(list).at(-1) === '12');
    expect([texts(list), list.hasOlder]).toEqual([['10', '11', '12'], true]);
  });

  it('[F-SDK-01] lack nothing that was told while another list was asking', async () => {
    const { client, platform, push, received, reply } = script();
    await client.whenOpen();
    const said = { cid: 'c1', fromPeerId: 'Jerry', msg: 'hello', timestamp: 5_000, convType: 1 };
    push({ cmd: CommandType.direct, directMessage: { ...said, id: 'm0', timestamp: 1 } });
    const asked = (cmd: number) => received.filter((command) => command.cmd === cmd);
    await until(() => asked(CommandType.conv).length === 1);
    const about = asked(CommandType.conv)[0] ?? {};
    reply(about, { cmd: CommandType.conv, op: OpType.results, convMessage: {} });
    await until(() => client.conversations.known('c1') !== undefined);
    const chat = await client.conversations.get('c1');
    const early = client.messages.live(chat);
    const told = client.once('message');
    await until(() => asked(CommandType.logs).length === 1);
    push({ cmd: CommandType.direct, directMessage: { ...said, id: 'm1' } });
    await told;
    const late = client.messages.live(chat);
    await until(() => asked(CommandType.logs).length === 2);
    const [before = {}, after = {}] = asked(CommandType.logs);
    const log = { msgId: 'm1', from: 'Jerry', data: 'hello', timestamp: 5_000 };
    reply(before, { cmd: CommandType.logs, logsMessage: { logs: [] } });
    reply(after, { cmd: CommandType.logs, logsMessage: { logs: [log] } });
    await Promise.all([early.ready, late.ready]);
    expect([early, late].map(texts)).toEqual([['hello'], ['hello']]);
    const closing = client.close();
    platform.clock.advance(3_000);
    await closing;
  });

  /** What was recalled cannot be edited any more. */
  function unlessRecalled(error: unknown): void {
    if (!(error instanceof ParleyError && error.reason === 'MESSAGE_NOT_FOUND')) throw error;
  }

  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('they send' as const) },
    { weight: 3, arbitrary: fc.constant('I send' as const) },
    { weight: 2, arbitrary: fc.constant('they edit' as const) },
    { weight: 1, arbitrary: fc.constant('they recall' as const) },
    { weight: 1, arbitrary: fc.constant('I edit' as const) },
    { weight: 2, arbitrary: fc.constant('the connection breaks' as const) },
    { weight: 1, arbitrary: fc.constant('nothing comes back any more' as const) },
    { weight: 2, arbitrary: fc.constant('time passes' as const) },
    { weight: 2, arbitrary: fc.constant('I scroll up' as const) },
    { weight: 2, arbitrary: fc.constant('everybody waits' as const) },
  );

  it('[F-SDK-01] are what the server committed, without gap and without double, whatever breaks when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.infiniteStream(fc.nat()),
        async (steps, numbers) => {
          const { tom, jerry, chat, there } = await two();
          const { platform } = tom;
          for (let n = 0; n < 3; n++) await there.send(`before ${n}`);
          const list = tom.client.messages.live(chat, { pageSize: 2 });
          const views: (readonly Message[])[] = [];
          list.subscribe(() => views.push(list.items));
          const done: Promise<unknown>[] = [];
          const theirs: Message[] = [];
          const mine: Message[] = [];
          const one = (messages: Message[]) => messages[(numbers.next().value ?? 0) % messages.length];
          const act = {
            'they send': () =>
              done.push(there.send(`t${theirs.length}`).then((message) => theirs.push(message))),
            'I send': () => done.push(chat.send(`m${mine.length}`).then((message) => mine.push(message))),
            'they edit': () => {
              const message = one(theirs);
              const edited = () => there.edit(message as Message, `${message?.text} edited ${done.length}`);
              if (message) done.push(edited().catch(unlessRecalled));
            },
            'they recall': () => {
              const message = one(theirs);
              if (message) done.push(there.recall(message));
            },
            'I edit': () => {
              const message = one(mine);
              // Without a connection an edit fails, or may have been made; the list must be right either way.
              if (message)
                done.push(chat.edit(message, `${message.text} mine ${done.length}`).catch(() => {}));
            },
            'the connection breaks': () => platform.cut(),
            'nothing comes back any more': () => platform.deafen(),
            'time passes': () => platform.clock.advance(1_000),
            'I scroll up': () => void list.loadOlder().catch(() => {}),
            'everybody waits': () => there.history({ pageSize: 1 })[Symbol.asyncIterator]().next(),
          };
          for (const each of steps) await act[each]();
          platform.cut();
          let isDone = false;
          void Promise.all(done).then(() => {
            isDone = true;
          });
          await until(() => {
            platform.clock.advance(1_000);
            return isDone && tom.client.state.name === 'open';
          });
          await list.ready;
          const committed = (await history(there)).map(form);
          const whole = async () => {
            while (list.hasOlder) await list.loadOlder();
            return list.items.map(form);
          };
          await expect.poll(whole, { timeout: PATIENCE }).toEqual(committed);

          // What was shown at any time had no gap between the messages of others, and nothing twice.
          const order = new Map(committed.map(({ id }, at) => [id, at]));
          const others = committed
            .filter((_, at) => committed[at]?.text.startsWith('m') !== true)
            .map(({ id }) => id);
          for (const view of views) {
            const ids = view.filter(({ id }) => id !== undefined).map(({ id }) => id);
            expect(new Set(ids).size).toBe(ids.length);
            expect([...ids].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))).toEqual(ids);
            const seen = ids.filter((id) => others.includes(id));
            const start = others.indexOf(seen[0]);
            if (seen.length > 0) expect(seen).toEqual(others.slice(start, start + seen.length));
          }
          list.close();
          await Promise.all([tom.client.close(), jerry.client.close()]);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});
