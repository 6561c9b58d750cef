import { type Parley, startParley } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import {
  AudioMessage,
  BinaryMessage,
  type Client,
  defineMessageType,
  FileMessage,
  ImageMessage,
  LocationMessage,
  type Message,
  ParleyError,
  PlainMessage,
  RecalledMessage,
  TextMessage,
  UnknownMessage,
  VideoMessage,
} from '../src/index.ts';
import { decodeBase64 } from '../src/messages/base64.ts';
import { MessageParser } from '../src/messages/message-parser.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { until } from './support/until.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

const OrderMessage = defineMessageType({
  type: 1,
  parse({ orderId }) {
    if (typeof orderId !== 'string') throw new TypeError('An order without its id.');
    return { orderId };
  },
});

let group = 0;
async function two(options: Parameters<typeof person>[2] = {}) {
  group++;
  const [tom, jerry] = await Promise.all(
    [`Tom${group}`, `Jerry${group}`].map((name) => person(parley, name, options)),
  );
  if (tom === undefined || jerry === undefined) throw new Error('Nobody came.');
  const chat = await tom.client.conversations.create({ members: [jerry.client.id] });
  const there = await jerry.client.conversations.get(chat.id);
  return { tom, jerry, chat, there };
}

function heardBy(client: Client): Message[] {
  const messages: Message[] = [];
  client.on('message', ({ message }) => messages.push(message));
  return messages;
}

async function all(messages: AsyncIterable<Message>): Promise<Message[]> {
  const list: Message[] = [];
  for await (const message of messages) list.push(message);
  return list;
}

