import { createHmac } from 'node:crypto';
import { CommandType, OpType } from '@parley/protocol/wire';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cache } from '../src/cache/cache.ts';
import {
  type ClientState,
  Connection,
  type ConnectionState,
  createClient,
  ParleyError,
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

const optionsFor = (platform = testPlatform()) => ({
  url: parley.url,
  appId: parley.appId,
  appKey: parley.appKey,
  platform,
});

describe('a connection', () => {
  it('[F-SDK-01] opens when the first client needs it and closes after the last', async () => {
    const connection = new Connection(optionsFor());
    const seen: string[] = [];
    connection.on('state', ({ state }) => seen.push(state.name));
    const tom = createClient({ connection, clientId: 'Tom' });
    const jerry = createClient({ connection, clientId: 'Jerry' });
    await Promise.all([tom.whenOpen(), jerry.whenOpen()]);
    await tom.close();
    expect(connection.state.name).toBe('open');
    await jerry.close();
    expect(seen).toEqual(['connecting', 'open', 'idle']);
  });

  it('[F-SDK-01][F-SESS-29] comes back by itself, logged in by the session token, without a new signature', async () => {
    let signatures = 0;
    const authorize = () => {
      signatures++;
      return undefined;
    };
    const { client, platform } = await person(parley, 'Tom', { authorize });
    const states: ClientState['name'][] = [];
    client.on('state', ({ state }) => states.push(state.name));
    platform.clock.advance(10_000);
    platform.cut();
    expect(client.connection.state).toMatchObject({ name: 'waiting', attempt: 1 });
    platform.clock.advance(1_000);
    await client.whenOpen();
    expect(states).toEqual(['connecting', 'opening', 'open']);
    expect(signatures).toBe(1);
  });

  it('[F-SDK-01] waits longer after each failure, up to a minute, and never the same for all', async () => {
    const platform = testPlatform();
    const connection = new Connection({ ...optionsFor(platform), url: 'ws://127.0.0.1:1/' });
    const waits: number[] = [];
    connection.on('state', ({ state }) => {
      if (state.name === 'waiting') waits.push(state.retryAt - platform.clock.now());
    });
    const tom = createClient({ connection, clientId: 'Tom' });
    for (let attempt = 1; attempt <= 9; attempt++) {
      await until(() => waits.length === attempt);
      const ceiling = Math.min(1_000 * 2 ** (attempt - 1), 60_000);
      expect(waits.at(-1)).toBeGreaterThanOrEqual(ceiling / 2);
      expect(waits.at(-1)).toBeLessThanOrEqual(ceiling);
      platform.clock.advance(ceiling);
    }
    await tom.close();
  });

  it('[F-SDK-01] does not try without a network, and tries at once when there is one', async () => {
    const { client, platform } = await person(parley, 'Tom');
    platform.goOffline();
    expect(client.connection.state).toEqual({ name: 'offline' });
    const { sockets } = platform;
    platform.clock.advance(600_000);
    expect(platform.sockets).toBe(sockets);
    platform.goOnline();
    await client.whenOpen();
  });

  it('[F-SDK-01] notices by its heartbeat that the other end is gone', async () => {
    const { client, platform } = await person(parley, 'Tom');
    platform.freeze();
    platform.clock.advance(90_000);
    expect(client.connection.state.name).toBe('open');
    platform.clock.advance(10_000);
    await until(() => client.connection.state.name === 'waiting');
  });

  it('[F-SDK-01] gives up where trying again is of no use', async () => {
    const connection = new Connection({ ...optionsFor(), url: parley.wsUrl, appId: 'no-such-app' });
    const seen: ConnectionState[] = [];
    connection.on('state', ({ state }) => seen.push(state));
    const tom = createClient({ connection, clientId: 'Tom' });
    await expect(tom.whenOpen()).rejects.toMatchObject({ reason: 'APP_NOT_AVAILABLE', code: 4100 });
    expect(tom.state).toMatchObject({ name: 'closed', error: expect.any(ParleyError) });
  });

  it('[F-SDK-01] leaves nothing behind that keeps a program from ending', async () => {
    const platform = testPlatform();
    const planned = new Set<object>();
    const { after } = platform.clock;
    platform.clock.after = (delay, action) => {
      const plan = {};
      planned.add(plan);
      const act = () => {
        planned.delete(plan);
        action();
      };
      const cancel = after.call(platform.clock, delay, act);
      return () => {
        planned.delete(plan);
        cancel();
      };
    };
    const { client } = await person(parley, 'Tom', { platform });
    await client.conversations.create({ members: ['Jerry'] });
    await client.close();
    expect(planned.size).toBe(0);
  });

  it('[F-SDK-01] of several clients tells each what is meant for it', async () => {
    const connection = new Connection(optionsFor());
    const clients = ['Tom', 'Jerry', 'Spike'].map((clientId) => createClient({ connection, clientId }));
    const [tom, jerry] = clients;
    await Promise.all(clients.map((client) => client.whenOpen()));
    expect(await tom?.onlineClients(['Tom', 'Jerry', 'Nobody'])).toEqual(['Tom', 'Jerry']);
    await jerry?.close();
    expect(await tom?.onlineClients(['Tom', 'Jerry'])).toEqual(['Tom']);
    await Promise.all(clients.map((client) => client.close()));
  });
});

describe('a client that is closed while it logs in', () => {
  it('[F-SDK-01] is not logged in afterwards, however late its signature comes', async () => {
    const connection = new Connection(optionsFor());
    const tom = createClient({ connection, clientId: 'Tom' });
    await tom.whenOpen();
    let sign = () => {};
    const signing = new Promise<undefined>((resolve) => {
      sign = () => resolve(undefined);
    });
    const late = createClient({ connection, clientId: 'Late', authorize: () => signing });
    await late.close();
    sign();
    await signing;
    // Closed after it has asked to be let in.
    const early = createClient({ connection, clientId: 'Early' });
    await early.once('state');
    await Promise.resolve();
    await early.close();
    expect(await tom.onlineClients(['Tom', 'Late', 'Early'])).toEqual(['Tom']);
    expect([late.state, early.state]).toEqual([{ name: 'closed' }, { name: 'closed' }]);
    await tom.close();
  });

  it('[F-SDK-01] and opened again logs in once', async () => {
    const signs: (() => void)[] = [];
    const authorize = () => new Promise<undefined>((resolve) => signs.push(() => resolve(undefined)));
    const connection = new Connection(optionsFor());
    const other = createClient({ connection, clientId: 'Other' });
    await other.whenOpen();
    const tom = createClient({ connection, clientId: 'Tom', authorize });
    await tom.close();
    tom.open();
    const states: string[] = [];
    tom.on('state', ({ state }) => states.push(state.name));
    await until(() => signs.length === 2);
    for (const sign of signs) sign();
    await tom.whenOpen();
    await tom.onlineClients(['Tom']);
    expect(states).toEqual(['open']);
    await Promise.all([tom.close(), other.close()]);
  });
});

describe('a client that is on its way out', () => {
  it('[F-SDK-01] and is opened logs in anew once it is out', async () => {
    const { client } = await person(parley, 'Tom');
    const states: string[] = [];
    client.on('state', ({ state }) => states.push(state.name));
    const closing = Promise.all([client.close(), client.close()]);
    expect(client.state).toEqual({ name: 'closed' });
    client.open();
    await client.whenOpen();
    await closing;
    expect(await client.onlineClients(['Tom'])).toEqual(['Tom']);
    expect(states).toEqual(['closed', 'connecting', 'opening', 'open']);
  });

  it('[F-SDK-01] and is opened comes back also where the connection is lost on the way', async () => {
    const { client, platform } = await person(parley, 'Tom');
    platform.deafen();
    void client.close();
    client.open();
    platform.cut();
    await client.whenOpen();
  });

  it('[F-SDK-01] and is closed again for good is out', async () => {
    const { client } = await person(parley, 'Tom');
    void client.close();
    client.open();
    await client.close();
    expect([client.state.name, client.connection.state.name]).toEqual(['closed', 'idle']);
  });

  it('[F-SDK-01] lets the next one with its name in when it is out', async () => {
    const { client } = await person(parley, 'Tom');
    const { connection } = client;
    const other = createClient({ connection, clientId: 'Other' });
    void client.close();
    const next = createClient({ connection, clientId: 'Tom' });
    await Promise.all([next.whenOpen(), other.whenOpen()]);
    expect(() => createClient({ connection, clientId: 'Tom' })).toThrow('close() it first');
    await Promise.all([next.close(), other.close()]);
  });
});

describe('a client with a cache', () => {
  it('[F-SDK-01] that is closed and opened before the cache is read logs in once', async () => {
    let read = () => {};
    const load = () =>
      new Promise<never>((_, reject) => (read = () => reject(new Error('Nothing is kept.'))));
    const cache = () => ({ load }) as unknown as Cache;
    const tom = createClient({ ...optionsFor(), clientId: 'Tom', cache });
    const states: string[] = [];
    tom.on('state', ({ state }) => states.push(state.name));
    await tom.close();
    tom.open();
    read();
    await tom.whenOpen();
    expect(states).toEqual(['closed', 'connecting', 'opening', 'open']);
    await tom.close();
  });
});

describe('a client that something ended', () => {
  it('[F-SDK-01] is used here again when it is opened, and its other device gives way', async () => {
    const { client: here } = await person(parley, 'Tom', { tag: 'Web' });
    const ended = here.once('state');
    const { client: there } = await person(parley, 'Tom', { tag: 'Web' });
    expect(await ended).toMatchObject({ state: { name: 'closed', error: { reason: 'SESSION_CONFLICT' } } });
    here.open();
    await here.whenOpen();
    await until(() => there.state.name === 'closed');
  });

  it('[F-SDK-01] gives way where it was told to', async () => {
    const { client: here } = await person(parley, 'Tom', { tag: 'Web', takeOver: false });
    const ended = here.once('state');
    await person(parley, 'Tom', { tag: 'Web' });
    await ended;
    here.open();
    await expect(here.whenOpen()).rejects.toMatchObject({ reason: 'SESSION_CONFLICT' });
  });
});

describe('an app in the background', () => {
  it('[F-SDK-01] keeps its connection for a moment and then gives it up, so that pushes come', async () => {
    const { client, platform } = await person(parley, 'Tom', { platform: testPlatform({ grace: 5_000 }) });
    platform.hide();
    platform.clock.advance(4_999);
    expect(client.connection.state.name).toBe('open');
    platform.clock.advance(1);
    expect(client.connection.state).toEqual({ name: 'paused', because: 'background' });
    const watcher = await TestClient.open(parley, 'Watcher');
    const online = async () => {
      const sessionMessage = { sessionPeerIds: ['Tom'] };
      const answer = await watcher.request({ cmd: CommandType.session, op: OpType.query, sessionMessage });
      return answer.sessionMessage?.onlineSessionPeerIds ?? [];
    };
    await expect.poll(online, { timeout: PATIENCE }).toEqual([]);
    await watcher.close();
    platform.show();
    await client.whenOpen();
  });

  it('[F-SDK-01] stays connected where only a look away was meant', async () => {
    const { client, platform } = await person(parley, 'Tom', { platform: testPlatform({ grace: 5_000 }) });
    platform.hide();
    platform.clock.advance(3_000);
    platform.show();
    platform.clock.advance(60_000);
    expect(client.connection.state.name).toBe('open');
    expect(platform.sockets).toBe(1);
  });

  it('[F-SDK-01] pauses and resumes when the app says so', async () => {
    const { client } = await person(parley, 'Tom');
    client.connection.pause();
    expect(client.connection.state).toEqual({ name: 'paused', because: 'app' });
    client.connection.retry();
    expect(client.connection.state.name).toBe('paused');
    client.connection.resume();
    await client.whenOpen();
  });
});

describe('a login', () => {
  it('[F-SESS-29] that another device with the same tag takes over ends with a conflict', async () => {
    const { client } = await person(parley, 'Tom', { tag: 'Mobile' });
    const closed = client.once('state');
    const other = await TestClient.open(parley, 'Tom', { tag: 'Mobile' });
    expect((await closed).state).toMatchObject({ name: 'closed', error: { reason: 'SESSION_CONFLICT' } });
    await expect(client.onlineClients(['Tom'])).rejects.toMatchObject({ reason: 'SESSION_CONFLICT' });
    await other.close();
  });

  it('[F-SDK-01] fails for good where the user is unknown, or the app’s server refuses', async () => {
    const refusals = [
      [() => ({ userSessionToken: 'no-such-session' }), 'HTTP_FAILED'],
      [() => Promise.reject(new Response('Forbidden', { status: 403 })), 'AUTHORIZE_FAILED'],
    ] as const;
    for (const [authorize, reason] of refusals) {
      const tom = createClient({ ...optionsFor(), clientId: 'Tom', authorize });
      await expect(tom.whenOpen()).rejects.toMatchObject({ reason, isPassing: false });
      expect(tom.state).toMatchObject({ name: 'closed', error: { reason } });
    }
  });

  it('[F-SDK-01] tells why it failed, and goes on where that may pass', async () => {
    const platform = testPlatform();
    const failures = [new Response('Busy', { status: 503 }), new TypeError('fetch failed')];
    const authorize = async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return undefined;
    };
    const tom = createClient({ ...optionsFor(platform), clientId: 'Tom', authorize });
    const states: ClientState[] = [];
    tom.on('state', ({ state }) => states.push(state));
    await until(() => {
      platform.clock.advance(1_000);
      return tom.state.name === 'open';
    });
    expect(states).toMatchObject([
      { name: 'opening' },
      { name: 'opening', error: { reason: 'AUTHORIZE_FAILED', detail: expect.stringContaining('503') } },
      { name: 'opening', error: { reason: 'AUTHORIZE_FAILED' } },
      { name: 'open' },
    ]);
    await tom.close();
  });

  it('[F-SESS-29] fails for good when its signature is refused', async () => {
    const strict = await startParley({ store: 'memory', settings: { signLogin: true } });
    const tom = createClient({
      ...optionsFor(),
      url: strict.url,
      clientId: 'Tom',
      authorize: () => ({ signature: 'wrong', timestamp: Date.now(), nonce: 'n' }),
    });
    await expect(tom.whenOpen()).rejects.toMatchObject({ reason: 'SIGNATURE_FAILED' });

    let failures = 2;
    const platform = testPlatform();
    const jerry = createClient({
      ...optionsFor(platform),
      url: strict.url,
      clientId: 'Jerry',
      async authorize(operation) {
        if (failures-- > 0) throw new TypeError('fetch failed');
        const timestamp = Date.now();
        const text = `${strict.appId}:${operation.clientId}::${timestamp}:n`;
        const signature = createHmac('sha1', strict.masterKey).update(text).digest('hex');
        return { signature, timestamp, nonce: 'n' };
      },
    });
    // The app's own server may be away for a moment; that is asked again.
    await until(() => {
      platform.clock.advance(2_000);
      return jerry.state.name === 'open';
    });
    expect(failures).toBe(-1);
    await jerry.close();
    await strict.close();
  });
});
