import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandType, type GenericCommand, OpType } from '@parley/protocol';
import { type Parley, type Store, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../src/engines/store-sqlite/index.ts';
import { conv, history, query, say, startConversation, where } from './flow.ts';

/** The operation of the store that fails for now, such as `messages.append`. */
let broken: string | undefined;
let parley: Parley;
let folder: string;

function breakable<Repository extends object>(name: keyof Store, repository: Repository): Repository {
  return new Proxy(repository, {
    get(target, operation) {
      const call: unknown = Reflect.get(target, operation);
      if (typeof call !== 'function' || broken !== `${name}.${String(operation)}`) return call;
      return () => Promise.reject(new Error('disk I/O error'));
    },
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const store = await openSqliteStore({
    path: join(folder, 'parley.db'),
    onFatal: (error) => {
      throw error;
    },
  });
  parley = await startParley({
    store: {
      ...store,
      conversations: breakable('conversations', store.conversations),
      messages: breakable('messages', store.messages),
      memberStates: breakable('memberStates', store.memberStates),
    },
  });
});
afterAll(async () => {
  await parley.close();
  await rm(folder, { recursive: true, force: true });
});

let clients = 0;
const someone = (name: string) => `${name}-${++clients}`;

interface Scene {
  readonly tom: TestClient;
  readonly jerry: TestClient;
  readonly jerryId: string;
  readonly cid: string;
  readonly sent: { readonly mid: string; readonly timestamp: number };
}

async function scene(): Promise<Scene> {
  const jerryId = someone('Jerry');
  const [tom, jerry] = [
    await TestClient.open(parley, someone('Tom')),
    await TestClient.open(parley, jerryId),
  ];
  await parley.caughtUp();
  const cid = await startConversation(tom, { m: [jerryId], attr: { data: '{"name":"before"}' } });
  const { uid = '', t = 0 } = (await say(tom, cid, 'before', { r: true })).ackMessage ?? {};
  await Promise.all([tom.settled(), jerry.settled()]);
  tom.inbox.length = 0;
  jerry.inbox.length = 0;
  return { tom, jerry, jerryId, cid, sent: { mid: uid, timestamp: t } };
}

/** What the store has, as far as anybody can see. */
async function state({ tom, cid }: Scene) {
  return {
    messages: await history(tom, cid),
    found: await query(tom, { ...where({ objectId: cid }), flag: 2 }),
  };
}

async function during<Result>(operation: string, action: () => Promise<Result>): Promise<Result> {
  broken = operation;
  try {
    return await action();
  } finally {
    broken = undefined;
  }
}

const patch = ({ cid, sent }: Scene, change: object): GenericCommand => ({
  cmd: CommandType.patch,
  op: OpType.modify,
  patchMessage: { patches: [{ cid, ...sent, ...change }] },
});

describe('a store that fails for a moment', () => {
  it.each<[string, (scene: Scene) => Promise<GenericCommand>]>([
    ['messages.append', ({ tom, cid }) => say(tom, cid, 'lost', { dt: 'one token' })],
    ['messages.patch', (at) => at.tom.request(patch(at, { data: 'changed' }))],
    ['messages.patch', (at) => at.tom.request(patch(at, { recall: true }))],
    ['messages.history', ({ tom, cid }) => tom.request({ cmd: CommandType.logs, logsMessage: { cid } })],
    ['conversations.create', ({ tom, jerryId }) => conv(tom, OpType.start, { m: [jerryId], unique: false })],
    ['conversations.addMembers', ({ tom, cid }) => conv(tom, OpType.add, { cid, m: ['Spike'] })],
    [
      'conversations.removeMembers',
      ({ tom, cid, jerryId }) => conv(tom, OpType.remove, { cid, m: [jerryId] }),
    ],
    [
      'conversations.replaceColumns',
      ({ tom, cid }) => conv(tom, OpType.update, { cid, attr: { data: '{"name":"after"}' } }),
    ],
    ['conversations.setMuted', ({ tom, cid }) => conv(tom, OpType.mute, { cid })],
    ['conversations.query', ({ tom }) => conv(tom, OpType.query, {})],
    ['memberStates.positions', ({ tom, cid }) => conv(tom, OpType.max_read, { cid })],
  ])(
    '[F-MSG-04] %s: the command is answered with 4200, nobody hears of it, and it passes later',
    async (operation, command) => {
      const at = await scene();
      const before = await state(at);
      const failed = await during(operation, () => command(at));
      const refusal = failed.ackMessage ?? failed.errorMessage;
      expect(refusal).toMatchObject({ code: 4200, reason: 'INTERNAL_ERROR' });
      expect(JSON.stringify(failed)).not.toContain('disk');
      await Promise.all([at.tom.settled(), at.jerry.settled()]);
      expect([...at.tom.inbox, ...at.jerry.inbox]).toEqual([]);
      expect(await state(at)).toEqual(before);

      const passed = await command(at);
      expect([passed.errorMessage, passed.ackMessage?.code]).toEqual([undefined, undefined]);
      await Promise.all([at.tom.close(), at.jerry.close()]);
    },
  );

  it.each([
    [
      'memberStates.markRead',
      (at: Scene) => ({ cmd: CommandType.read, readMessage: { convs: [{ cid: at.cid }] } }),
    ],
    [
      'memberStates.acknowledge',
      (at: Scene) => ({ cmd: CommandType.ack, ackMessage: { cid: at.cid, mid: at.sent.mid } }),
    ],
  ])(
    '[F-MSG-23] %s: what is never answered stays unanswered, and counts when it comes again',
    async (operation, command) => {
      const at = await scene();
      await during(operation, async () => {
        at.jerry.send(command(at));
        await at.jerry.settled();
      });
      expect(at.jerry.inbox).toEqual([]);
      at.jerry.send(command(at));
      const receipt = await at.tom.push(CommandType.rcp);
      expect(receipt.rcpMessage?.id).toBe(at.sent.mid);
      await at.tom.settled();
      expect(at.tom.inbox).toEqual([]);
      await Promise.all([at.tom.close(), at.jerry.close()]);
    },
  );

  it.each([
    [
      'memberStates.unread',
      'lc.protobuf2.3',
      {},
      ({ unreadMessage }: GenericCommand) => unreadMessage?.convs?.map(({ mid, unread }) => [mid, unread]),
      (_changed: string, newest: string) => [[newest, 2]],
    ],
    [
      'memberStates.unacknowledged',
      'lc.protobuf2.1',
      {},
      ({ directMessage }: GenericCommand) => directMessage?.id,
      (changed: string) => changed,
    ],
    [
      'messages.patchedSince',
      'lc.protobuf2.3',
      { lastPatchTime: 1 },
      ({ patchMessage }: GenericCommand) => patchMessage?.patches?.map(({ mid, data }) => [mid, data]),
      (changed: string) => [[changed, 'changed']],
    ],
  ] as const)(
    '[F-SESS-13] %s: a login that cannot be brought up to date is closed with 4200 and comes again',
    async (operation, subprotocol, session, told, expected) => {
      const at = await scene();
      await at.jerry.close();
      await at.tom.request(patch(at, { data: 'changed' }));
      const away = await say(at.tom, at.cid, 'while away');
      await during(operation, async () => {
        const jerry = await TestClient.connect(parley.wsUrl, { subprotocol });
        const reply = await jerry.login(parley.appId, at.jerryId, session);
        expect(reply.op).toBe(OpType.opened);
        expect(await jerry.closed).toMatchObject({ code: 4200 });
        // One request, one reply: an error for a request that was answered would reach nobody.
        expect(jerry.inbox.filter(({ i }) => i !== undefined)).toEqual([]);
      });
      const again = await TestClient.open(parley, at.jerryId, session, { subprotocol });
      const missed = await again.next((command) => told(command) !== undefined);
      expect(told(missed)).toEqual(expected(at.sent.mid, away.ackMessage?.uid ?? ''));
      await Promise.all([at.tom.close(), again.close()]);
    },
  );
});
