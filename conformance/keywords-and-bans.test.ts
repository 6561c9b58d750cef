import type { Conversation, TextMessage } from 'leancloud-realtime';
import { afterEach, describe, expect, test } from 'vitest';
import { collect, Event, onceAll, suite, texts, uniqueId } from './src/index.ts';
import { asMaster, withMasterKey } from './src/master.ts';

/** What the SDKs hand over with a message that was changed. */
interface Reason {
  readonly code: number;
  readonly detail: string;
}
const CENSORED = { code: -4408, detail: 'MESSAGE_MODIFIED_BY_CENSORSHIP' };

describe.skipIf(!withMasterKey)('moderation', () => {
  suite('keywords', (stage) => {
    /** No other suite says it, so a server of several suites may have it. */
    const keyword = uniqueId('keyword');

    const filter = async (file: string) => {
      const { url, appId, masterKey } = stage.target;
      const response = await fetch(`${url}/1.2/rtm/keywords`, {
        method: 'PUT',
        headers: { 'X-LC-Id': appId, 'X-LC-Key': `${masterKey},master`, 'Content-Type': 'text/plain' },
        body: file,
      });
      expect(await response.json()).toMatchObject({ count: file.split('\n').length });
    };
    afterEach(() => asMaster(stage.target, 'DELETE', '/1.2/rtm/keywords'));

    test('[F-MOD-03][F-MSG-39] others receive three stars, and the sender a message update that says why', async () => {
      await filter(`${keyword}\nanother one`);
      const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
      const conversation = await stage.conversation(tom, [jerry, spike]);
      const heard = onceAll<TextMessage>(jerry, Event.MESSAGE);
      const atJerry = collect(jerry, Event.MESSAGE_UPDATE);
      const updated = onceAll<TextMessage>(conversation, Event.MESSAGE_UPDATE);
      const sent = await stage.say(conversation, `so ${keyword.toUpperCase()} it is, ANOTHER ONE`);
      expect((await heard)[0].text).toBe('so *** it is, ***');
      const [message, reason] = (await updated) as [TextMessage, Reason];
      expect(message).toBeInstanceOf(stage.sdk.im.TextMessage);
      expect(message).toMatchObject({ id: sent.id, from: tom.id, text: 'so *** it is, ***' });
      expect(reason).toMatchObject(CENSORED);
      const seen = await stage.seenBy(jerry, conversation);
      expect(texts(await seen.queryMessages({ limit: 5 }))).toEqual(['so *** it is, ***']);
      await stage.settled(jerry);
      expect(atJerry).toEqual([]);
    });

    test('[F-MOD-03] an edit is filtered, too', async () => {
      await filter(keyword);
      const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
      const conversation = await stage.conversation(tom, [jerry, spike]);
      const sent = await stage.say(conversation, 'good');
      const atJerry = onceAll<TextMessage>(jerry, Event.MESSAGE_UPDATE);
      const atTom = onceAll<TextMessage>(conversation, Event.MESSAGE_UPDATE);
      await conversation.update(sent, stage.text(`not ${keyword}`));
      expect((await atJerry)[0].text).toBe('not ***');
      const [message, reason] = (await atTom) as [TextMessage, Reason];
      expect(message.text).toBe('not ***');
      expect(reason).toMatchObject(CENSORED);
    });

    test('[F-MOD-05] a chat room is filtered, two people are not', async () => {
      await filter(keyword);
      const [tom, jerry] = await stage.logins('Tom', 'Jerry');
      const room = (await tom.createChatRoom({ name: 'room' })) as unknown as Conversation;
      const there = await stage.seenBy(jerry, room);
      await there.join();
      const pair = await stage.conversation(tom, [jerry]);
      const heard = collect<TextMessage>(jerry, Event.MESSAGE);
      await stage.say(room, keyword);
      await stage.say(pair, keyword);
      await expect.poll(() => texts(heard)).toEqual(['***', keyword]);
    });
  });

  suite('bans', (stage) => {
    test('[F-SESS-42] a banned client is closed with 4106, and does not get in again until the ban is lifted', async () => {
      const tom = await stage.login();
      const path = `/1.2/rtm/clients/${tom.id}/ban`;
      const closed = onceAll<{ readonly code: number }>(tom, Event.CLOSE);
      await asMaster(stage.target, 'POST', path, { reason: 'spam' });
      expect((await closed)[0]).toMatchObject({ code: 4106 });
      await expect(stage.login(tom.id)).rejects.toMatchObject({ code: 4106 });
      await asMaster(stage.target, 'DELETE', path);
      expect((await stage.login(tom.id)).id).toBe(tom.id);
    });
  });
});
