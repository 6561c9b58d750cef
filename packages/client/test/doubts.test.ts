import { CommandType, type DirectCommand, type GenericCommand, OpType } from '@parley/protocol/wire';
import { describe, expect, it } from 'vitest';
import type { Conversation, LiveMessages } from '../src/index.ts';
import { script } from './support/script.ts';
import { until } from './support/until.ts';

const RECORD = { objectId: 'c', m: ['Tom', 'Jerry'], createdAt: '2026-01-01T00:00:00.000Z' };
const HELLO = JSON.stringify({ _lctype: -1, _lctext: 'hello' });

/** A server that knows one conversation, and whose history a test may change. It answers no sends by itself. */
async function conversation() {
  const history: { msgId: string; from: string; timestamp: number; data: string }[] = [];
  const server = script(({ cmd, op }): GenericCommand | undefined => {
    if (cmd === CommandType.logs) return { cmd, logsMessage: { logs: [...history] } };
    if (cmd === CommandType.conv && op === OpType.query)
      return { cmd, op: OpType.results, convMessage: { results: { data: JSON.stringify([RECORD]) } } };
    return undefined;
  });
  const chat = await server.client.conversations.get('c');
  const list = server.client.messages.live(chat);
  await list.ready;
  const sends = () => server.received.filter(({ cmd }) => cmd === CommandType.direct);
  const comeBack = async () => {
    server.close(1006);
    server.platform.clock.advance(5_000);
    await server.client.whenOpen();
  };
  const accept = (command: GenericCommand, uid: string, t: number) =>
    server.reply(command, { cmd: CommandType.ack, ackMessage: { uid, t } });
  const hear = (direct: DirectCommand) =>
    server.push({ cmd: CommandType.direct, peerId: 'Tom', directMessage: { cid: 'c', ...direct } });
  return { ...server, chat, list, history, sends, comeBack, accept, hear };
}

/** Everything that was shown, each as `text status`. */
function views(list: LiveMessages) {
  const seen: string[] = [];
  const look = () => seen.push(list.items.map(({ text, status }) => `${text} ${status}`).join());
  list.subscribe(look);
  look();
  return seen;
}

function heardIn(chat: Conversation) {
  const texts: string[] = [];
  chat.on('message', ({ message }) => texts.push(message.text));
  return texts;
}

describe('a message whose answer got lost', () => {
  it('[F-MSG-67][F-SDK-01] is shown once, also where history has it before the answer to its second sending', async () => {
    const { client, chat, list, history, sends, comeBack, accept } = await conversation();
    const seen = views(list);
    const sending = chat.send('hello');
    const [written] = list.items;
    await until(() => sends().length === 1);
    history.push({ msgId: 'm', from: 'Tom', timestamp: 5, data: HELLO });
    await comeBack();
    await until(() => sends().length === 2);
    // The list has read what it missed: what Jerry said comes from there.
    history.push({ msgId: 'n', from: 'Jerry', timestamp: 6, data: HELLO.replace('hello', 'hi') });
    await comeBack();
    await until(() => seen.at(-1) === 'hi sent,hello sending' && sends().length === 3);
    const [again] = sends().slice(-1);
    if (again !== undefined) accept(again, 'm', 5);
    await sending;
    await until(() => seen.at(-1) === 'hello sent,hi sent');
    expect(list.items[0]?.key).toBe(written?.key);
    for (const view of seen) expect(view.split('hello')).not.toHaveLength(3);
    client.connection.pause();
  });

  it('[F-MSG-67][F-SDK-01] hides none of what was said before, however little was known of the conversation', async () => {
    const { client, chat, history, sends, comeBack } = await conversation();
    history.push({ msgId: 'm', from: 'Tom', timestamp: 5, data: HELLO.replace('hello', 'before') });
    const list = client.messages.live(chat);
    await list.ready;
    const seen = views(list);
    chat.send('hello').catch(() => {});
    await until(() => sends().length === 1);
    await comeBack();
    await until(() => sends().length === 2);
    expect(new Set(seen)).toEqual(new Set(['before sent', 'before sent,hello sending']));
    client.connection.pause();
  });

  it('[F-MSG-67] is no news where it comes back as if another device had sent it', async () => {
    const { client, chat, list, sends, comeBack, accept, hear } = await conversation();
    const heard = heardIn(chat);
    const seen = views(list);
    const sending = chat.send('hello');
    await until(() => sends().length === 1);
    await comeBack();
    await until(() => sends().length === 2);
    hear({ id: 'm', fromPeerId: 'Tom', timestamp: 5, msg: HELLO });
    hear({ id: 'o', fromPeerId: 'Tom', timestamp: 6, msg: HELLO.replace('hello', 'from my phone') });
    const [, again] = sends();
    if (again !== undefined) accept(again, 'm', 5);
    await sending;
    await until(() => seen.at(-1) === 'hello sent,from my phone sent');
    hear({ id: 'm', fromPeerId: 'Tom', timestamp: 5, msg: HELLO });
    expect(heard).toEqual(['from my phone']);
    for (const view of seen) expect(view.split('hello')).not.toHaveLength(3);
    client.connection.pause();
  });
});

