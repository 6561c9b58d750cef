import type { Conversation, IMClient, Message, TextMessage } from 'leancloud-realtime';
import { expect, test } from 'vitest';
import { mediaFile, suite, texts, uniqueId } from './src/index.ts';

suite('history', (stage) => {
  /** A conversation in which these were said. */
  async function told(
    count: number,
  ): Promise<{ tom: IMClient; conversation: Conversation; sent: TextMessage[] }> {
    const tom = await stage.login(uniqueId('Tom'));
    const conversation = await stage.conversation(tom, [uniqueId('Jerry')]);
    const contents = Array.from({ length: count }, (_, index) => `${index + 1}`);
    return { tom, conversation, sent: await stage.sayAll(conversation, contents) };
  }

  function at(sent: readonly Message[], index: number): { id: string; time: Date } {
    const { id, timestamp } = sent[index] as Message;
    return { id, time: timestamp };
  }

  test('[F-MSG-57] a page is twenty messages, the newest, oldest of them first', async () => {
    const { conversation, sent } = await told(23);
    const page = await conversation.queryMessages({});
    expect(page.map(({ id }) => id)).toEqual(sent.slice(3).map(({ id }) => id));
    expect(page.map(({ timestamp }) => timestamp)).toEqual(sent.slice(3).map(({ timestamp }) => timestamp));
  });

  test('[F-MSG-24] an empty history is empty', async () => {
    const { conversation } = await told(0);
    expect(await conversation.queryMessages({})).toEqual([]);
    const iterator = conversation.createMessagesIterator({ limit: 5 });
    expect(await iterator.next()).toEqual({ value: [], done: true });
  });

  test('[F-MSG-57] a limit is kept, also one of zero', async () => {
    const { conversation, sent } = await told(5);
    expect(texts(await conversation.queryMessages({ limit: 2 }))).toEqual(['4', '5']);
    expect(texts(await conversation.queryMessages({ limit: 100 }))).toHaveLength(sent.length);
    expect(await conversation.queryMessages({ limit: 0 })).toEqual([]);
  });

  test('[F-MSG-52] paging back strictly by message id and time sees every message once', async () => {
    const { conversation, sent } = await told(11);
    const iterator = conversation.createMessagesIterator({ limit: 4 });
    const pages: string[][] = [];
    for (;;) {
      const { value, done } = await iterator.next();
      pages.push(texts(value));
      if (done) break;
    }
    expect(pages).toEqual([
      ['8', '9', '10', '11'],
      ['4', '5', '6', '7'],
      ['1', '2', '3'],
    ]);
    expect(pages.flat()).toHaveLength(sent.length);
  });

  test('[F-MSG-53] from old to new, from the beginning of the conversation', async () => {
    const { conversation, sent } = await told(5);
    const { OLD_TO_NEW } = stage.sdk.im.MessageQueryDirection;
    expect(texts(await conversation.queryMessages({ direction: OLD_TO_NEW, limit: 2 }))).toEqual(['1', '2']);
    const { id, time } = at(sent, 1);
    const next = await conversation.queryMessages({
      direction: OLD_TO_NEW,
      startTime: time,
      startMessageId: id,
      limit: 2,
    });
    expect(texts(next)).toEqual(['3', '4']);
  });

  test('[F-MSG-54] before and after a message, with it and without', async () => {
    const { conversation, sent } = await told(5);
    const { OLD_TO_NEW, NEW_TO_OLD } = stage.sdk.im.MessageQueryDirection;
    const { id, time } = at(sent, 2);
    const from = { startTime: time, startMessageId: id };
    const ask = async (options: object) => texts(await conversation.queryMessages({ ...from, ...options }));
    expect(await ask({ direction: NEW_TO_OLD })).toEqual(['1', '2']);
    expect(await ask({ direction: NEW_TO_OLD, startClosed: true })).toEqual(['1', '2', '3']);
    expect(await ask({ direction: OLD_TO_NEW })).toEqual(['4', '5']);
    expect(await ask({ direction: OLD_TO_NEW, startClosed: true })).toEqual(['3', '4', '5']);
  });

  test('[F-MSG-55] the interval between two messages, open and closed, in both directions', async () => {
    const { conversation, sent } = await told(5);
    const { OLD_TO_NEW, NEW_TO_OLD } = stage.sdk.im.MessageQueryDirection;
    const [second, fourth] = [at(sent, 1), at(sent, 3)];
    const forward = {
      startTime: second.time,
      startMessageId: second.id,
      endTime: fourth.time,
      endMessageId: fourth.id,
      direction: OLD_TO_NEW,
    };
    const ask = async (options: object) => texts(await conversation.queryMessages(options));
    expect(await ask(forward)).toEqual(['3']);
    expect(await ask({ ...forward, startClosed: true })).toEqual(['2', '3']);
    expect(await ask({ ...forward, endClosed: true })).toEqual(['3', '4']);
    expect(await ask({ ...forward, startClosed: true, endClosed: true })).toEqual(['2', '3', '4']);
    const backward = {
      startTime: fourth.time,
      startMessageId: fourth.id,
      endTime: second.time,
      endMessageId: second.id,
      direction: NEW_TO_OLD,
    };
    expect(await ask(backward)).toEqual(['3']);
    expect(await ask({ ...backward, startClosed: true, endClosed: true })).toEqual(['2', '3', '4']);
    expect(await ask({ ...backward, startClosed: true, endClosed: true, limit: 2 })).toEqual(['3', '4']);
  });

  test('[F-MSG-54] bounds outside of the conversation leave everything or nothing', async () => {
    const { conversation, sent } = await told(3);
    const hour = 3_600_000;
    const first = at(sent, 0).time.getTime();
    const before = await conversation.queryMessages({ startTime: new Date(first - hour) });
    const after = await conversation.queryMessages({ startTime: new Date(first + hour) });
    expect(before).toEqual([]);
    expect(texts(after)).toEqual(['1', '2', '3']);
  });

  test('[F-MSG-54] an end without a start reaches from the newest back to it', async () => {
    const { conversation, sent } = await told(5);
    const { id, time } = at(sent, 2);
    const page = await conversation.queryMessages({ endTime: time, endMessageId: id });
    expect(texts(page)).toEqual(['4', '5']);
  });

  test('[F-MSG-24] messages of a member who left stay in the history', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry, uniqueId()], { unique: false });
    const seen = await stage.seenBy(jerry, conversation);
    await stage.say(seen, 'goodbye');
    await seen.quit();
    expect(texts(await conversation.queryMessages({}))).toEqual(['goodbye']);
  });

  test('[F-MSG-56] one type only, and a type nobody used', async () => {
    const { media } = stage.sdk;
    const device = stage.device({ plugins: [media.TypedMessagesPlugin] });
    const tom = await stage.login(uniqueId('Tom'), { on: device });
    const conversation = await stage.conversation(tom, [uniqueId('Jerry')]);
    await stage.say(conversation, 'words');
    const image = await conversation.send(new media.ImageMessage(mediaFile('cat.png', {})));
    await stage.say(conversation, 'more words');
    const ofType = async (type: number) => (await conversation.queryMessages({ type })).map(({ id }) => id);
    expect(await ofType(-2)).toEqual([image.id]);
    expect(await ofType(-1)).toHaveLength(2);
    expect(await ofType(42)).toEqual([]);
  });
});
