import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { CommandType, type GenericCommand, OpType, type SessionCommand } from '@parley/protocol';
import { TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { say, startConversation } from '../../test/flow.ts';
import { openSqliteStore } from '../engines/store-sqlite/index.ts';
import { certificateOne, certificateTwo } from '../gateway/testing/certificates.ts';
import { type Run, runParley } from './testing/run-parley.ts';

const READY = /Ctrl-C stops it/;
/** A machine that runs every other test at once takes ten seconds and more for one start. */
const STARTS = { timeout: 120_000 };
let folder: string;
let runs: Run[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-main-'));
  runs = [];
});
afterEach(async () => {
  for (const run of runs) run.child.kill('SIGKILL');
  await Promise.all(runs.map((run) => run.exited));
  await rm(folder, { recursive: true, force: true });
});

function parley(environment: Record<string, string> = {}, ...args: string[]): Run {
  const run = runParley({ PARLEY_DATA_DIR: folder, ...environment }, ...args);
  runs.push(run);
  return run;
}

async function failureOf(run: Run): Promise<string> {
  expect(await run.exited).toBe(1);
  return run.output().trim();
}

function keysIn(output: string): string[] {
  return ['App ID', 'App key', 'Master key'].map(
    (name) => new RegExp(`${name} +(\\S+)`).exec(output)?.[1] ?? '',
  );
}

describe('npm start', STARTS, () => {
  it('prints address, keys and a snippet, and keeps the keys it made', async () => {
    const first = parley();
    await first.printed(READY);
    const keys = keysIn(first.output());
    expect(keys.every((key) => /^\w{24}$/.test(key))).toBe(true);
    expect(first.output()).toContain(
      `new Realtime({ appId: '${keys[0]}', appKey: '${keys[1]}', server: 'http://127.0.0.1:`,
    );
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    const second = parley();
    await second.printed(READY);
    expect(keysIn(second.output())).toEqual(keys);
  });

  it('takes the keys of an app that clients already have, also later', async () => {
    const given = { PARLEY_APP_ID: 'an-app-that-lives-elsewhere', PARLEY_APP_KEY: 'its-app-key-1' };
    const first = parley(given);
    await first.printed(READY);
    const [id, appKey, generated] = keysIn(first.output());
    expect([id, appKey]).toEqual(Object.values(given));
    first.child.kill('SIGTERM');
    await first.exited;
    const second = parley({ ...given, PARLEY_APP_KEY: 'its-app-key-2' });
    await second.printed(READY);
    expect(keysIn(second.output())).toEqual([id, 'its-app-key-2', generated]);
  });

  it('prints no master key where logs are collected', async () => {
    const run = parley({ PARLEY_LOG_FORMAT: 'json', PARLEY_MASTER_KEY: 'the-master-key-itself' });
    await run.printed(/Parley is ready/);
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);
    const lines = run.output().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).level)).toContain('info');
    expect(run.output()).not.toContain('the-master-key-itself');
  });
});

describe('a start that cannot succeed ends with a sentence', STARTS, () => {
  it('for a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const failure = await failureOf(parley({ PORT: String(port) }));
    expect(failure).toBe(
      `Port ${port} on 127.0.0.1 is already in use. Stop the other program or set PORT to a free one.`,
    );
    other.close();
  });

  it('for a second process on the same data', async () => {
    await parley().printed(READY);
    expect(await failureOf(parley())).toBe(
      `The data in ${folder} is in use by another Parley process: stop that one, or set PARLEY_DATA_DIR to another folder.`,
    );
  });

  it('for a data folder that cannot be written', async () => {
    // A file in the way stops the administrator of a test machine too, whom permissions do not.
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await failureOf(parley({ PARLEY_DATA_DIR: join(file, 'data') }))).toContain('set PARLEY_DATA_DIR');
  });

  it('for wrong options, all of them', async () => {
    const failure = await failureOf(parley({ PORT: 'http', LOG_LEVEL: 'all' }));
    expect(failure.split('\n')).toHaveLength(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it('for a certificate that is not there, and for one that is none', async () => {
    const missing = { PARLEY_TLS_CERT: join(folder, 'cert.pem'), PARLEY_TLS_KEY: join(folder, 'key.pem') };
    expect(await failureOf(parley(missing))).toBe(
      `PARLEY_TLS_CERT names ${missing.PARLEY_TLS_CERT}, but there is no such file.`,
    );
    await writeFile(missing.PARLEY_TLS_CERT, 'no certificate');
    await writeFile(missing.PARLEY_TLS_KEY, 'no key');
    expect(await failureOf(parley(missing))).toContain('Check PARLEY_TLS_CERT and PARLEY_TLS_KEY.');
  });

  it('for a database that is damaged', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'parley.db'),
      'this is no database, although it is long enough to be taken for one',
    );
    expect(await failureOf(parley())).toContain('restore a backup');
  });

  it('for a word that is no command', async () => {
    const run = parley({}, 'frobnicate');
    expect(await run.exited).toBe(1);
    expect(run.output()).toContain('Usage: parley');
  });
});

