import { type Parley, startParley } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BasicConversation, Conversation, Message } from '../src/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { PATIENCE, until } from './support/until.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant('they send' as const) },
  { weight: 2, arbitrary: fc.constant('they mention me' as const) },
  { weight: 1, arbitrary: fc.constant('I send' as const) },
  { weight: 3, arbitrary: fc.constant('I read' as const) },
  { weight: 1, arbitrary: fc.constant('I read on my phone' as const) },
  { weight: 2, arbitrary: fc.constant('the connection breaks' as const) },
  { weight: 1, arbitrary: fc.constant('nothing comes back any more' as const) },
  { weight: 1, arbitrary: fc.constant('nothing comes through at all' as const) },
  { weight: 2, arbitrary: fc.constant('time passes' as const) },
  { weight: 3, arbitrary: fc.constant('it arrives' as const) },
);

let group = 0;

describe('unread counts', () => {
  it('[F-MSG-45][F-SDK-01] are those of the server in the end, whatever breaks when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        group++;
        const tom = await person(parley, `Tom${group}`);
        const phone = await person(parley, `Tom${group}`);
        const jerry = await person(parley, `Jerry${group}`);
        const there = await jerry.client.conversations.create({ members: [tom.client.id] });
        const chat = (await tom.client.conversations.get(there.id)) as BasicConversation;
        const onPhone = await phone.client.conversations.get(there.id);
        const done: Promise<Message>[] = [];
        let readUpTo = 0;
        const read = (conversation: Conversation) => {
          readUpTo = Math.max(readUpTo, conversation.lastMessage?.timestamp ?? 0);
          conversation.markRead();
        };
        const act = {
          'they send': () => done.push(there.send('x')),
          'they mention me': () => done.push(there.send('x', { mention: [tom.client.id] })),
          'I send': () => done.push(chat.send('y')),
          'I read': () => read(chat),
          'I read on my phone': () => read(onPhone),
          'the connection breaks': () => tom.platform.cut(),
          'nothing comes back any more': () => tom.platform.deafen(),
          'nothing comes through at all': () => tom.platform.freeze(),
          'time passes': () => tom.platform.clock.advance(1_000),
          // What was pushed to a live connection is here before the answer to a question that was asked after it.
          'it arrives': async () => {
            await jerry.client.onlineClients([`${done.length}`]);
            await phone.client.onlineClients([`${done.length}`]);
          },
        };
        for (const each of steps) await act[each]();
        tom.platform.cut();
        let isDone = false;
        void Promise.all(done).then(() => {
          isDone = true;
        });
        await until(() => {
          tom.platform.clock.advance(1_000);
          return isDone && tom.client.state.name === 'open';
        });
        // Read marks have no answer; whatever is asked on the same connection comes after them.
        await Promise.all([tom, phone].map(({ client }) => client.onlineClients(['nobody'])));
        await until(() => tom.client.state.name === 'open');

        const truth = async () => {
          const { client } = await person(parley, tom.client.id);
          await parley.caughtUp();
          await client.onlineClients(['nobody']);
          await client.conversations.fetch(there.id);
          const { unreadCount, isMentioned } = await client.conversations.get(there.id);
          await client.close();
          return [unreadCount, isMentioned];
        };
        // What was read once is read, also where the mark had to be told again; and nothing else is.
        const later = (await Promise.all(done)).filter(
          ({ from, timestamp }) => from === jerry.client.id && timestamp > readUpTo,
        );
        const expected = [later.length, later.some((message) => message.mentions(tom.client.id))];
        const counts = ({ unreadCount, isMentioned }: Conversation) => [unreadCount, isMentioned];
        await expect
          .poll(
            async () => {
              tom.platform.clock.advance(1_000);
              return [await truth(), counts(chat), counts(onPhone)];
            },
            { timeout: PATIENCE },
          )
          .toEqual([expected, expected, expected]);
        await Promise.all([tom, phone, jerry].map(({ client }) => client.close()));
      }),
      {
        numRuns: 60,
        examples: [
          [['they send', 'it arrives', 'the connection breaks', 'I read']],
          [['they send', 'it arrives', 'I read on my phone']],
        ],
      },
    );
  }, 120_000);

  it('[F-MSG-46][F-SDK-01] mention nobody any more once the mention is recalled', async () => {
    const tom = await person(parley, 'Tom-mentioned');
    const jerry = await person(parley, 'Jerry-mentions');
    const there = await jerry.client.conversations.create({ members: [tom.client.id] });
    const chat = await tom.client.conversations.get(there.id);
    const mention = [tom.client.id];
    await there.send('before');
    const first = await there.send('look', { mention });
    await there.send('after');
    await until(() => chat.unreadCount === 3 && chat.isMentioned);
    await there.recall(first);
    await until(() => !chat.isMentioned);
    expect(chat.unreadCount).toBe(3);

    chat.markRead();
    const only = await there.send('look again', { mention });
    await until(() => chat.isMentioned);
    const phone = await person(parley, tom.client.id);
    await until(() => phone.client.conversations.known(there.id)?.isMentioned === true);
    await there.recall(only);
    await until(() => phone.client.conversations.known(there.id)?.isMentioned === false);
  });

  it('[F-MSG-44][F-SDK-01] include what arrives together with the answer to a login', async () => {
    const tom = await person(parley, 'Tom-in-a-burst');
    const jerry = await person(parley, 'Jerry-in-a-burst');
    const there = await jerry.client.conversations.create({ members: [tom.client.id] });
    const chat = await tom.client.conversations.get(there.id);
    tom.platform.cut();
    tom.platform.holdBack();
    await until(() => {
      tom.platform.clock.advance(100);
      return tom.platform.heldBack === 1;
    });
    await there.send('right behind it');
    await until(() => tom.platform.heldBack === 2);
    tom.platform.handOver();
    await until(() => chat.lastMessage !== undefined);
    await tom.client.onlineClients([]);
    expect(chat.unreadCount).toBe(1);
  });
});
