import type {
  ConversationBase,
  IMClient,
  Message,
  ServiceConversation,
  TextMessage,
} from 'leancloud-realtime';
import { afterEach, expect, test } from 'vitest';
import {
  asMaster,
  collect,
  Event,
  eventually,
  once,
  suite,
  texts,
  uniqueId,
  withMasterKey,
} from './src/index.ts';

const SERVICES = '/1.2/rtm/service-conversations';
const BOT = 'weather-bot';
const asText = (text: string) => JSON.stringify({ _lctype: -1, _lctext: text });

interface Sent {
  readonly 'msg-id': string;
  readonly timestamp: number;
}

// The app's own server makes services and speaks for them, so everything here needs the master key.
const scenario = test.skipIf(!withMasterKey);

suite('services', (stage) => {
  const made: string[] = [];
  // An app may have a hundred services, and scenarios run again and again.
  afterEach(async () => {
    for (const id of made.splice(0)) await asMaster(stage.target, 'DELETE', `${SERVICES}/${id}`);
  });
  async function serve(name = 'Weather desk'): Promise<string> {
    const { objectId } = await asMaster<{ objectId: string }>(stage.target, 'POST', SERVICES, { name });
    made.push(objectId);
    return objectId;
  }
  const speak = (path: string, text: string, fields: object = {}) =>
    asMaster<Sent>(stage.target, 'POST', path, { from_client: BOT, message: asText(text), ...fields });
  const toSubscribers = (service: string, text: string) => speak(`${SERVICES}/${service}/broadcasts`, text);
  const toClients = (service: string, clients: readonly IMClient[], text: string) =>
    speak(`${SERVICES}/${service}/messages`, text, { to_clients: clients.map(({ id }) => id) });
  const subscribers = async (service: string) => {
    const rows = await asMaster<{ subscriber: string }[]>(
      stage.target,
      'GET',
      `${SERVICES}/${service}/subscribers`,
    );
    return rows.map(({ subscriber }) => subscriber).toSorted();
  };

  async function seen(client: IMClient, service: string): Promise<ServiceConversation> {
    return (await client.getConversation(service)) as ServiceConversation;
  }

  async function subscribed(client: IMClient, service: string): Promise<ServiceConversation> {
    return (await seen(client, service)).subscribe();
  }

  const heardText = (client: IMClient, text: string) =>
    once<TextMessage>(client, Event.MESSAGE, (message) => message.text === text);

  scenario(
    '[F-SYS-04][F-SYS-03][F-SYS-05] are made by the app’s server, found, subscribed to and left by anybody',
    async () => {
      const [tom, jerry] = await stage.logins('Tom', 'Jerry');
      const id = await serve('Tides');
      const [found] = await tom.getServiceConversationQuery().equalTo('objectId', id).find();
      expect(found).toBeInstanceOf(stage.sdk.im.ServiceConversation);
      expect(found).toMatchObject({ id, name: 'Tides', system: true });
      const desk = await subscribed(tom, id);
      await subscribed(jerry, id);
      expect(await subscribers(id)).toEqual([tom.id, jerry.id].toSorted());
      await desk.unsubscribe();
      expect(await subscribers(id)).toEqual([jerry.id]);
    },
  );

  scenario(
    '[F-SYS-01][F-SYS-03] are heard by who is subscribed, until it leaves, and by nobody else',
    async () => {
      const [tom, passerBy] = await stage.logins('Tom', 'passer-by');
      const id = await serve();
      const desk = await subscribed(tom, id);
      const [atTom, atPasserBy] = [
        collect<TextMessage>(tom, Event.MESSAGE),
        collect<TextMessage>(passerBy, Event.MESSAGE),
      ];
      const heard = heardText(tom, 'storm at six');
      const sent = await toSubscribers(id, 'storm at six');
      expect(await heard).toMatchObject({ id: sent['msg-id'], cid: id, from: BOT });
      expect((await heard).timestamp.getTime()).toBe(sent.timestamp);
      await desk.unsubscribe();
      await toSubscribers(id, 'storm at eight');
      const both = [heardText(tom, 'to you two'), heardText(passerBy, 'to you two')];
      await toClients(id, [tom, passerBy], 'to you two');
      await Promise.all(both);
      expect(texts(atTom)).toEqual(['storm at six', 'to you two']);
      expect(texts(atPasserBy)).toEqual(['to you two']);
    },
  );

  scenario('[F-SYS-01][F-MSG-43][F-MSG-45] count as unread for who was away, until it has read', async () => {
    const [tom, witness] = await stage.logins('Tom', 'witness');
    const id = await serve();
    await subscribed(tom, id);
    await stage.disconnect(tom);
    await stage.gone(witness, tom.id);
    const sent = [await toSubscribers(id, 'storm at six'), await toSubscribers(id, 'storm at eight')];
    const unreadAt = async (client: IMClient) => {
      const changed = await once<ConversationBase[]>(
        client,
        Event.UNREAD_MESSAGES_COUNT_UPDATE,
        (conversations) => conversations.some((conversation) => conversation.id === id),
      );
      return changed.find((conversation) => conversation.id === id);
    };
    const onPhone = unreadAt(tom);
    await stage.reconnect(tom);
    const desk = await onPhone;
    expect(desk?.unreadMessagesCount).toBe(2);
    expect(desk?.lastMessage).toMatchObject({ id: sent[1]?.['msg-id'], from: BOT, text: 'storm at eight' });
    const tablet = await stage.login(tom.id);
    expect((await unreadAt(tablet))?.unreadMessagesCount).toBe(2);
    const cleared = unreadAt(tablet);
    await desk?.read();
    expect((await cleared)?.unreadMessagesCount).toBe(0);
  });

  scenario(
    '[F-SYS-10][F-SYS-16][F-SYS-17] tell chosen clients what others neither hear nor find',
    async () => {
      const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
      const id = await serve();
      for (const client of [tom, jerry, spike]) await subscribed(client, id);
      const atSpike = collect<TextMessage>(spike, Event.MESSAGE);
      const chosen = [heardText(tom, 'just you two'), heardText(jerry, 'just you two')];
      const sent = await toClients(id, [tom, jerry], 'just you two');
      for (const message of await Promise.all(chosen)) {
        expect(message).toMatchObject({ id: sent['msg-id'], cid: id, from: BOT });
      }
      const everybody = heardText(spike, 'all of you');
      await toSubscribers(id, 'all of you');
      await everybody;
      expect(texts(atSpike)).toEqual(['all of you']);
      const history = async (client: IMClient) => texts(await (await seen(client, id)).queryMessages({}));
      expect(await history(tom)).toEqual(['just you two', 'all of you']);
      expect(await history(spike)).toEqual(['all of you']);
    },
  );

  scenario('[F-SYS-02][F-SYS-06][F-SYS-07] hear a user alone, whom a bot answers', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const id = await serve();
    const desk = await subscribed(tom, id);
    await subscribed(jerry, id);
    const atJerry = collect<TextMessage>(jerry, Event.MESSAGE);
    const question = await stage.say(desk, 'will it rain?');
    const received = await asMaster<{ 'msg-id': string; from: string; data: string }[]>(
      stage.target,
      'GET',
      `${SERVICES}/${id}/subscribers/${tom.id}/messages`,
    );
    expect(received).toMatchObject([{ 'msg-id': question.id, from: tom.id }]);
    expect(JSON.parse(received[0]?.data ?? '')).toMatchObject({ _lctext: 'will it rain?' });
    const answer = heardText(tom, 'at six');
    await toClients(id, [tom], 'at six');
    await answer;
    const marker = heardText(jerry, 'news');
    await toSubscribers(id, 'news');
    await marker;
    expect(texts(atJerry)).toEqual(['news']);
    expect(texts(await desk.queryMessages({}))).toEqual(['will it rain?', 'at six', 'news']);
    expect(texts(await (await seen(jerry, id)).queryMessages({}))).toEqual(['news']);
  });

  scenario(
    '[F-SYS-11][F-MSG-35][F-MSG-36] correct and take back what they said, for all of them',
    async () => {
      const [tom, jerry] = await stage.logins('Tom', 'Jerry');
      const id = await serve();
      const desks = [await subscribed(tom, id), await subscribed(jerry, id)];
      const heard = [tom, jerry].map((client) => heardText(client, 'storm at six'));
      const { 'msg-id': mid, timestamp } = await toSubscribers(id, 'storm at six');
      await Promise.all(heard);
      const path = `${SERVICES}/${id}/messages/${mid}`;
      const edits = [tom, jerry].map((client) => once<TextMessage>(client, Event.MESSAGE_UPDATE));
      const edit = { from_client: BOT, message: asText('storm at eight'), timestamp };
      await asMaster(stage.target, 'PUT', path, edit);
      for (const edited of await Promise.all(edits))
        expect(edited).toMatchObject({ id: mid, text: 'storm at eight' });
      const recalls = [tom, jerry].map((client) => once<Message>(client, Event.MESSAGE_RECALL));
      await asMaster(stage.target, 'PUT', `${path}/recall`, { from_client: BOT, timestamp });
      for (const recalled of await Promise.all(recalls)) expect(recalled.id).toBe(mid);
      for (const desk of desks) {
        const [kept] = await desk.queryMessages({});
        expect(kept).toBeInstanceOf(stage.sdk.im.RecalledMessage);
      }
    },
  );

  scenario(
    '[F-SYS-12][F-SYS-13][F-SYS-14] reach everybody with a broadcast, who comes later as well, until it is withdrawn',
    async () => {
      const [tom, away, witness] = await stage.logins('Tom', 'away', 'witness');
      const id = await serve();
      await stage.disconnect(away);
      await stage.gone(witness, away.id);
      const heard = heardText(tom, 'maintenance tonight');
      const sent = await speak('/1.2/rtm/broadcasts', 'maintenance tonight', { conv_id: id });
      const isTold = (client: IMClient) =>
        once<ConversationBase[]>(client, Event.UNREAD_MESSAGES_COUNT_UPDATE, (changed) =>
          changed.some((conversation) => conversation.id === id && conversation.unreadMessagesCount === 1),
        );
      try {
        expect(await heard).toMatchObject({ id: sent['msg-id'], cid: id, from: BOT });
        const toldLater = isTold(away);
        await stage.reconnect(away);
        await toldLater;
        const newcomer = await stage.login(uniqueId('newcomer'));
        await isTold(newcomer);
        expect(texts(await (await seen(newcomer, id)).queryMessages({}))).toEqual(['maintenance tonight']);
      } finally {
        // Whoever logs in would be told for a month, the clients of other scenarios too.
        await asMaster(stage.target, 'DELETE', `/1.2/rtm/broadcasts/${sent['msg-id']}`);
      }
      const late = await stage.login(uniqueId('late'));
      // What is said live waits for the summary of a login, so the count is all there is.
      const upToDate = heardText(late, 'up to date');
      await toClients(id, [late], 'up to date');
      await upToDate;
      expect((await seen(late, id)).unreadMessagesCount).toBe(1);
      expect(texts(await (await seen(late, id)).queryMessages({}))).toEqual(['up to date']);
    },
  );

  scenario('[F-SYS-16][F-MSG-52] keep a history that is read page by page', async () => {
    const [tom] = await stage.logins('Tom');
    const id = await serve();
    const desk = await subscribed(tom, id);
    for (const text of ['one', 'two', 'three']) await toSubscribers(id, text);
    const pages: string[][] = [];
    const iterator = desk.createMessagesIterator({ limit: 2 });
    for (let page = await iterator.next(); ; page = await iterator.next()) {
      pages.push(texts(page.value ?? []));
      if (page.done) break;
    }
    expect(pages.filter((page) => page.length > 0)).toEqual([['two', 'three'], ['one']]);
  });

  scenario('[F-GRP-06] are muted by who has enough of them', async () => {
    const [tom] = await stage.logins('Tom');
    const id = await serve();
    const desk = await subscribed(tom, id);
    const muted = async () => (await tom.getConversation(id, true)).muted;
    await desk.mute();
    await eventually(async () => expect(await muted()).toBe(true));
    await desk.unmute();
    await eventually(async () => expect(await muted()).toBe(false));
  });
});