describe('a message', () => {
  it.each([
    ['text', new TextMessage('hello', { attributes: { tone: 'kind' } })],
    [
      'a picture',
      new ImageMessage({ url: 'https://x/y.png', width: 3, height: 4, format: 'png' }, { text: 'us' }),
    ],
    ['a recording', new AudioMessage({ url: 'https://x/y.mp3', duration: 1.5, objectId: 'f1' })],
    ['a film', new VideoMessage({ url: 'https://x/y.mp4', size: 9 })],
    ['a place', new LocationMessage({ latitude: 39.9, longitude: 116.4 }, { text: 'here' })],
    ['a file', new FileMessage({ url: 'https://x/y.pdf', name: 'y.pdf' })],
    ['bytes', new BinaryMessage(Uint8Array.of(0, 255, 1))],
    ['text without a type', new PlainMessage('{"not": "typed"}')],
    ['a type of the app', new OrderMessage({ orderId: '42' }, { text: 'Order 42' })],
  ])('[F-GEN-05][F-GEN-06] can be %s, pushed and from history', async (_, sent) => {
    const { jerry, chat, there } = await two({ messageTypes: [OrderMessage] });
    const heard = heardBy(jerry.client);
    const accepted = await chat.send(sent);
    expect(accepted).toMatchObject({ status: 'sent', from: chat.creator, conversationId: chat.id });
    await until(() => heard.length === 1);
    for (const received of [heard[0], ...(await all(there.history()))]) {
      expect(received).toBeInstanceOf(sent.constructor);
      expect({ ...received, envelope: undefined }).toEqual({ ...sent, envelope: undefined });
      expect([received?.id, received?.timestamp, received?.text]).toEqual([
        accepted.id,
        accepted.timestamp,
        sent.text,
      ]);
    }
  });

  it('[F-SDK-03] of a type nobody here knows, or that is broken, is one message all the same', async () => {
    const { tom, jerry, chat } = await two({ messageTypes: [OrderMessage] });
    const heard = heardBy(jerry.client);
    await chat.send(new PlainMessage('{"_lctype":77,"_lctext":"seventy-seven","x":1}'));
    await chat.send(new PlainMessage('{"_lctype":1,"_lctext":"no order"}'));
    await chat.send(new PlainMessage('{"_lctype":-2}'));
    await until(() => heard.length === 3);
    expect(heard.map((message) => message.constructor)).toEqual([
      UnknownMessage,
      UnknownMessage,
      UnknownMessage,
    ]);
    expect(heard[0]).toMatchObject({ type: 77, text: 'seventy-seven', fields: { x: 1 } });
    expect(tom.client.state.name).toBe('open');
  });

  it('[F-SDK-03] is made of any text whatsoever', () => {
    const parser = new MessageParser([OrderMessage]);
    const envelope = { key: 'k', conversationId: 'c', from: 'f', timestamp: 1, status: 'sent' } as const;
    const typed = fc.record(
      {
        _lctype: fc.integer({ min: -130, max: 3 }),
        _lcfile: fc.anything(),
        _lcattrs: fc.anything(),
        _lctext: fc.anything(),
        _lcloc: fc.anything(),
        orderId: fc.anything(),
      },
      { requiredKeys: ['_lctype'] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          typed.map((fields) => JSON.stringify(fields) ?? ''),
        ),
        (text) => {
          const message = parser.parse(text, envelope);
          expect(typeof message.text).toBe('string');
          expect(typeof message.encode()).toBe('string');
        },
      ),
    );
  });

  it('[F-GEN-06] of the app has the fields its definition says, also for the compiler', () => {
    expectTypeOf(new OrderMessage({ orderId: '1' }).fields.orderId).toEqualTypeOf<string>();
    // @ts-expect-error an order has an id
    const wrong = () => new OrderMessage({ id: '1' });
    expect(wrong).toBeTypeOf('function');
    expect(() => defineMessageType({ type: -5, parse: () => ({}) })).toThrow(ParleyError);
  });

  it('[F-MSG-31][F-MSG-46] mentions some or everyone', async () => {
    const { tom, jerry, chat, there } = await two();
    const heard = heardBy(jerry.client);
    await chat.send('you', { mention: [jerry.client.id] });
    await chat.send('all', { mention: 'everyone' });
    await chat.send('nobody');
    await until(() => heard.length === 3);
    expect(heard.map((message) => message.mentions(jerry.client.id))).toEqual([true, true, false]);
    expect(heard.map((message) => message.mentions(tom.client.id))).toEqual([false, true, false]);
    expect([there.unreadCount, there.isMentioned]).toEqual([3, true]);
    there.markRead();
    expect([there.unreadCount, there.isMentioned]).toEqual([0, false]);
  });

  it('[F-MSG-35][F-MSG-36][F-MSG-38] is edited and recalled, and everybody sees the new form', async () => {
    const { jerry, chat, there } = await two();
    const sent = await chat.send('helo', { mention: 'everyone' });
    await until(() => there.lastMessage?.id === sent.id);
    const [edited, recalled] = [jerry.client.once('messageEdited'), jerry.client.once('messageRecalled')];
    const corrected = await chat.edit(sent, 'hello');
    expect(corrected).toMatchObject({ id: sent.id, key: sent.key, text: 'hello', mentionsEveryone: true });
    const seen = (await edited).message;
    expect(seen).toMatchObject({ text: 'hello', timestamp: sent.timestamp, editedAt: corrected.editedAt });
    expect(there.lastMessage?.text).toBe('hello');
    await expect(there.recall(seen)).rejects.toMatchObject({ reason: 'MESSAGE_OWNERSHIP_REQUIRED' });
    await chat.recall(corrected);
    expect((await recalled).message).toBeInstanceOf(RecalledMessage);
    expect((await all(there.history()))[0]).toBeInstanceOf(RecalledMessage);
  });

  it('[F-MSG-41][F-MSG-42] tells its sender when it arrived and when it was read', async () => {
    const { tom, jerry, chat, there } = await two();
    const kinds: string[] = [];
    tom.client.on('receipt', ({ kind, clientId }) =>
      kinds.push(`${kind} by ${clientId === jerry.client.id}`),
    );
    const heard = heardBy(jerry.client);
    await chat.send('hello', { receipt: true });
    await until(() => heard.length === 1);
    jerry.platform.clock.advance(1_000);
    await until(() => kinds.length === 1);
    there.markRead();
    await until(() => kinds.length === 2);
    expect(kinds).toEqual(['delivered by true', 'read by true']);
    expect(chat.data.lastReadAt).toBeGreaterThan(0);
    const [receipt] = await chat.receipts();
    expect(receipt?.clientId).toBe(jerry.client.id);
    expect(receipt?.readAt).toBeGreaterThan(0);
  });

  it('[F-SDK-03] that is sent again or elsewhere has nothing of what became of it before', async () => {
    const { tom, jerry, chat, there } = await two();
    const list = tom.client.messages.live(chat);
    await list.ready;
    await chat.edit(await chat.send('helo', { receipt: true, mention: 'everyone' }), 'hello');
    await until(() => there.lastMessage?.text === 'hello');
    jerry.platform.clock.advance(1_000);
    there.markRead();
    await until(() => list.items[0]?.readAt !== undefined);
    const [original] = list.items;
    if (original === undefined) throw new Error('There is no message.');
    const elsewhere = await tom.client.conversations.create({ members: ['Spike'] });
    const forwarded = await elsewhere.send(original);
    expect(forwarded).toMatchObject({ text: 'hello', status: 'sent', mentionsEveryone: false });
    const marks = ({ editedAt, deliveredAt, readAt, error }: Message) => [
      editedAt,
      deliveredAt,
      readAt,
      error,
    ];
    expect(marks(original)).not.toEqual(Array(4).fill(undefined));
    expect(marks(forwarded)).toEqual(Array(4).fill(undefined));

    await chat.send('x'.repeat(6_000)).catch(() => {});
    const failed = list.items.find(({ status }) => status === 'failed');
    if (failed === undefined) throw new Error('It has not failed.');
    chat.send(failed).catch(() => {});
    const again = list.items.find(({ status }) => status === 'sending');
    expect([again?.text, again?.error]).toEqual([failed.text, undefined]);
  });

  it('[F-GEN-04][F-MSG-05] that is transient reaches who is there and is not kept', async () => {
    const { tom, jerry, chat, there } = await two();
    const heard = heardBy(jerry.client);
    await chat.send(new PlainMessage('{"x":1,"y":2}'), { transient: true });
    await until(() => heard.length === 1);
    expect([heard[0]?.isTransient, there.unreadCount, (await all(there.history())).length]).toEqual([
      true,
      0,
      0,
    ]);
    tom.platform.cut();
    await expect(chat.send('x', { transient: true })).rejects.toMatchObject({ reason: 'CONNECTION_LOST' });
  });

  it('[F-MSG-49] that is a will is sent when its author is cut off', async () => {
    const { tom, jerry, chat } = await two();
    const heard = heardBy(jerry.client);
    await chat.send('I am gone', { will: true });
    expect(heard).toEqual([]);
    tom.platform.cut();
    await until(() => heard.length === 1);
    expect(heard[0]?.text).toBe('I am gone');
  });
});

