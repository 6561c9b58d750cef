import 'fake-indexeddb/auto';
import { type Parley, startParley } from '@parley/testkit';
import { deleteDB } from 'idb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cache, indexedDbCache, type OpenCache } from '../src/cache/index.ts';
import {
  type BasicConversation,
  type Client,
  Connection,
  createClient,
  defineMessageType,
} from '../src/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { testPlatform } from './support/test-platform.ts';
import { PATIENCE, until } from './support/until.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

const PollMessage = defineMessageType({ type: 9, parse: ({ question }) => ({ question: String(question) }) });
const cache = indexedDbCache();

let group = 0;
/** Tom with a cache on his device, and Jerry. */
async function two(onDevice: OpenCache = cache) {
  group++;
  const tom = await person(parley, `Tom${group}`, { cache: onDevice, messageTypes: [PollMessage] });
  const jerry = await person(parley, `Jerry${group}`);
  const there = await jerry.client.conversations.create({ members: [tom.client.id], name: 'Cheese' });
  const chat = (await tom.client.conversations.get(there.id)) as BasicConversation;
  return { tom, jerry, chat, there };
}

/** Another conversation of both. */
async function another({ tom, jerry }: Awaited<ReturnType<typeof two>>) {
  const members = [tom.client.id, 'Spike'];
  const otherThere = await jerry.client.conversations.create({ members, name: 'Milk' });
  return { otherThere, other: await tom.client.conversations.get(otherThere.id) };
}

/** The same client after a restart of the app; its device has no network until somebody says so. */
function restart(client: Client, onDevice: OpenCache = cache) {
  const platform = testPlatform();
  platform.goOffline();
  const connection = new Connection({
    url: parley.url,
    appId: parley.appId,
    appKey: parley.appKey,
    platform,
  });
  const settings = { clientId: client.id, cache: onDevice, messageTypes: [PollMessage] };
  const again = createClient({ connection, ...settings });
  return { platform, again };
}

/** Lets the writes of a moment happen, and be done. */
async function written(platform: { clock: { advance(ms: number): void } }, isThere: () => Promise<boolean>) {
  await expect
    .poll(
      () => {
        platform.clock.advance(300);
        return isThere();
      },
      { timeout: PATIENCE },
    )
    .toBe(true);
}

const failing = () => Promise.reject(new Error('No space left.'));

/** The cache, with some of its methods as a test wants them. */
function partly(
  own: {
    [Name in keyof Cache]?: (real: Cache, ...given: Parameters<Cache[Name]>) => ReturnType<Cache[Name]>;
  },
): OpenCache {
  return (owner) => {
    const real = cache(owner);
    return new Proxy(real, {
      get: (_, name: keyof Cache) => {
        const replaced = own[name] as ((real: Cache, ...given: unknown[]) => unknown) | undefined;
        return replaced?.bind(undefined, real) ?? real[name].bind(real);
      },
    });
  };
}

const opened = (client: Client) => cache({ appId: parley.appId, clientId: client.id });

