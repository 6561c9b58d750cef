import { CommandType, OpType } from '@parley/protocol/wire';
import { FakeClock, type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BasicConversation, ConversationEvents } from '../src/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { script } from './support/script.ts';
import { until } from './support/until.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

const HOURS = 60 * 60_000;

describe('a client that comes back', () => {
  it('[F-CONV-22][F-SDK-01] hears once of everything that happened to its conversations', async () => {
    const [tom, jerry] = await Promise.all(['Tom', 'Jerry'].map((name) => person(parley, name)));
    if (tom === undefined || jerry === undefined) throw new Error('Nobody came.');
    const invited = Promise.all([tom.client.once('joined'), tom.client.once('membersJoined')]);
    const there = await jerry.client.conversations.create({ members: ['Tom'], unique: false, name: 'old' });
    await invited;
    const chat = (await tom.client.conversations.get(there.id)) as BasicConversation;
    await until(() => chat.members.length === 2);
    const heard: string[] = [];
    const names = ['joined', 'left', 'membersJoined', 'membersLeft', 'updated', 'roleChanged'] as const;
    tom.client.connection.pause();
    for (const name of names) {
      const listen = ({ conversation }: ConversationEvents[typeof name]) =>
        heard.push(`${name} ${conversation.name}`);
      tom.client.on(name, listen as (event: unknown) => void);
    }
    await there.update({ name: 'new', attributes: { topic: 'cheese' } });
    await there.add(['Spike']);
    await there.setRole('Spike', 'Manager');
    const other = await jerry.client.conversations.create({ members: ['Tom'], unique: false, name: 'other' });
    tom.client.connection.resume();
    await until(() => heard.length >= 5);
    await tom.client.onlineClients(['Tom']);
    expect(heard.toSorted()).toEqual(
      [
        'updated new',
        'membersJoined new',
        'roleChanged new',
        'joined other',
        'membersJoined other',
      ].toSorted(),
    );
    expect([chat.name, chat.attributes, chat.members.toSorted()]).toEqual([
      'new',
      { topic: 'cheese' },
      ['Jerry', 'Spike', 'Tom'],
    ]);
    await other.send('live again');
    await until(() => tom.client.conversations.known(other.id)?.unreadCount === 1);
  });

  it('[F-SDK-01][F-MSG-44] counts what it has not read since it was taken in again, having been sent away meanwhile', async () => {
    const [tom, jerry] = await Promise.all(['Tom', 'Jerry'].map((name) => person(parley, name)));
    if (tom === undefined || jerry === undefined) throw new Error('Nobody came.');
    const joined = tom.client.once('joined');
    const there = await jerry.client.conversations.create({ members: ['Tom'], unique: false });
    await joined;
    await there.send('before');
    await until(() => tom.client.conversations.known(there.id)?.unreadCount === 1);
    const left = tom.client.once('left');
    const joinedAgain = tom.client.once('joined');
    tom.client.connection.pause();
    await there.remove(['Tom']);
    await there.add(['Tom']);
    await there.send('one');
    await there.send('two');
    tom.client.connection.resume();
    await Promise.all([left, joinedAgain]);
    // The count comes on the connection, the events over HTTP: in either order.
    await until(() => tom.client.conversations.known(there.id)?.unreadCount === 2);

    tom.client.connection.pause();
    await there.remove(['Tom']);
    const leftForGood = tom.client.once('left');
    tom.client.connection.resume();
    await leftForGood;
    expect(tom.client.conversations.known(there.id)?.unreadCount).toBe(0);
  });

  it('[F-SESS-29] logs in with a new signature where its session token has expired', async () => {
    const clock = new FakeClock(Date.now());
    const server = await startParley({ store: 'memory', clock });
    let signatures = 0;
    const authorize = () => {
      signatures++;
      return undefined;
    };
    const { client, platform } = await person(server, 'Tom', { authorize });
    platform.cut();
    clock.skip(24 * 365 * HOURS);
    platform.clock.advance(5_000);
    await client.whenOpen();
    expect(signatures).toBe(2);
    await client.close();
    await server.close();
  });

  it('[F-SESS-29] renews its session token before it asks over HTTP', async () => {
    const { client, platform } = await person(parley, 'Tom');
    const chat = await client.conversations.create({ members: ['Jerry'] });
    const tokens = new Set<string>();
    const { http } = platform;
    platform.http = (request) => {
      tokens.add(request.headers['X-LC-IM-Session-Token'] ?? '');
      return http(request);
    };
    await chat.roles();
    await chat.roles();
    expect(tokens.size).toBe(1);
    platform.clock.skip(24 * 365 * HOURS);
    expect((await chat.roles()).get('Tom')).toBe('Owner');
    expect(tokens.size).toBe(2);
  });
});

