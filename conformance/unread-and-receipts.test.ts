import { CommandType, type DirectCommand } from '@parley/protocol';
import type { ConversationBase, IMClient, TextMessage } from 'leancloud-realtime';
import { expect, test } from 'vitest';
import { collect, Event, eventually, internals, once, suite, uniqueId } from './src/index.ts';

suite('unread counts and receipts', (stage) => {
  /** Logs in and waits for the summary of what is unread in one conversation. */
  async function loginAndCatchUp(id: string, conversationId: string): Promise<[IMClient, ConversationBase]> {
    const client = await stage.login(id);
    const found = await unreadIn(client, conversationId);
    return [client, found];
  }

  async function unreadIn(client: IMClient, conversationId: string): Promise<ConversationBase> {
    const summary = await once<ConversationBase[]>(client, Event.UNREAD_MESSAGES_COUNT_UPDATE, (changed) =>
      changed.some(({ id }) => id === conversationId),
    );
    return summary.find(({ id }) => id === conversationId) as ConversationBase;
  }

  /**
   * Messages of a login's first moments may be in its summary, and the SDK, which queries conversations it does not know,
   * may take in such a summary after a later message. What is said elsewhere arrives when that is over.
   */
  async function hasHeardSummary(client: IMClient): Promise<void> {
    const speaker = await stage.login(uniqueId('Speaker'));
    const heard = once(client, Event.MESSAGE);
    await stage.say(await stage.conversation(speaker, [client]), 'elsewhere');
    await heard;
  }

  test('[F-MSG-43][F-MSG-46] a login tells count, mention and last message of what was missed', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const jerry = uniqueId('Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    await stage.say(conversation, 'one');
    await conversation.send(stage.text('two').setMentionList([jerry]));
    const last = await stage.say(conversation, 'three');
    const [, found] = await loginAndCatchUp(jerry, conversation.id);
    expect(found.unreadMessagesCount).toBe(3);
    expect(found.unreadMessagesMentioned).toBe(true);
    expect(found.lastMessage).toMatchObject({ id: last.id, from: tom.id, text: 'three' });
    expect(found.lastMessageAt).toEqual(last.timestamp);
  });

  test('[F-MSG-46] nobody is mentioned unless somebody was', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const [jerry, spike] = [uniqueId('Jerry'), uniqueId('Spike')];
    const conversation = await stage.conversation(tom, [jerry, spike]);
    await conversation.send(stage.text('@Spike').setMentionList([spike]));
    const [, found] = await loginAndCatchUp(jerry, conversation.id);
    expect(found.unreadMessagesCount).toBe(1);
    expect(found.unreadMessagesMentioned).toBe(false);
  });

  test('[F-SESS-25][F-MSG-45] reading on one device clears the count on the other', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const jerry = uniqueId('Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    await stage.sayAll(conversation, ['one', 'two', 'three']);
    const [phone, onPhone] = await loginAndCatchUp(jerry, conversation.id);
    const [, onTablet] = await loginAndCatchUp(jerry, conversation.id);
    expect([onPhone.unreadMessagesCount, onTablet.unreadMessagesCount]).toEqual([3, 3]);
    const cleared = unreadIn(phone, conversation.id);
    await onTablet.read();
    expect((await cleared).unreadMessagesCount).toBe(0);
  });

  test('[F-MSG-45] what was read is not unread at the next login', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const jerry = uniqueId('Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const other = await stage.conversation(tom, [jerry], { unique: false });
    await stage.say(conversation, 'read this');
    const [phone, found] = await loginAndCatchUp(jerry, conversation.id);
    const [tablet] = await loginAndCatchUp(jerry, conversation.id);
    const cleared = unreadIn(tablet, conversation.id);
    await found.read();
    await cleared;
    await phone.close();
    await stage.say(other, 'and not this');
    const desktop = await stage.login(jerry);
    const changes = collect<ConversationBase[]>(desktop, Event.UNREAD_MESSAGES_COUNT_UPDATE);
    await unreadIn(desktop, other.id);
    expect(changes.flat().map(({ id }) => id)).toEqual([other.id]);
  });

  test('[F-MSG-44] messages received online count too and stay unread over a new login', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    await hasHeardSummary(jerry);
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once(jerry, Event.MESSAGE, ({ text }: TextMessage) => text === 'two');
    await stage.sayAll(conversation, ['one', 'two']);
    await received;
    const seen = await stage.seenBy(jerry, conversation);
    // SDKs count each message once they know its conversation, which for the first takes a query.
    await expect.poll(() => seen.unreadMessagesCount).toBe(2);
    await jerry.close();
    const [, found] = await loginAndCatchUp(jerry.id, conversation.id);
    expect(found.unreadMessagesCount).toBe(2);
  });

  test('[F-MSG-41] a delivery receipt tells the sender that the message arrived', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const delivered = once(conversation, Event.LAST_DELIVERED_AT_UPDATE);
    const message = await conversation.send(stage.text('arrived?'), { receipt: true });
    await delivered;
    expect(message.status).toBe(stage.sdk.im.MessageStatus.DELIVERED);
    expect(message.deliveredAt).toBeInstanceOf(Date);
    expect(conversation.lastDeliveredAt?.getTime()).toBeGreaterThanOrEqual(message.timestamp.getTime());
    const [kept] = await conversation.queryMessages({});
    expect(kept?.deliveredAt?.getTime()).toBeGreaterThanOrEqual(message.timestamp.getTime());
    expect(jerry.id).not.toBe(tom.id);
  });

  test('[F-MSG-41] a receipt comes when the receiver was offline at first', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const jerry = uniqueId('Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const message = await conversation.send(stage.text('later'), { receipt: true });
    expect(message.status).toBe(stage.sdk.im.MessageStatus.SENT);
    const read = once(conversation, Event.LAST_READ_AT_UPDATE);
    const [, found] = await loginAndCatchUp(jerry, conversation.id);
    await found.read();
    await read;
    expect(conversation.lastReadAt?.getTime()).toBeGreaterThanOrEqual(message.timestamp.getTime());
  });

  test('[F-MSG-42] reading tells the sender', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once(jerry, Event.MESSAGE);
    const message = await conversation.send(stage.text('read?'), { receipt: true });
    await received;
    const read = once(conversation, Event.LAST_READ_AT_UPDATE);
    await (await stage.seenBy(jerry, conversation)).read();
    await read;
    expect(conversation.lastReadAt?.getTime()).toBeGreaterThanOrEqual(message.timestamp.getTime());
  });

  test('[F-MSG-40] nobody confirms what was sent without asking for a receipt', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const receipts = collect(conversation, Event.LAST_DELIVERED_AT_UPDATE);
    const quiet = await stage.say(conversation, 'no receipt, please');
    const delivered = once(conversation, Event.LAST_DELIVERED_AT_UPDATE);
    const asking = await conversation.send(stage.text('receipt, please'), { receipt: true });
    await delivered;
    expect(asking.status).toBe(stage.sdk.im.MessageStatus.DELIVERED);
    expect(quiet.status).toBe(stage.sdk.im.MessageStatus.SENT);
    expect(receipts.length).toBe(1);
    expect(jerry.id).not.toBe(tom.id);
  });

  test('[F-MSG-40] in a group nobody confirms, even when asked', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const jerryId = uniqueId('Jerry');
    const jerry = await stage.raw(jerryId);
    const members = [jerryId, uniqueId('Spike')];
    const conversation = await stage.conversation(tom, members, { unique: false });
    const receipts = collect(conversation, Event.LAST_DELIVERED_AT_UPDATE);
    await conversation.send(stage.text('anybody?'), { receipt: true });
    const { directMessage } = await jerry.push(CommandType.direct);
    const { cid, timestamp } = directMessage as DirectCommand;
    jerry.send({
      cmd: CommandType.ack,
      ackMessage: { cid: String(cid), fromts: Number(timestamp), tots: Number(timestamp) },
    });
    await jerry.settled();
    await stage.settled(tom);
    expect(receipts).toEqual([]);
  });

  test('[F-MSG-42] the positions of the other member can be fetched', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const received = once(jerry, Event.MESSAGE);
    const message = await conversation.send(stage.text('where are you?'), { receipt: true });
    await received;
    const read = once(conversation, Event.LAST_READ_AT_UPDATE);
    await (await stage.seenBy(jerry, conversation)).read();
    await read;
    const tablet = await stage.login(tom.id);
    const onTablet = await stage.seenBy(tablet, conversation);
    await onTablet.fetchReceiptTimestamps();
    expect(onTablet.lastReadAt?.getTime()).toBeGreaterThanOrEqual(message.timestamp.getTime());
    expect(onTablet.lastDeliveredAt?.getTime()).toBeGreaterThanOrEqual(message.timestamp.getTime());
  });

  test('[F-MSG-42] the positions of all members can be fetched', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry, spike]);
    const received = Promise.all([once(jerry, Event.MESSAGE), once(spike, Event.MESSAGE)]);
    const message = await stage.say(conversation, 'everybody?');
    await received;
    for (const reader of [jerry, spike]) await (await stage.seenBy(reader, conversation)).read();
    // Both SDKs keep this call for a plug-in.
    await eventually(async () => {
      const positions = await internals(conversation)._fetchAllReceiptTimestamps();
      const read = new Map(positions.map(({ pid, lastReadAt }) => [pid, lastReadAt?.getTime() ?? 0]));
      for (const { id } of [jerry, spike]) {
        expect(read.get(id)).toBeGreaterThanOrEqual(message.timestamp.getTime());
      }
    });
  });
});