describe('a message that the server pushes twice', () => {
  it('[F-MSG-67] is heard once, and counts once', async () => {
    const { client, chat, list, hear } = await conversation();
    const heard = heardIn(chat);
    for (let n = 0; n < 2; n++) hear({ id: 'm', fromPeerId: 'Jerry', timestamp: 5, msg: HELLO });
    expect([heard, chat.unreadCount, list.items.length]).toEqual([['hello'], 1, 1]);
    client.connection.pause();
  });
});

/** The server counted so many, the newest of which is of this time. */
const unread = (count: number, timestamp: number): GenericCommand => ({
  cmd: CommandType.unread,
  peerId: 'Tom',
  unreadMessage: {
    convs: [{ cid: 'c', unread: count, mid: `m${timestamp}`, timestamp, from: 'Jerry', data: HELLO }],
    notifTime: timestamp,
  },
});

/** As {@link conversation}, for what is told of reading. */
async function marking() {
  const there = await conversation();
  const { client, received, reply } = there;
  const marks = () =>
    received.filter(({ cmd }) => cmd === CommandType.read).map(({ readMessage }) => readMessage?.convs);
  const answerEcho = async () => {
    const question = received.at(-1) ?? {};
    reply(question, { cmd: CommandType.echo });
    // Answered after it.
    await client.conversations.fetch('c');
  };
  return { ...there, marks, answerEcho };
}

describe('what was read', () => {
  it('[F-MSG-45] without a connection is told at the next login, and is not unread meanwhile', async () => {
    const { client, chat, push, received, close, platform } = await conversation();
    push(unread(2, 5));
    expect(chat.unreadCount).toBe(2);
    close(1006);
    chat.markRead();
    expect(chat.unreadCount).toBe(0);
    platform.clock.advance(5_000);
    await client.whenOpen();
    const marks = () => received.filter(({ cmd }) => cmd === CommandType.read);
    await until(() => marks().length === 1);
    expect(marks()[0]?.readMessage?.convs).toEqual([{ cid: 'c', mid: 'm5', timestamp: 5 }]);
    // Counted before the server knew.
    push(unread(2, 5));
    expect(chat.unreadCount).toBe(0);
    push(unread(1, 6));
    expect(chat.unreadCount).toBe(1);
    client.connection.pause();
  });

  it('[F-MSG-45] before anything was said does not cover what is said in the same moment', async () => {
    const { client, chat, push, hear } = await conversation();
    push({
      cmd: CommandType.unread,
      peerId: 'Tom',
      unreadMessage: { convs: [{ cid: 'c', unread: 0 }], notifTime: 5 },
    });
    hear({ id: 'm', fromPeerId: 'Jerry', timestamp: 5, msg: HELLO });
    expect(chat.unreadCount).toBe(1);
    client.connection.pause();
  });

  it('[F-MSG-45] is told again where the connection broke before a count showed it, and no more after', async () => {
    const { client, chat, push, received, marks, answerEcho, comeBack } = await marking();
    push(unread(2, 5));
    chat.markRead();
    expect(marks()).toHaveLength(1);
    await comeBack();
    await until(() => marks().length === 2 && received.at(-1)?.cmd === CommandType.echo);
    // Counted before the mark came, so it says nothing about the mark.
    push(unread(3, 9));
    await comeBack();
    await until(() => marks().length === 3 && received.at(-1)?.cmd === CommandType.echo);
    await answerEcho();
    push(unread(1, 9));
    await comeBack();
    await client.conversations.fetch('c');
    expect(marks()).toHaveLength(3);
    client.connection.pause();
  });

  it('[F-MSG-45] stays read where a count that is older than the mark comes after the server has the mark', async () => {
    const { client, chat, push, received, marks, answerEcho, comeBack } = await marking();
    push(unread(2, 5));
    chat.markRead();
    await until(() => received.at(-1)?.cmd === CommandType.echo);
    await answerEcho();
    push(unread(2, 5));
    expect(chat.unreadCount).toBe(0);
    push(unread(0, 5));
    await comeBack();
    await client.conversations.fetch('c');
    expect(marks()).toHaveLength(1);
    client.connection.pause();
  });

  it('[F-MSG-45] is repeated once where the server had it and never told a count', async () => {
    const { client, chat, push, received, marks, answerEcho, comeBack } = await marking();
    push(unread(2, 5));
    chat.markRead();
    await until(() => received.at(-1)?.cmd === CommandType.echo);
    await answerEcho();
    await comeBack();
    await until(() => marks().length === 2);
    await comeBack();
    await client.conversations.fetch('c');
    expect(marks()).toHaveLength(2);
    client.connection.pause();
  });

  it('[F-MSG-45] is only what is known here, never what is there by the time the mark comes', async () => {
    const { client, chat, push, marks, close, comeBack } = await marking();
    chat.markRead();
    close(1006);
    chat.markRead();
    await comeBack();
    await client.conversations.fetch('c');
    expect(marks()).toEqual([]);
    push({
      cmd: CommandType.unread,
      peerId: 'Tom',
      unreadMessage: { convs: [{ cid: 'c', unread: 2 }], notifTime: 7 },
    });
    chat.markRead();
    expect(chat.unreadCount).toBe(0);
    await until(() => marks().length === 1);
    expect(marks()[0]).toEqual([{ cid: 'c', timestamp: 7 }]);
    client.connection.pause();
  });
});

