import { CommandType } from '@parley/protocol';
import type { BinaryMessage, IMClient, Message, TextMessage, TypedMessage } from 'leancloud-realtime';
import { expect, test } from 'vitest';
import {
  collect,
  Event,
  type FileMessage,
  geoPoint,
  type LocationMessage,
  mediaFile,
  once,
  onceAll,
  suite,
  texts,
  uniqueId,
} from './src/index.ts';

suite('messages', (stage) => {
  test('[F-GEN-05][F-MSG-16][F-MSG-17] a text arrives with its words and attributes', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const received = onceAll<TextMessage>(jerry, Event.MESSAGE);
    const message = stage.text('Hello, Jerry – 你好 🐭');
    message.setAttributes({ mood: 'friendly', level: 2 });
    const sent = await conversation.send(message);
    const [arrived, where] = await received;
    expect(arrived).toBeInstanceOf(stage.sdk.im.TextMessage);
    expect(arrived.text).toBe('Hello, Jerry – 你好 🐭');
    expect(arrived.getAttributes()).toEqual({ mood: 'friendly', level: 2 });
    expect(arrived).toMatchObject({ id: sent.id, cid: conversation.id, from: tom.id });
    expect(arrived.timestamp).toEqual(sent.timestamp);
    expect((where as { id: string }).id).toBe(conversation.id);
  });

  test('[F-MSG-11][F-MSG-18] image, audio, video, file and location arrive as what they are', async () => {
    const { media } = stage.sdk;
    const plugins = [media.TypedMessagesPlugin];
    const tom = await stage.login(uniqueId('Tom'), { on: stage.device({ plugins }) });
    const jerry = await stage.login(uniqueId('Jerry'), { on: stage.device({ plugins }) });
    const conversation = await stage.conversation(tom, [jerry]);
    for (const [Kind, name, type] of [
      [media.ImageMessage, 'cat.png', -2],
      [media.AudioMessage, 'meow.m4a', -3],
      [media.VideoMessage, 'chase.mp4', -4],
      [media.FileMessage, 'plan.pdf', -6],
    ] as const) {
      const received = once<FileMessage>(jerry, Event.MESSAGE);
      const message = new Kind(mediaFile(name, { width: 640, height: 480 }));
      message.setAttributes({ album: 'pets' });
      await conversation.send(message);
      const arrived = await received;
      expect(arrived).toBeInstanceOf(Kind);
      expect(arrived.type).toBe(type);
      expect(arrived.getFile().url()).toBe(`https://files.example.com/${name}`);
      expect(arrived.getFile().metaData()).toMatchObject({ width: 640, height: 480, name });
      expect(arrived.getAttributes()).toEqual({ album: 'pets' });
    }
    const received = once<LocationMessage>(jerry, Event.MESSAGE);
    await conversation.send(new media.LocationMessage(geoPoint(31.25, 121.5)));
    const place = await received;
    expect(place).toBeInstanceOf(media.LocationMessage);
    expect(place.getLocation()).toMatchObject({ latitude: 31.25, longitude: 121.5 });
  });

  test('[F-GEN-06][F-MSG-20] an application sends a type of its own', async () => {
    const { im } = stage.sdk;
    class Operation extends im.TypedMessage {
      op = '';
    }
    im.messageType(7)(Operation);
    im.messageField(['op'])(Operation);
    const devices = [stage.device(), stage.device()];
    for (const device of devices) device.register(Operation);
    const tom = await stage.login(uniqueId('Tom'), { on: devices[0] as never });
    const jerry = await stage.login(uniqueId('Jerry'), { on: devices[1] as never });
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once<Operation>(jerry, Event.MESSAGE);
    const message = new Operation('');
    message.op = 'undo';
    await conversation.send(message);
    const arrived = await received;
    expect(arrived).toBeInstanceOf(Operation);
    expect(arrived.op).toBe('undo');
  });

  test('[F-SDK-03] a type nobody registered arrives as a plain typed message', async () => {
    const { im } = stage.sdk;
    class Secret extends im.TypedMessage {}
    im.messageType(99)(Secret);
    const device = stage.device();
    device.register(Secret);
    const tom = await stage.login(uniqueId('Tom'), { on: device });
    const jerry = await stage.login(uniqueId('Jerry'));
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once<TypedMessage>(jerry, Event.MESSAGE);
    const message = new Secret('');
    message.setAttributes({ inner: 1 });
    await conversation.send(message);
    const arrived = await received;
    expect(arrived).not.toBeInstanceOf(Secret);
    expect((arrived as unknown as Message).from).toBe(tom.id);
  });

  test('[F-GEN-05] bytes arrive and are found in the history unchanged', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    await bytesTravel(tom, jerry);
  });

  test('[F-GEN-05] bytes and texts travel over a connection that cannot carry binary frames', async () => {
    const tom = await stage.login(uniqueId('Tom'), { on: stage.device({ noBinary: true }) });
    const jerry = await stage.login(uniqueId('Jerry'), { on: stage.device({ noBinary: true }) });
    await bytesTravel(tom, jerry);
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once<TextMessage>(jerry, Event.MESSAGE);
    await stage.say(conversation, 'as text 🐭');
    expect((await received).text).toBe('as text 🐭');
  });

  async function bytesTravel(tom: IMClient, jerry: IMClient): Promise<void> {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once<BinaryMessage>(jerry, Event.MESSAGE);
    await conversation.send(new stage.sdk.im.BinaryMessage(bytes.buffer));
    const arrived = await received;
    expect(arrived).toBeInstanceOf(stage.sdk.im.BinaryMessage);
    expect(new Uint8Array(arrived.buffer)).toEqual(bytes);
    const [kept] = (await conversation.queryMessages({})) as BinaryMessage[];
    expect(new Uint8Array(kept?.buffer as ArrayBuffer)).toEqual(bytes);
  }

  test('[F-MSG-05][F-MSG-68] a transient message is acknowledged, delivered and kept nowhere', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const kept = await stage.say(conversation, 'kept');
    const received = once<TextMessage>(jerry, Event.MESSAGE, ({ text }) => text === 'typing…');
    const sent = await conversation.send(stage.text('typing…'), { transient: true });
    expect(sent.status).toBe(stage.sdk.im.MessageStatus.SENT);
    await received;
    expect(texts(await conversation.queryMessages({}))).toEqual(['kept']);
    const tablet = await stage.login(tom.id);
    const [found] = await tablet
      .getQuery()
      .equalTo('objectId', conversation.id)
      .withLastMessagesRefreshed()
      .find();
    expect(found?.lastMessage?.id).toBe(kept.id);
    expect(found?.lastMessageAt).toEqual(kept.timestamp);
  });

  test('[F-MSG-21][F-MSG-31] the mentioned know it, the others do not', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry, spike]);
    const atJerry = once<Message>(jerry, Event.MESSAGE);
    const atSpike = once<Message>(spike, Event.MESSAGE);
    await conversation.send(stage.text('@Jerry').setMentionList([jerry.id]));
    expect(await atJerry).toMatchObject({ mentioned: true, mentionList: [jerry.id] });
    expect(await atSpike).toMatchObject({ mentioned: false, mentionList: [jerry.id] });
  });

  test('[F-MSG-31] everyone is mentioned by mentionAll', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry, spike]);
    const atJerry = once<Message>(jerry, Event.MESSAGE);
    const atSpike = once<Message>(spike, Event.MESSAGE);
    await conversation.send(stage.text('all of you').mentionAll());
    expect(await atJerry).toMatchObject({ mentioned: true, mentionedAll: true });
    expect(await atSpike).toMatchObject({ mentioned: true, mentionedAll: true });
    const [kept] = await conversation.queryMessages({});
    expect(kept?.mentionedAll).toBe(true);
  });

  test('[F-MSG-30] many messages sent at once arrive in the order of the history', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry, spike]);
    const seen = await stage.seenBy(jerry, conversation);
    // An SDK that does not know the conversation yet asks for it, and hands on what came meanwhile late.
    await stage.seenBy(spike, conversation);
    const belowTheSdk = await stage.raw(spike.id);
    const atSpike = collect<TextMessage>(spike, Event.MESSAGE);
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    const last = Promise.all([
      ...numbers.map((n) => once<TextMessage>(spike, Event.MESSAGE, ({ text }) => text === `tom ${n}`)),
      ...numbers.map((n) => once<TextMessage>(spike, Event.MESSAGE, ({ text }) => text === `jerry ${n}`)),
    ]);
    await Promise.all(
      numbers.flatMap((n) => [stage.say(conversation, `tom ${n}`), stage.say(seen, `jerry ${n}`)]),
    );
    await last;
    const history = await conversation.queryMessages({ limit: 100 });
    expect(texts(atSpike)).toEqual(texts(history));
    const pushed: unknown[] = [];
    while (pushed.length < history.length) {
      pushed.push((await belowTheSdk.push(CommandType.direct)).directMessage?.id);
    }
    expect(pushed).toEqual(history.map(({ id }) => id));
    expect(texts(atSpike).filter((text) => text.startsWith('tom'))).toEqual(numbers.map((n) => `tom ${n}`));
    const times = history.map(({ timestamp }) => timestamp.getTime());
    expect(new Set(times).size).toBe(times.length);
  });

  test('[F-MSG-67][F-MSG-08] a message sent again after its acknowledgement was lost is one message', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    // An SDK that does not know the conversation yet asks for it, and hands on what came meanwhile late.
    await stage.seenBy(jerry, conversation);
    const heard = collect<TextMessage>(jerry, Event.MESSAGE);
    const phone = await stage.raw(tom.id);
    const directMessage = {
      cid: conversation.id,
      msg: JSON.stringify({ _lctype: -1, _lctext: 'once' }),
      dt: uniqueId('token'),
    };
    const first = await phone.request({ cmd: CommandType.direct, directMessage });
    const again = await phone.request({ cmd: CommandType.direct, directMessage });
    expect(again.ackMessage?.uid).toBe(first.ackMessage?.uid);
    expect(String(again.ackMessage?.t)).toBe(String(first.ackMessage?.t));
    const after = once<TextMessage>(jerry, Event.MESSAGE, ({ text }) => text === 'after');
    await stage.say(conversation, 'after');
    await after;
    expect(texts(heard)).toEqual(['once', 'after']);
    expect(texts(await conversation.queryMessages({}))).toEqual(['once', 'after']);
  });

  test('[F-MSG-67] a message whose connection broke is sent again by the SDK and kept once', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const message = stage.text('stubborn');
    await stage.disconnect(tom);
    await expect(conversation.send(message)).rejects.toThrow();
    expect(message.status).toBe(stage.sdk.im.MessageStatus.FAILED);
    await stage.reconnect(tom);
    const received = once<TextMessage>(jerry, Event.MESSAGE);
    await conversation.send(message);
    expect((await received).text).toBe('stubborn');
    expect(texts(await conversation.queryMessages({}))).toEqual(['stubborn']);
  });

  test('[F-SESS-11][F-SESS-24] all devices of the receiver and the other devices of the sender get it', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const [tomsTablet, jerrysTablet] = [await stage.login(tom.id), await stage.login(jerry.id)];
    const conversation = await stage.conversation(tom, [jerry]);
    const echoed = collect(tom, Event.MESSAGE);
    const arrivals = [jerry, jerrysTablet, tomsTablet].map((who) => once<Message>(who, Event.MESSAGE));
    const sent = await stage.say(conversation, 'everywhere');
    expect((await Promise.all(arrivals)).map(({ id }) => id)).toEqual([sent.id, sent.id, sent.id]);
    await stage.settled(tom);
    expect(echoed).toEqual([]);
    const onTablet = await stage.seenBy(tomsTablet, conversation);
    expect(onTablet.unreadMessagesCount).toBe(0);
  });

  test('[F-MSG-02] a message over 5 KB is refused with 4109', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    await expect(stage.say(conversation, 'x'.repeat(6000))).rejects.toMatchObject({ code: 4109 });
    await expect(stage.say(conversation, 'x'.repeat(4000))).resolves.toBeDefined();
  });

  test('[F-MSG-35][F-MSG-38] an edited message changes for the others and in the history', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once(jerry, Event.MESSAGE);
    const original = await stage.say(conversation, 'teh cat');
    await received;
    const updated = onceAll<TextMessage>(jerry, Event.MESSAGE_UPDATE);
    await conversation.update(original, stage.text('the cat'));
    const [seen, where] = await updated;
    expect(seen).toMatchObject({ id: original.id, from: tom.id, text: 'the cat' });
    expect(seen.timestamp).toEqual(original.timestamp);
    expect(seen.updatedAt.getTime()).toBeGreaterThan(original.timestamp.getTime());
    expect((where as { id: string }).id).toBe(conversation.id);
    const [kept] = (await (await stage.seenBy(jerry, conversation)).queryMessages({})) as TextMessage[];
    expect(kept).toMatchObject({ id: original.id, text: 'the cat' });
    expect(kept?.timestamp).toEqual(original.timestamp);
    expect(kept?.updatedAt.getTime()).toBe(seen.updatedAt.getTime());
  });

  test('[F-MSG-36][F-MSG-37] a recalled message is gone for the others and in the history', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once(jerry, Event.MESSAGE);
    const original = await stage.say(conversation, 'never mind');
    await received;
    const recalled = once<Message>(jerry, Event.MESSAGE_RECALL);
    await conversation.recall(original);
    const seen = await recalled;
    expect(seen).toBeInstanceOf(stage.sdk.im.RecalledMessage);
    expect(seen.id).toBe(original.id);
    const [kept] = await conversation.queryMessages({});
    expect(kept).toBeInstanceOf(stage.sdk.im.RecalledMessage);
    expect(kept?.id).toBe(original.id);
  });

  test('[F-MSG-32] only the sender edits or recalls: others get 4403', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const { id, timestamp } = await stage.say(conversation, 'mine');
    const seen = await stage.seenBy(jerry, conversation);
    // The SDK refuses a message object of somebody else itself, but lets a pointer through.
    await expect(seen.recall({ id, timestamp })).rejects.toMatchObject({ code: 4403 });
    await expect(seen.update({ id, timestamp }, stage.text('yours'))).rejects.toMatchObject({ code: 4403 });
    expect(texts(await conversation.queryMessages({}))).toEqual(['mine']);
  });

  test('[F-SESS-35] edits and recalls made while a client was away reach it when it is back', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once(jerry, Event.MESSAGE, ({ text }: TextMessage) => text === 'second');
    const [first, second] = await stage.sayAll(conversation, ['first', 'second']);
    await received;
    await stage.disconnect(jerry);
    await stage.gone(tom, jerry.id);
    await conversation.update(first as TextMessage, stage.text('changed'));
    await conversation.recall(second as TextMessage);
    const updated = once<TextMessage>(jerry, Event.MESSAGE_UPDATE);
    const recalled = once<Message>(jerry, Event.MESSAGE_RECALL);
    await stage.reconnect(jerry);
    expect(await updated).toMatchObject({ id: first?.id, text: 'changed' });
    expect((await recalled).id).toBe(second?.id);
  });

  test('[F-MSG-49] a will message is delivered when its author is lost', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const kept = await stage.say(conversation, 'kept');
    await conversation.send(stage.text('Tom is gone'), { will: true });
    const will = once<TextMessage>(jerry, Event.MESSAGE, ({ text }) => text !== 'kept');
    await stage.disconnect(tom);
    expect(await will).toMatchObject({ text: 'Tom is gone', from: tom.id });
    // [F-MSG-51] It enters no history.
    const seen = await stage.seenBy(jerry, conversation);
    expect((await seen.queryMessages({})).map(({ id }) => id)).toEqual([kept.id]);
  });

  test('[F-MSG-50] only the last will counts', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const heard = collect<TextMessage>(jerry, Event.MESSAGE);
    await conversation.send(stage.text('first will'), { will: true });
    await conversation.send(stage.text('last will'), { will: true });
    const will = once<TextMessage>(jerry, Event.MESSAGE);
    await stage.disconnect(tom);
    await will;
    await stage.settled(jerry);
    expect(texts(heard)).toEqual(['last will']);
  });

  test('[F-MSG-49] a will message is dropped by a logout', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const seen = await stage.seenBy(jerry, conversation);
    const heard = collect<TextMessage>(jerry, Event.MESSAGE);
    await conversation.send(stage.text('Tom is gone'), { will: true });
    await tom.close();
    await stage.gone(jerry, tom.id);
    await stage.say(seen, 'quiet here');
    await stage.settled(jerry);
    expect(heard).toEqual([]);
  });
});