describe('a client with a cache', () => {
  it('[F-SDK-01] shows after a reload what it knew, before the network answers', async () => {
    const { tom, chat, there } = await two();
    const conversations = tom.client.conversations.live();
    const messages = tom.client.messages.live(chat);
    await Promise.all([conversations.ready, messages.ready]);
    await there.send('hello');
    await there.send(new PollMessage({ question: 'Gouda?' }), { mention: 'everyone' });
    await until(() => messages.items.length === 2 && chat.unreadCount === 2);
    const kept = opened(tom.client);
    await written(tom.platform, async () => (await kept.loadMessages(chat.id)).length === 2);
    await written(tom.platform, async () => (await kept.load()).conversations[0]?.unreadCount === 2);
    tom.client.connection.pause();

    const { platform, again } = restart(tom.client);
    await again.whenRestored();
    const list = again.conversations.live();
    await until(() => list.items.length === 1);
    const [restored] = list.items;
    expect(restored).toMatchObject({
      name: 'Cheese',
      unreadCount: 2,
      isMentioned: true,
      members: chat.members,
    });
    if (restored === undefined) throw new Error('Nothing was kept.');
    const shown = again.messages.live(restored);
    await until(() => shown.items.length === 2);
    expect(shown.items[1]).toBeInstanceOf(PollMessage);
    expect(restored.lastMessage).toMatchObject({ fields: { question: 'Gouda?' } });
    expect(again.state.name).not.toBe('open');

    await there.send('third');
    await there.edit(await there.send('fourth'), 'vierte');
    platform.goOnline();
    await until(() => shown.items.length === 4);
    expect(shown.items.map(({ text }) => text)).toEqual(['hello', '', 'third', 'vierte']);
    await until(() => restored.unreadCount === 4);
    await again.close();
  });

  it('[F-MSG-67] sends after a reload what it could not send before, once', async () => {
    const { tom, chat, there } = await two();
    tom.platform.deafen();
    void chat.send('on its way').catch(() => {});
    await expect.poll(() => there.lastMessage?.text, { timeout: PATIENCE }).toBe('on its way');
    tom.client.connection.pause();
    void chat.send('written offline').catch(() => {});
    const kept = opened(tom.client);
    await written(tom.platform, async () => {
      const { unsent, conversations } = await kept.load();
      return unsent.length === 2 && conversations.length === 1;
    });

    const { platform, again } = restart(tom.client);
    await again.whenRestored();
    const restored = await again.conversations.get(chat.id);
    const list = again.messages.live(restored);
    expect(list.items.map(({ text, status }) => `${text} ${status}`)).toEqual([
      'on its way sending',
      'written offline sending',
    ]);
    platform.goOnline();
    await until(() => there.lastMessage?.text === 'written offline');
    const texts: string[] = [];
    for await (const { text } of there.history({ direction: 'newer' })) texts.push(text);
    expect(texts).toEqual(['on its way', 'written offline']);
    await expect.poll(async () => (await kept.load()).unsent, { timeout: PATIENCE }).toEqual([]);
    await again.close();
  });

  it('[F-SDK-01] learns what was read elsewhere while it was away', async () => {
    const { tom, chat, there } = await two();
    tom.platform.clock.advance(10_000);
    await there.send('hello');
    await until(() => chat.unreadCount === 1);
    const kept = opened(tom.client);
    await written(tom.platform, async () => (await kept.load()).conversations[0]?.unreadCount === 1);
    tom.client.connection.pause();
    const phone = await person(parley, tom.client.id);
    const onPhone = await phone.client.conversations.get(chat.id);
    await until(() => onPhone.unreadCount === 1);
    onPhone.markRead();
    const { platform, again } = restart(tom.client);
    await again.whenRestored();
    const restored = again.conversations.known(chat.id);
    expect(restored?.unreadCount).toBe(1);
    platform.goOnline();
    await until(() => restored?.unreadCount === 0);
    await again.clearCache();
    expect((await kept.load()).conversations).toEqual([]);
    await again.close();
  });

  it('[F-CONV-22][F-SDK-01] hears once what happened while it was away, also where the app ended before it was told', async () => {
    const { tom, chat, there } = await two();
    const kept = opened(tom.client);
    await written(tom.platform, async () => (await kept.load()).conversations.length === 1);
    tom.client.connection.pause();
    await there.add(['Spike']);

    const impatient = restart(tom.client);
    const { http } = impatient.platform;
    impatient.platform.http = (request) =>
      request.url.includes('/rtm/notifications') ? new Promise(() => {}) : http(request);
    impatient.platform.goOnline();
    await impatient.again.whenOpen();
    await there.send('hello');
    await written(impatient.platform, async () => (await kept.load()).conversations[0]?.unreadCount === 1);
    impatient.again.connection.pause();

    const patient = restart(tom.client);
    const heard: string[] = [];
    patient.again.on('membersJoined', ({ members }) => heard.push(...members));
    patient.again.on('updated', ({ changes }) => heard.push(...Object.keys(changes)));
    await there.update({ name: 'Gouda' });
    patient.platform.goOnline();
    await until(() => heard.length >= 2);
    expect(heard).toEqual(['Spike', 'name']);
    await written(patient.platform, async () => (await kept.load()).conversations[0]?.name === 'Gouda');
    expect((await kept.load()).positions.absences).toEqual([]);
    expect(patient.again.conversations.known(chat.id)?.data.members).toContain('Spike');
    await patient.again.close();
  });

  it('[F-SDK-01] forgets also what was about to be written', async () => {
    const { tom, chat, there } = await two();
    const list = tom.client.messages.live(chat);
    const conversations = tom.client.conversations.live();
    await Promise.all([list.ready, conversations.ready]);
    await there.send('secret');
    await until(() => list.items.length === 1);
    tom.platform.goOffline();
    void chat.send('my secret').catch(() => {});
    await tom.client.close();
    await tom.client.clearCache();
    await until(() => list.items[1]?.status === 'failed');
    tom.platform.clock.advance(300);
    const kept = opened(tom.client);
    expect(await kept.load()).toEqual({ positions: {}, conversations: [], unsent: [] });
    expect(await kept.loadMessages(chat.id)).toEqual([]);
  });

  it('[F-SDK-01] counts everything anew at the next start where it forgot and went on', async () => {
    const pair = await two();
    const { tom, chat, there } = pair;
    const { other, otherThere } = await another(pair);
    await there.send('1');
    await until(() => chat.unreadCount === 1);
    tom.platform.clock.advance(10_000);
    await tom.client.clearCache();
    await otherThere.send('2');
    await until(() => other.unreadCount === 1);
    const kept = opened(tom.client);
    await written(tom.platform, async () => (await kept.load()).conversations.length > 0);
    const { conversations, positions } = await kept.load();
    expect(conversations.map(({ id }) => id)).toEqual([other.id]);
    expect([typeof positions.events, positions.unread]).toEqual(['number', undefined]);
    tom.client.connection.pause();

    const { platform, again } = restart(tom.client);
    platform.goOnline();
    await again.whenOpen();
    await until(() => [chat, other].every(({ id }) => again.conversations.known(id)?.unreadCount === 1));
    await again.close();
  });

  it('[F-SDK-01] claims nothing of which the write has failed', async () => {
    let isFull = false;
    const pair = await two(
      partly({ saveConversations: (real, ...all) => (isFull ? failing() : real.saveConversations(...all)) }),
    );
    const { tom, chat, there } = pair;
    const { other, otherThere } = await another(pair);
    const kept = opened(tom.client);
    await written(tom.platform, async () => (await kept.load()).conversations.length === 2);
    isFull = true;
    await there.send('1');
    await until(() => chat.unreadCount === 1);
    tom.platform.clock.advance(300);
    await Promise.resolve();
    isFull = false;
    await otherThere.send('2');
    await until(() => other.unreadCount === 1);
    const counts = async () => (await kept.load()).conversations.map(({ unreadCount }) => unreadCount);
    await written(tom.platform, async () => (await counts()).includes(1));
    expect(await counts()).toEqual([1, 1]);
  });

  it('[F-SDK-01] goes on without it where it does not answer, and leaves it as it is', async () => {
    const { tom, there } = await two();
    const kept = opened(tom.client);
    await written(tom.platform, async () => (await kept.load()).conversations.length === 1);
    await tom.client.close();
    const before = await kept.load();

    const { platform, again } = restart(tom.client, partly({ load: () => new Promise(() => {}) }));
    platform.goOnline();
    await until(() => {
      platform.clock.advance(1_000);
      return again.state.name === 'open';
    });
    await again.whenRestored();
    const chat = await again.conversations.get(there.id);
    await there.send('hello');
    await until(() => chat.unreadCount === 1);
    platform.clock.advance(300);
    expect(await kept.load()).toEqual(before);
    await again.close();
  });

  it('[F-SDK-01] begins anew where somebody deleted the database', async () => {
    const { tom, chat, there } = await two();
    const kept = opened(tom.client);
    await written(tom.platform, async () => (await kept.load()).conversations.length === 1);
    const name = ['parley', parley.appId, tom.client.id].map(encodeURIComponent).join('/');
    await deleteDB(name);
    await tom.client.clearCache();
    await there.send('hello');
    await until(() => chat.unreadCount === 1);
    await written(tom.platform, async () => (await kept.load()).conversations[0]?.unreadCount === 1);
  });

  it('[F-SDK-01] works without it where it is broken', async () => {
    const broken = () => Promise.reject(new Error('No space left.'));
    const methods = [
      'load',
      'saveConversations',
      'saveUnsent',
      'removeUnsent',
      'loadMessages',
      'saveMessages',
    ];
    const nothing = Object.fromEntries(
      [...methods, 'loadList', 'saveList', 'clear'].map((name) => [name, broken]),
    );
    const { client } = await person(parley, 'Broken', { cache: () => nothing as never });
    const chat = await client.conversations.create({ members: ['Nobody'] });
    const list = client.messages.live(chat);
    await list.ready;
    await chat.send('hello');
    expect(list.items).toHaveLength(1);
  });
});