describe('history', () => {
  it('[F-MSG-52][F-MSG-53][F-MSG-55][F-MSG-56] is read in both directions, from anywhere to anywhere', async () => {
    const { chat, there } = await two();
    const sent: Message[] = [];
    for (let n = 0; n < 7; n++) sent.push(await chat.send(`${n}`));
    const texts = async (messages: AsyncIterable<Message>) =>
      (await all(messages)).map(({ text }) => text).join('');
    const [, one, , three, , five] = sent;
    if (one === undefined || three === undefined || five === undefined) throw new Error('Nothing was sent.');
    expect(await texts(there.history({ pageSize: 3 }))).toBe('6543210');
    expect(await texts(there.history({ pageSize: 3, direction: 'newer' }))).toBe('0123456');
    expect(await texts(there.history({ from: three, pageSize: 2 }))).toBe('210');
    expect(await texts(there.history({ from: three, direction: 'newer', pageSize: 2 }))).toBe('456');
    expect(await texts(there.history({ from: five, until: one }))).toBe('432');
    expect(await texts(there.history({ from: one, until: five, direction: 'newer' }))).toBe('234');
    await chat.send(new LocationMessage({ latitude: 1, longitude: 2 }, { text: 'L' }));
    expect(await texts(there.history({ type: LocationMessage }))).toBe('L');
    // A server gives fewer than a million at once, and more than none.
    for (const pageSize of [1_000_000, 0]) expect((await all(there.history({ pageSize }))).length).toBe(8);
    for await (const message of there.history({ pageSize: 2 })) {
      if (message.text === '5') break;
    }
  });
});

describe('typing', () => {
  it('[F-MSG-06] is told again at once after a message', async () => {
    const { jerry, chat } = await two();
    const told: boolean[] = [];
    jerry.client.on('typing', ({ isTyping }) => told.push(isTyping));
    chat.startTyping();
    await until(() => told.length === 1);
    await chat.send('hello');
    await until(() => told.length === 2);
    chat.startTyping();
    await until(() => told.length === 3);
    expect(told).toEqual([true, false, true]);
  });
});

describe('base64 by hand', () => {
  it('[F-GEN-05] reads what others write', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
      }),
    );
  });
});