describe('a client and any server', () => {
  it('[F-SESS-31][F-SDK-01] goes elsewhere at once when the server asks it to, and asks where', async () => {
    const { client, push, urls, asked } = script();
    await client.whenOpen();
    push({ cmd: CommandType.goaway, peerId: 'Tom' });
    await until(() => urls.length === 2);
    await client.whenOpen();
    expect([asked.filter((path) => path === '/v1/route').length, urls]).toEqual([
      2,
      ['ws://one/', 'ws://two/'],
    ]);
    client.connection.pause();
  });

  it('[F-SDK-01] takes turns between the endpoints it was told, without asking again', async () => {
    const { client, close, urls, asked, platform } = script();
    await client.whenOpen();
    close(1006);
    platform.clock.advance(5_000);
    await until(() => urls.length === 2);
    await client.whenOpen();
    expect([asked.filter((path) => path === '/v1/route').length, urls]).toEqual([
      1,
      ['ws://one/', 'ws://two/'],
    ]);
    client.connection.pause();
  });

  it('[F-SDK-01] asks anew where the server is when none of the endpoints it was told takes it', async () => {
    const { client, platform, urls, asked } = script();
    await client.whenOpen();
    const { openSocket } = platform;
    platform.openSocket = (url, subprotocol, listener) => {
      if (asked.length > 1) return openSocket(url, subprotocol, listener);
      urls.push(url);
      setTimeout(() => listener.closed(1006, ''));
      return { send() {}, close() {} };
    };
    client.connection.pause();
    client.connection.resume();
    await until(() => {
      platform.clock.advance(1_000);
      return client.state.name === 'open';
    });
    expect(asked.filter((path) => path === '/v1/route')).toHaveLength(2);
    expect(urls).toEqual(['ws://one/', 'ws://two/', 'ws://one/', 'ws://two/']);
    client.connection.pause();
  });

  it('[F-SDK-01] stays where it is, and says why, when the server will never take it', async () => {
    const { client, close, connection, platform, urls } = script();
    await client.whenOpen();
    close(4110);
    platform.clock.advance(600_000);
    expect([client.state, connection.state]).toMatchObject([
      { name: 'closed', error: { reason: 'INVALID_ORIGIN' } },
      { name: 'closed', error: { reason: 'INVALID_ORIGIN' } },
    ]);
    expect(urls).toHaveLength(1);
    client.open();
    await client.whenOpen();
    connection.pause();
  });

  it('[F-SDK-01] joins its chat room again, also where the connection broke on the way', async () => {
    const { client, close, platform, received } = script(({ cmd, op }) =>
      op === OpType.start ? { cmd, op: OpType.started, convMessage: { cid: 'room' } } : undefined,
    );
    await client.conversations.createChatRoom();
    const joins = () => received.filter(({ op }) => op === OpType.add).length;
    for (const times of [1, 2]) {
      close(1006);
      platform.clock.advance(5_000);
      await until(() => joins() === times);
    }
    client.connection.pause();
  });

  it('[F-SDK-01] looks at once whether its connection survived a change of the network', async () => {
    const { client, platform, received } = script();
    await client.whenOpen();
    platform.goOnline();
    expect(received.at(-1)?.cmd).toBe(CommandType.echo);
    client.connection.pause();
  });

  it('[F-SDK-01] asks again for what it missed, until it is told, and hears it once', async () => {
    const invited = { cmd: 'conv', op: 'members_joined', cid: 'c', m: ['Spike'], notificationType: 1 };
    const pages = [
      { status: 500, body: '' },
      {
        status: 200,
        body: JSON.stringify({ hasMore: true, notifications: [{ ...invited, serverTs: 1_200 }] }),
      },
      { status: 500, body: '' },
      {
        status: 200,
        body: JSON.stringify({ hasMore: false, notifications: [{ ...invited, serverTs: 1_500 }] }),
      },
    ];
    const { client, platform, close } = script(({ cmd, op }) =>
      cmd === CommandType.conv && op === OpType.query
        ? {
            cmd,
            op: OpType.results,
            convMessage: { results: { data: JSON.stringify([{ objectId: 'c', m: ['Tom'] }]) } },
          }
        : undefined,
    );
    await client.whenOpen();
    const since: (string | null)[] = [];
    const { http } = platform;
    platform.http = async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname !== '/1.1/rtm/notifications') return http(request);
      since.push(searchParams.get('start_ts'));
      return pages.shift() ?? { status: 200, body: '{}' };
    };
    let heard = 0;
    client.on('membersJoined', () => heard++);
    close(1006);
    await until(() => {
      platform.clock.advance(1_000);
      return heard === 2;
    });
    expect(since.slice(0, 4)).toEqual(['1000', '1000', '1200', '1200']);
    client.connection.pause();
  });

  /** A client of one conversation; `missed` answers what it asks for over HTTP when it is back. */
  async function backWith(missed: () => Promise<{ status: number; body: string }>) {
    const scripted = script(({ cmd, op }) =>
      cmd === CommandType.conv && op === OpType.query
        ? {
            cmd,
            op: OpType.results,
            convMessage: { results: { data: JSON.stringify([{ objectId: 'c', m: ['Tom'] }]) } },
          }
        : undefined,
    );
    const { client, platform, close, push } = scripted;
    await client.whenOpen();
    const chat = (await client.conversations.get('c')) as BasicConversation;
    const since: (string | null)[] = [];
    const { http } = platform;
    platform.http = (request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname !== '/1.1/rtm/notifications') return http(request);
      since.push(searchParams.get('start_ts'));
      return missed();
    };
    const heard: string[] = [];
    client.on('membersJoined', ({ members }) => heard.push(`${members} joined`));
    client.on('membersLeft', ({ members }) => heard.push(`${members} left`));
    close(1006);
    await until(() => {
      platform.clock.advance(1_000);
      return since.length === 1;
    });
    const happens = (op: number, serverTs: number) =>
      push({
        ...{ cmd: CommandType.conv, op, serverTs, notificationType: 1, peerId: 'Tom' },
        convMessage: { cid: 'c', m: ['Spike'] },
      });
    return { ...scripted, chat, since, heard, happens };
  }

  const spike = { cmd: 'conv', cid: 'c', m: ['Spike'], notificationType: 1 };
  const cameAndWent = {
    status: 200,
    body: JSON.stringify({
      hasMore: false,
      notifications: [
        { ...spike, op: 'members_joined', serverTs: 2_500 },
        { ...spike, op: 'members_left', serverTs: 2_600 },
      ],
    }),
  };

  it('[F-CONV-22][F-SDK-01] hears in order and once of what is dated after its login, whatever is pushed meanwhile', async () => {
    let answer = (_: typeof cameAndWent) => {};
    const { client, platform, close, chat, since, heard, happens } = await backWith(
      () => new Promise((resolve) => (answer = resolve)),
    );
    happens(OpType.members_left, 2_600);
    answer(cameAndWent);
    await until(() => heard.length === 2);
    happens(OpType.members_left, 2_600);
    happens(OpType.members_joined, 2_700);
    expect([heard, chat.members]).toEqual([
      ['Spike joined', 'Spike left', 'Spike joined'],
      ['Tom', 'Spike'],
    ]);
    close(1006);
    await until(() => {
      platform.clock.advance(1_000);
      return since.length === 2;
    });
    expect(since).toEqual(['1000', '2700']);
    client.connection.pause();
  });

  it('[F-CONV-22][F-SDK-01] does not wait long for what it missed', async () => {
    const { client, platform, heard, happens } = await backWith(() => new Promise(() => {}));
    happens(OpType.members_left, 2_600);
    await until(() => client.state.name === 'open');
    expect(heard).toEqual([]);
    platform.clock.advance(5_000);
    expect(heard).toEqual(['Spike left']);
    client.connection.pause();
  });

  it('[F-CONV-22][F-SDK-01] hears what is pushed also while nobody tells what it missed, and has the right members after', async () => {
    const came = { ...spike, op: 'members_joined', serverTs: 1_500 };
    const answers = [
      { status: 500, body: '' },
      { status: 200, body: JSON.stringify({ hasMore: false, notifications: [came] }) },
    ];
    const { client, platform, chat, heard, happens } = await backWith(
      async () => answers.shift() ?? { status: 200, body: '{}' },
    );
    happens(OpType.members_left, 2_600);
    await until(() => heard.length === 1);
    await until(() => {
      platform.clock.advance(1_000);
      return heard.length === 2;
    });
    expect(heard).toEqual(['Spike left', 'Spike joined']);
    await until(() => chat.members.length === 1);
    client.connection.pause();
  });

  it('[F-SDK-01] blames nothing short for what was too long', async () => {
    const { client, platform, close, received } = script();
    await client.whenOpen();
    const asks = (op: number) => until(() => received.at(-1)?.op === op);
    const given = client.onlineClients(['x'.repeat(200_000)]);
    await asks(OpType.query);
    platform.clock.advance(15_000);
    await expect(given).rejects.toMatchObject({ reason: 'TIMEOUT' });
    const short = client.onlineClients(['Jerry']);
    await asks(OpType.query);
    close(4109);
    short.catch(() => {});
    await until(() => {
      platform.clock.advance(1_000);
      return client.state.name === 'open';
    });
    await asks(OpType.query);
    client.connection.pause();
  });

  it('[F-SDK-01] tries another connection where it cannot read what comes', async () => {
    const { client, sendBytes } = script();
    await client.whenOpen();
    sendBytes(Uint8Array.of(0xff, 0xff));
    expect(client.connection.state.name).toBe('waiting');
    client.connection.pause();
  });

  it('[F-SDK-01] tells that an answer does not come, and lets go of a connection on which nothing does', async () => {
    const { client, platform, received } = script();
    await client.whenOpen();
    const answer = client.onlineClients(['Jerry']);
    await until(() => received.at(-1)?.op === OpType.query);
    platform.clock.advance(15_000);
    await expect(answer).rejects.toMatchObject({ reason: 'TIMEOUT' });
    await until(() => received.at(-1)?.cmd === CommandType.echo);
    platform.clock.advance(10_000);
    await until(() => client.connection.state.name === 'waiting');
    client.connection.pause();
  });

  it('[F-SDK-01] asks the same at the same time once', async () => {
    const { client, received } = script();
    await client.whenOpen();
    const questions = [client.onlineClients(['A']), client.onlineClients(['A']), client.onlineClients(['B'])];
    for (const question of questions) question.catch(() => {});
    await until(() => received.filter(({ op }) => op === OpType.query).length === 2);
    client.connection.pause();
  });
});
