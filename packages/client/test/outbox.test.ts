import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BasicConversation, Message } from '../src/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { PATIENCE, until } from './support/until.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

let group = 0;
async function writer() {
  group++;
  const { client, platform } = await person(parley, `Writer${group}`);
  const chat = await client.conversations.create({ members: [`Reader${group}`], unique: false });
  const list = client.messages.live(chat);
  await list.ready;
  return { client, platform, chat, list };
}

async function stored(chat: BasicConversation): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of chat.history({ direction: 'newer' })) texts.push(text);
  return texts;
}

const shown = (items: readonly Message[]) => items.map(({ text, status }) => `${text} ${status}`);

describe('sending', () => {
  it('[F-MSG-67] shows a message from the moment it is written, under one key', async () => {
    const { chat, list } = await writer();
    const sending = chat.send('hello');
    const [written] = list.items;
    expect(written).toMatchObject({ text: 'hello', status: 'sending', id: undefined, from: chat.creator });
    const sent = await sending;
    expect(list.items).toEqual([sent]);
    expect(sent).toMatchObject({ status: 'sent', key: written?.key, id: expect.any(String) });
    expect(chat.lastMessage).toBe(sent);
  });

  it('[F-MSG-67] keeps the key of a message also where the server tells of it', async () => {
    const { client, chat, list } = await writer();
    const sent = await chat.send('hello');
    await client.conversations.fetch(chat.id);
    expect(chat.lastMessage).toBe(sent);
    const { key } = await chat.edit(sent, 'goodbye');
    await client.conversations.fetch(chat.id);
    expect(chat.lastMessage).toMatchObject({ key, text: 'goodbye' });
    await until(() => list.items[0]?.text === 'goodbye');
    expect([key, list.items[0]?.key]).toEqual([sent.key, sent.key]);
  });

  it('[F-MSG-67][F-SDK-01] waits for the connection, and keeps the order', async () => {
    const { client, platform, chat, list } = await writer();
    platform.cut();
    const sending = ['one', 'two', 'three'].map((text) => chat.send(text));
    expect(shown(list.items)).toEqual(['one sending', 'two sending', 'three sending']);
    platform.clock.advance(5_000);
    await client.whenOpen();
    await Promise.all(sending);
    expect(await stored(chat)).toEqual(['one', 'two', 'three']);
    await until(() => shown(list.items).join() === 'one sent,two sent,three sent');
  });

  it('[F-MSG-67] sends again what was on its way when the connection broke, and it stays one message', async () => {
    const { client, platform, chat, list } = await writer();
    // The server takes it, and its answer never arrives.
    platform.deafen();
    const sending = chat.send('once');
    const [observer] = [await person(parley, `Observer${group}`)];
    const seen = (await observer.client.conversations.get(chat.id)) as BasicConversation;
    await seen.join();
    await expect.poll(() => stored(seen), { timeout: PATIENCE }).toEqual(['once']);
    platform.cut();
    platform.clock.advance(5_000);
    await client.whenOpen();
    await sending;
    expect(await stored(chat)).toEqual(['once']);
    await until(() => shown(list.items).join() === 'once sent');
  });

  it('[F-MSG-67] that is refused fails, goes past what follows, and can be tried again or forgotten', async () => {
    const { client, chat, list } = await writer();
    await chat.quit().catch(() => {});
    const other = await person(parley, `Other${group}`);
    const theirs = await other.client.conversations.create({ members: [client.id], unique: false });
    const here = (await client.conversations.get(theirs.id)) as BasicConversation;
    const here2 = client.messages.live(here);
    await here2.ready;
    await theirs.silence([client.id]);
    const refused = here.send('hello?');
    await expect(refused).rejects.toMatchObject({ reason: 'SILIENCED' });
    const [failed] = here2.items;
    if (failed === undefined) throw new Error('It is not shown.');
    expect(failed).toMatchObject({ status: 'failed', error: { reason: 'SILIENCED' } });
    await theirs.unsilence([client.id]);
    await here.send('next');
    const again = await client.messages.retry(failed);
    expect(again).toMatchObject({ status: 'sent', key: failed.key });
    expect(await stored(theirs)).toEqual(['next', 'hello?']);
    await theirs.silence([client.id]);
    await here.send('never').catch(() => {});
    const lost = here2.items.at(-1);
    if (lost === undefined) throw new Error('It is not shown.');
    client.messages.discard(lost);
    await until(() => shown(here2.items).join() === 'next sent,hello? sent');
    expect(() => client.messages.discard(lost)).toThrow();
    list.close();
  });

  it('[F-MSG-67] is tried again only where it failed', async () => {
    const { client, chat } = await writer();
    const again = client.messages.retry(await chat.send('hello'));
    await expect(again).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('[F-MSG-67] gives up after a while without a connection, and says so', async () => {
    const { client, platform, chat, list } = await writer();
    platform.goOffline();
    const sending = chat.send('hello', { giveUpAfter: 30_000 });
    platform.clock.advance(30_000);
    await expect(sending).rejects.toMatchObject({ reason: 'TIMEOUT' });
    expect(shown(list.items)).toEqual(['hello failed']);
    platform.goOnline();
    await client.whenOpen();
    const [failed] = list.items;
    if (failed === undefined) throw new Error('It is not shown.');
    await client.messages.retry(failed);
    expect(await stored(chat)).toEqual(['hello']);
  });

  it('[F-MSG-67] gives up in time also behind another, which goes on', async () => {
    const { client, platform, chat, list } = await writer();
    platform.goOffline();
    const first = chat.send('first');
    const hasty = chat.send('hasty', { giveUpAfter: 10_000 });
    const last = chat.send('last');
    platform.clock.advance(10_000);
    await expect(hasty).rejects.toMatchObject({ reason: 'TIMEOUT' });
    expect(shown(list.items)).toEqual(['first sending', 'hasty failed', 'last sending']);
    platform.goOnline();
    await client.whenOpen();
    await Promise.all([first, last]);
    expect(await stored(chat)).toEqual(['first', 'last']);
  });

  it('[F-MSG-67] waits and goes on where the server says that it is too fast', async () => {
    const strict = await startParley({
      store: 'memory',
      settings: {
        clientRateLimits: { messagesPerMinute: 2, historyQueriesPerMinute: 0, otherOperationsPerMinute: 0 },
      },
    });
    const { client, platform } = await person(strict, 'Tom');
    const chat = await client.conversations.create({ members: ['Jerry'] });
    const sending = Promise.all(['1', '2', '3'].map((text) => chat.send(text, { giveUpAfter: 60_000 })));
    const outcome = sending.then(
      () => 'sent',
      ({ reason }) => reason,
    );
    await expect.poll(() => stored(chat), { timeout: PATIENCE }).toEqual(['1', '2']);
    // The minute of the server does not pass here; what passes is the patience of the client.
    let settled: unknown;
    void outcome.then((reason) => {
      settled = reason;
    });
    await until(() => {
      platform.clock.advance(1_000);
      return settled !== undefined;
    });
    expect(settled).toBe('MESSAGE_SENT_QUOTA_EXCEEDED');
    await client.close();
    await strict.close();
  });

  it('[F-MSG-67] fails at once what is too long for a connection, and nothing else', async () => {
    const { client, platform, chat } = await writer();
    const { sockets } = platform;
    const elsewhere = await client.conversations.create({ members: ['Nobody'], unique: false });
    const tooLong = chat.send('x'.repeat(200_000));
    const next = chat.send('next');
    const other = elsewhere.send('x'.repeat(3_000));
    await expect(tooLong).rejects.toMatchObject({ reason: 'FRAME_TOO_LONG', isPassing: false });
    platform.clock.advance(5_000);
    await Promise.all([next, other]);
    expect(platform.sockets).toBe(sockets + 1);
    // From now on it is known, and costs no connection.
    await expect(chat.send('x'.repeat(300_000))).rejects.toMatchObject({ reason: 'FRAME_TOO_LONG' });
    expect(platform.sockets).toBe(sockets + 1);
    await chat.send('last');
    expect(await stored(chat)).toEqual(['next', 'last']);
  });
});