describe('the clock of the machine', STARTS, () => {
  /** When a message is dated that comes to a server whose data was written so far ahead of this machine's clock. */
  async function datedAfter(ahead: number): Promise<{ readonly timestamp: number; readonly output: string }> {
    const first = parley();
    await first.printed(READY);
    first.child.kill('SIGTERM');
    await first.exited;
    const store = await openSqliteStore({
      path: join(folder, 'parley.db'),
      onFatal: (error) => {
        throw error;
      },
    });
    const now = Date.now() + ahead;
    const draft = { app: 1, id: 'f'.repeat(24), columns: {}, members: ['Tom'], unique: false, now } as const;
    const { conversation } = await store.conversations.create({ ...draft, kind: 'basic' });
    const said = { sender: 'Tom', body: '', receipt: false, mentions: [], mentionAll: false } as const;
    await store.messages.append({ ...said, conversation: conversation.key, membersOnly: true, now });
    await store.close();
    const run = parley();
    await run.printed(READY);
    const url = /ws:\/\/127\.0\.0\.1:\d+\//.exec(run.output())?.[0] ?? '';
    const tom = await TestClient.open({ wsUrl: url, appId: keysIn(run.output())[0] ?? '' }, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const { t: timestamp = 0 } = (await say(tom, cid, 'hello')).ackMessage ?? {};
    await tom.close();
    return { timestamp, output: run.output() };
  }

  it('[F-MSG-44] that was corrected between two runs makes time wait, so that clients are told of what comes next', async () => {
    const before = Date.now();
    expect((await datedAfter(600_000)).timestamp).toBeGreaterThanOrEqual(before + 600_000);
  });

  it('that was wrong by more than an hour is pointed out, and time goes on', async () => {
    const { timestamp, output } = await datedAfter(2 * 3_600_000);
    expect(timestamp).toBeLessThanOrEqual(Date.now());
    expect(output).toContain("ahead of this machine's clock");
  });
});

describe('signals', STARTS, () => {
  async function connected(run: Run): Promise<TestClient> {
    await run.printed(READY);
    const url = /ws:\/\/127\.0\.0\.1:\d+\//.exec(run.output())?.[0] ?? '';
    return TestClient.open({ wsUrl: url, appId: keysIn(run.output())[0] ?? '' }, 'Tom');
  }

  it('SIGTERM tells clients to move, waits for them, and ends with 0', async () => {
    const run = parley();
    const tom = await connected(run);
    run.child.kill('SIGTERM');
    await tom.next(({ cmd }: GenericCommand) => cmd === CommandType.goaway);
    const reply = await tom.request({
      cmd: CommandType.session,
      op: OpType.query,
      sessionMessage: { sessionPeerIds: ['Tom'] },
    });
    expect(reply.sessionMessage?.onlineSessionPeerIds).toEqual(['Tom']);
    await tom.close();
    expect(await run.exited).toBe(0);
  });

  it('[F-ROOM-11] SIGTERM empties no chat room: the next server that serves has them back in it', async () => {
    const first = parley({ PARLEY_DRAIN_SECONDS: '0' });
    await first.printed(READY);
    const [appId = ''] = keysIn(first.output());
    const login = async (run: Run, session: SessionCommand) => {
      const client = await TestClient.connect(/ws:\/\/127\.0\.0\.1:\d+\//.exec(run.output())?.[0] ?? '');
      const { op, sessionMessage } = await client.login(appId, 'Tom', { deviceId: 'phone', ...session });
      expect(op).toBe(OpType.opened);
      return { client, st: sessionMessage?.st ?? '' };
    };
    const before = await login(first, {});
    const started = await before.client.request({
      cmd: CommandType.conv,
      op: OpType.start,
      convMessage: { transient: true, attr: { data: '{}' } },
    });
    const cid = started.convMessage?.cid ?? '';
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);

    // Neither a look at the data nor a start that fails takes it from the next one.
    expect(await parley({}, 'app', 'show').exited).toBe(0);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await failureOf(parley({ PORT: String(port) }))).toContain('already in use');
    other.close();

    const second = parley();
    await second.printed(READY);
    const count = async (client: TestClient) => {
      const reply = await client.request({ cmd: CommandType.conv, op: OpType.count, convMessage: { cid } });
      return reply.convMessage?.count ?? 0;
    };
    const fresh = await login(second, { deviceId: 'tablet' });
    expect(await count(fresh.client)).toBe(0);
    const after = await login(second, { st: before.st, r: true });
    expect(await count(after.client)).toBe(1);
  });

  it('SIGTERM disconnects whoever does not move in time', async () => {
    const run = parley({ PARLEY_DRAIN_SECONDS: '0' });
    const tom = await connected(run);
    run.child.kill('SIGINT');
    expect(await tom.closed).toMatchObject({ code: 1001 });
    expect(await run.exited).toBe(0);
  });

  it('a second signal ends the process at once', async () => {
    const run = parley({ PARLEY_DRAIN_SECONDS: '3600' });
    const tom = await connected(run);
    run.child.kill('SIGTERM');
    await tom.next(({ cmd }: GenericCommand) => cmd === CommandType.goaway);
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(1);
  });

  it('[F-SEC-01] SIGHUP takes a new certificate, and keeps the old one if the new is broken', async () => {
    const cert = join(folder, 'cert.pem');
    const key = join(folder, 'key.pem');
    await writeFile(cert, certificateOne.cert);
    await writeFile(key, certificateOne.key);
    const run = parley({ PARLEY_TLS_CERT: cert, PARLEY_TLS_KEY: key });
    await run.printed(READY);
    const port = Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(run.output())?.[1]);
    const before = await fingerprint(port);
    await writeFile(cert, certificateTwo.cert);
    run.child.kill('SIGHUP');
    await run.printed(/The certificate was not replaced/);
    expect(await fingerprint(port)).toBe(before);
    await writeFile(key, certificateTwo.key);
    run.child.kill('SIGHUP');
    await run.printed(/New connections get the new certificate/);
    expect(await fingerprint(port)).not.toBe(before);
  });
});

async function fingerprint(port: number): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