describe('what was not read', () => {
  it('[F-MSG-44][F-MSG-45] is what a login tells where no count was told before, so what it does not name was read elsewhere', async () => {
    const { client, chat, hear, push, comeBack } = await conversation();
    hear({ id: 'm', fromPeerId: 'Jerry', timestamp: 5, msg: HELLO, mentionAll: true });
    expect([chat.unreadCount, chat.isMentioned]).toEqual([1, true]);
    await comeBack();
    expect([chat.unreadCount, chat.isMentioned]).toEqual([0, false]);
    // On its way to the store when the server counted, and nobody was told of it before.
    hear({ id: 'n', fromPeerId: 'Jerry', timestamp: 6, msg: HELLO });
    expect(chat.unreadCount).toBe(1);
    await comeBack();
    hear({ id: 'n', fromPeerId: 'Jerry', timestamp: 6, msg: HELLO });
    expect(chat.unreadCount).toBe(0);
    push(unread(2, 6));
    expect(chat.unreadCount).toBe(2);
    await comeBack();
    // From now on a login tells only what changed.
    expect(chat.unreadCount).toBe(2);
    client.connection.pause();
  });
});

describe('a login', () => {
  it('[F-MSG-44] asks for what changed since the last one that told nothing, and for what was under way then', async () => {
    const { client, received, platform, comeBack } = await conversation();
    const since = () =>
      received
        .filter(({ op }) => op === OpType.open)
        .map(({ sessionMessage }) => sessionMessage?.lastUnreadNotifTime);
    await comeBack();
    platform.clock.advance(10_000);
    await comeBack();
    expect(since()).toEqual([undefined, undefined, 2_000 - 10_000]);
    client.connection.pause();
  });
});

describe('a connection', () => {
  it('[F-SDK-01] is kept by who only listens, however much there is to hear', async () => {
    const { client, platform, received, hear } = await conversation();
    const echoes = () => received.filter(({ cmd }) => cmd === CommandType.echo).length;
    const before = echoes();
    for (let n = 0; n < 10; n++) {
      hear({ id: `m${n}`, fromPeerId: 'Jerry', timestamp: n, msg: HELLO, transient: true });
      platform.clock.advance(30_000);
    }
    expect(echoes() - before).toBeGreaterThanOrEqual(2);
    client.connection.pause();
  });

  it('[F-SDK-01] is asked whether it lives where the clock was set back', async () => {
    const { client, platform, received } = await conversation();
    const { clock } = platform;
    const now = clock.now.bind(clock);
    clock.now = () => now() - 24 * 60 * 60_000;
    clock.advance(90_000);
    expect(received.at(-1)?.cmd).toBe(CommandType.echo);
    client.connection.pause();
  });
});
