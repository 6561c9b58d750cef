import {
  type BlacklistCommand,
  CommandType,
  type ConvCommand,
  errorTable,
  type GenericCommand,
  OpType,
} from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { blockClients } from '../src/domain/moderation/block-clients.ts';
import { createService } from '../src/domain/service-conversation/create-service.ts';
import { conv, history, query, say, startConversation, where } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

let clients = 0;
type Named = TestClient & { readonly id: string };
async function login(name: string): Promise<Named> {
  const id = `${name}-${++clients}`;
  return Object.assign(await TestClient.open(parley, id), { id });
}

interface Group {
  readonly owner: Named;
  readonly manager: Named;
  readonly member: Named;
  readonly other: Named;
  readonly cid: string;
  readonly end: () => Promise<unknown>;
}

/** A group with every role in it, after everybody was told of its making. */
async function group(): Promise<Group> {
  const people = await Promise.all(['owner', 'manager', 'member', 'other'].map(login));
  const [owner, manager, member, other] = people as [Named, Named, Named, Named];
  const cid = await startConversation(owner, { m: people.map(({ id }) => id), unique: false });
  expect((await setRole(owner, cid, manager.id, 'Manager')).op).toBe(OpType.member_info_updated);
  for (const person of people) await told(person);
  return {
    owner,
    manager,
    member,
    other,
    cid,
    end: () => Promise.all(people.map((person) => person.close())),
  };
}

async function isOnline(asker: TestClient, client: string): Promise<boolean> {
  const reply = await asker.request({
    cmd: CommandType.session,
    op: OpType.query,
    sessionMessage: { sessionPeerIds: [client] },
  });
  return (reply.sessionMessage?.onlineSessionPeerIds ?? []).length > 0;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

const setRole = (client: TestClient, cid: string, pid: string, role: string) =>
  conv(client, OpType.member_info_update, { cid, targetClientId: pid, info: { pid, role } });
const shutup = (
  client: TestClient,
  op: OpType,
  cid: string,
  m: readonly string[],
  fields: ConvCommand = {},
) => conv(client, op, { cid, m, ...fields });
const blacklist = (client: TestClient, op: OpType, fields: BlacklistCommand): Promise<GenericCommand> =>
  client.request({ cmd: CommandType.blacklist, op, blacklistMessage: fields });
const codeOf = (reply: GenericCommand) =>
  reply.errorMessage?.code ??
  reply.convMessage?.failedPids?.[0]?.code ??
  reply.blacklistMessage?.failedPids?.[0]?.code;

/** What somebody was told about conversations, as operations with the fields that matter. */
async function told(
  client: TestClient,
): Promise<readonly { op: number | undefined; m: readonly string[]; initBy: string | undefined }[]> {
  await client.settled();
  const commands = client.inbox.splice(0).filter(({ cmd }) => cmd === CommandType.conv);
  for (const command of commands) expect(command.serverTs).toBeGreaterThan(0);
  return commands.map(({ op, convMessage }) => ({
    op,
    m: convMessage?.m ?? [],
    initBy: convMessage?.initBy,
  }));
}

const ops = async (client: TestClient) => (await told(client)).map(({ op }) => op);

describe('who was put out of a group', () => {
  it('[F-SEC-02] reads nothing of it any more, also not the last message of a query, and edits nothing', async () => {
    const { owner, member, other, cid, end } = await group();
    const stranger = await login('stranger');
    const last = async (client: TestClient) => {
      const [found] = await query(client, { ...where({ objectId: cid }), flag: 2 });
      return [found?.objectId, found?.msg, found?.msg_from];
    };
    const { ackMessage } = await say(member, cid, 'a secret');
    expect(await last(member)).toEqual([cid, 'a secret', member.id]);
    expect(await last(stranger)).toEqual([cid, undefined, undefined]);
    await conv(owner, OpType.remove, { cid, m: [member.id] });
    expect(await last(member)).toEqual([cid, undefined, undefined]);
    expect(await last(other)).toEqual([cid, 'a secret', member.id]);
    const patch = (change: object) =>
      member.request({
        cmd: CommandType.patch,
        op: OpType.modify,
        patchMessage: {
          patches: [{ cid, mid: ackMessage?.uid ?? '', timestamp: ackMessage?.t ?? 0, ...change }],
        },
      });
    expect((await patch({ data: 'read this' })).errorMessage?.code).toBe(4401);
    expect(await history(other, cid)).toEqual(['a secret']);
    // Taking back is no speaking.
    expect((await patch({ recall: true })).op).toBe(OpType.modified);
    await Promise.all([stranger.close(), end()]);
  });
});

describe('roles', () => {
  afterEach(() => parley.apps.changeSettings(parley.appId, { memberRoles: null, membersMayInvite: null }));

  it('[F-GRP-01][F-GRP-11] are given by the owner, and everybody is told, the operator included', async () => {
    const { owner, member, other, cid, end } = await group();
    await setRole(owner, cid, member.id, 'Manager');
    for (const person of [owner, member, other]) {
      const push = await person.push(CommandType.conv, OpType.member_info_changed);
      expect(push.convMessage).toMatchObject({
        cid,
        initBy: owner.id,
        info: { pid: member.id, role: 'Manager' },
      });
    }
    await setRole(owner, cid, member.id, 'Manager');
    expect(await ops(other)).toEqual([]);
    await end();
  });

  it.each([
    ['a manager may not make managers', 'manager', 'member', 'Manager', 4320],
    ['a manager may not unmake managers', 'manager', 'manager', 'Member', 4320],
    ['a member may not promote itself', 'member', 'member', 'Manager', 4320],
    ['nobody touches the owner', 'manager', 'owner', 'Member', 4324],
    ['nobody becomes owner', 'owner', 'member', 'Owner', 5130],
    ['there is no such role', 'owner', 'member', 'Emperor', 4321],
  ] as const)('[F-GRP-09][F-GRP-10] %s', async (_rule, actor, target, role, code) => {
    const all = await group();
    expect((await setRole(all[actor], all.cid, all[target].id, role)).errorMessage?.code).toBe(code);
    expect(await ops(all.other)).toEqual([]);
    await all.end();
  });

  it('[F-GRP-07] need a member of the conversation on both sides, and the feature', async () => {
    const [{ owner, cid, end }, stranger] = [await group(), await login('stranger')];
    expect((await setRole(owner, cid, stranger.id, 'Manager')).errorMessage?.code).toBe(4317);
    expect((await setRole(stranger, cid, owner.id, 'Manager')).errorMessage?.code).toBe(4317);
    await parley.apps.changeSettings(parley.appId, { memberRoles: false });
    expect((await setRole(owner, cid, stranger.id, 'Manager')).errorMessage?.code).toBe(4325);
    await Promise.all([end(), stranger.close()]);
  });

  it('[F-GRP-02][F-GRP-03][F-GRP-08][F-GRP-10] decide who may remove, and who may add where the app reserves that', async () => {
    const { owner, manager, member, other, cid, end } = await group();
    expect(codeOf(await conv(member, OpType.remove, { cid, m: [other.id] }))).toBe(4320);
    expect((await conv(manager, OpType.remove, { cid, m: [other.id] })).op).toBe(OpType.removed);
    expect(codeOf(await conv(manager, OpType.remove, { cid, m: [owner.id] }))).toBe(4324);
    expect((await conv(member, OpType.add, { cid, m: [other.id] })).op).toBe(OpType.added);
    await parley.apps.changeSettings(parley.appId, { membersMayInvite: false });
    expect(codeOf(await conv(member, OpType.add, { cid, m: ['new'] }))).toBe(4320);
    expect((await conv(manager, OpType.add, { cid, m: ['new'] })).op).toBe(OpType.added);
    await end();
  });

  it('are lost with the membership', async () => {
    const { owner, manager, member, cid, end } = await group();
    await conv(manager, OpType.remove, { cid, m: [manager.id] });
    await conv(manager, OpType.add, { cid, m: [manager.id] });
    expect(codeOf(await conv(manager, OpType.remove, { cid, m: [member.id] }))).toBe(4320);
    expect(await rolesOf(owner, cid)).toEqual([]);
    await end();
  });

  it('are read over HTTP: what was given, and never the owner', async () => {
    const { owner, manager, member, cid, end } = await group();
    const [row, ...rest] = await rolesOf(member, cid);
    expect(rest).toEqual([]);
    expect(row).toEqual({
      objectId: expect.stringMatching(/^[0-9a-f]{24}$/),
      cid,
      clientId: manager.id,
      role: 'Manager',
    });
    await setRole(owner, cid, manager.id, 'Member');
    expect(await rolesOf(member, cid)).toMatchObject([{ objectId: row?.objectId, role: 'Member' }]);
    await end();
  });

  async function rolesOf(client: Named, cid: string): Promise<readonly Record<string, unknown>[]> {
    const { sessionMessage } = await client.request({
      cmd: CommandType.session,
      op: OpType.refresh,
      sessionMessage: {},
    });
    const url = new URL('/1.1/classes/_ConversationMemberInfo', parley.url);
    url.search = new URLSearchParams({ client_id: client.id, where: JSON.stringify({ cid }) }).toString();
    const response = await fetch(url, {
      headers: {
        'X-LC-Id': parley.appId,
        'X-LC-Key': parley.appKey,
        'X-LC-IM-Session-Token': sessionMessage?.st ?? '',
      },
    });
    const body = (await response.json()) as { results: readonly Record<string, unknown>[] };
    expect(Object.keys(body)).toEqual(['results']);
    return body.results;
  }
});

describe('managers', () => {
  it('[F-GRP-09] are 500 at most; one more is refused with 4322 until another is none', async () => {
    const own = await startParley({ store: 'memory' });
    const host = await TestClient.open(own, 'host');
    const cid = await startConversation(host, { transient: true });
    for (let n = 0; n < 500; n++) await setRole(host, cid, `manager-${n}`, 'Manager');
    const refused = await setRole(host, cid, 'one too many', 'Manager');
    expect(refused.errorMessage).toMatchObject({ code: 4322, reason: 'CONVERSATION_MEMBER_IN_ROLE_FULL' });
    expect((await setRole(host, cid, 'manager-7', 'Manager')).op).toBe(OpType.member_info_updated);
    await setRole(host, cid, 'manager-7', 'Member');
    expect((await setRole(host, cid, 'one too many', 'Manager')).op).toBe(OpType.member_info_updated);
    await host.close();
    await own.close();
  });
});

describe('silencing members', () => {
  it('[F-GRP-05][F-GRP-12][F-GRP-15] takes the word from them until it is given back, and they still hear everything', async () => {
    const { owner, manager, member, other, cid, end } = await group();
    const silenced = await shutup(manager, OpType.add_shutup, cid, [member.id, other.id]);
    expect(silenced).toMatchObject({
      op: OpType.shutup_added,
      convMessage: { cid, allowedPids: [member.id, other.id] },
    });
    expect(await told(member)).toEqual([
      { op: OpType.shutuped, m: [], initBy: manager.id },
      { op: OpType.members_shutuped, m: [member.id, other.id], initBy: manager.id },
    ]);
    expect(await ops(owner)).toEqual([OpType.members_shutuped]);
    expect(await ops(manager)).toEqual([OpType.members_shutuped]);
    const refused = await say(member, cid, 'may I?');
    expect(refused.ackMessage).toMatchObject({ code: 4563, reason: 'SILIENCED' });
    await say(owner, cid, 'quiet please');
    expect((await member.push(CommandType.direct)).directMessage?.msg).toBe('quiet please');
    await shutup(manager, OpType.add_shutup, cid, [member.id]);
    expect(await ops(owner)).toEqual([]);
    await shutup(owner, OpType.remove_shutup, cid, [member.id, 'nobody']);
    expect(await ops(member)).toEqual([OpType.unshutuped, OpType.members_unshutuped]);
    expect((await say(member, cid, 'thank you')).ackMessage?.code).toBeUndefined();
    expect(await history(owner, cid)).toEqual(['quiet please', 'thank you']);
    await end();
  });

  it('[F-GRP-12][F-GRP-16] leaves no other way to speak: no edit, and no last will; taking back stays allowed', async () => {
    for (const [keepOut, code] of [
      [({ owner, member, cid }: Group) => shutup(owner, OpType.add_shutup, cid, [member.id]), 4563],
      [
        ({ owner, member, cid }: Group) =>
          blacklist(owner, OpType.block, { srcCid: cid, toPids: [member.id] }),
        4548,
      ],
    ] as const) {
      const all = await group();
      const { owner, member, cid } = all;
      const { uid: mid = '', t: timestamp = 0 } = (await say(member, cid, 'as it was')).ackMessage ?? {};
      await say(member, cid, 'my last word', { will: true });
      await keepOut(all);
      const patch = (recall: boolean) =>
        member.request({
          cmd: CommandType.patch,
          op: OpType.modify,
          patchMessage: { patches: [{ cid, mid, timestamp, recall, data: 'a way around' }] },
        });
      expect((await patch(false)).errorMessage?.code).toBe(code);
      expect(await history(owner, cid)).toEqual(['as it was']);
      expect((await patch(true)).op).toBe(OpType.modified);
      const name = member.id;
      await member.terminate();
      await until(async () => !(await isOnline(owner, name)));
      await owner.settled();
      const heard = owner.inbox.filter(({ cmd }) => cmd === CommandType.direct);
      expect(heard.map(({ directMessage }) => directMessage?.msg)).toEqual(['as it was']);
      await all.end();
    }
  });

  it.each([
    ['a member may not', 'member', 'other', 4320],
    ['a manager may not act on the owner', 'manager', 'owner', 4320],
    ['a manager may not act on itself', 'manager', 'manager', 4320],
  ] as const)('[F-GRP-09] %s', async (_rule, actor, target, code) => {
    const all = await group();
    expect(codeOf(await shutup(all[actor], OpType.add_shutup, all.cid, [all[target].id]))).toBe(code);
    expect(await ops(all.other)).toEqual([]);
    await all.end();
  });

  it('succeeds in part', async () => {
    const { owner, manager, member, cid, end } = await group();
    const reply = await shutup(manager, OpType.add_shutup, cid, [owner.id, member.id, 'stranger']);
    expect(reply.convMessage?.allowedPids).toEqual([member.id]);
    expect(reply.convMessage?.failedPids?.map(({ code, pids }) => [code, pids])).toEqual([
      [4320, [owner.id]],
      [4317, ['stranger']],
    ]);
    await end();
  });

  it('[F-GRP-13] has room for 500, and says who did not fit', async () => {
    const [host, guest] = [await login('host'), await login('guest')];
    // A chat room knows no members, so anybody may be silenced in it.
    const cid = await startConversation(host, { transient: true });
    const fill = Array.from({ length: 499 }, (_, n) => `quiet-${n}`);
    await shutup(host, OpType.add_shutup, cid, fill);
    const last = await shutup(host, OpType.add_shutup, cid, [guest.id, 'one-too-many']);
    expect(last.convMessage?.allowedPids).toEqual([guest.id]);
    expect(last.convMessage?.failedPids?.[0]).toMatchObject({ code: 4561, pids: ['one-too-many'] });
    expect(await ops(guest)).toEqual([OpType.shutuped]);
    expect((await say(guest, cid, 'may I?')).ackMessage?.code).toBe(4563);
    await Promise.all([host.close(), guest.close()]);
  });

  it('[F-GRP-19] is listed in pages that Java counts and others carry along, and checked one by one', async () => {
    const { owner, member, cid, end } = await group();
    const many = Array.from({ length: 25 }, (_, n) => `quiet-${n}`);
    await conv(owner, OpType.add, { cid, m: many });
    await shutup(owner, OpType.add_shutup, cid, many);
    const seen: string[] = [];
    let next: string | undefined = '0';
    const sizes: number[] = [];
    do {
      const { convMessage }: GenericCommand = await shutup(member, OpType.query_shutup, cid, [], {
        limit: 10,
        next,
      });
      seen.push(...(convMessage?.m ?? []));
      sizes.push(convMessage?.m?.length ?? 0);
      next = convMessage?.next;
    } while (next !== undefined);
    expect([seen, sizes]).toEqual([many, [10, 10, 5]]);
    const first = await shutup(member, OpType.query_shutup, cid, []);
    expect([first.convMessage?.m?.length, first.convMessage?.next]).toEqual([10, '10']);
    const check = async (id: string) =>
      (await shutup(member, OpType.check_shutup, cid, [id])).convMessage?.m ?? [];
    expect([await check('quiet-3'), await check('loud')]).toEqual([['quiet-3'], []]);
    await end();
  });
});

describe('blocking clients', () => {
  afterEach(() => parley.apps.changeSettings(parley.appId, { blacklist: null }));

  it('[F-GRP-16] closes the history of a chat room to them, which everybody else may read', async () => {
    const [host, guest, outsider] = [await login('host'), await login('guest'), await login('outsider')];
    const cid = await startConversation(host, { transient: true });
    await say(host, cid, 'not for everybody');
    await blacklist(host, OpType.block, { srcCid: cid, toPids: [guest.id] });
    const read = (client: TestClient) => client.request({ cmd: CommandType.logs, logsMessage: { cid } });
    expect((await read(guest)).errorMessage?.code).toBe(4312);
    expect((await read(outsider)).logsMessage?.logs).toHaveLength(1);
    await blacklist(host, OpType.unblock, { srcCid: cid, toPids: [guest.id] });
    expect((await read(guest)).logsMessage?.logs).toHaveLength(1);
    await Promise.all([host, guest, outsider].map((client) => client.close()));
  });

  it('[F-GRP-04][F-GRP-16][F-GRP-17] puts them out and keeps them out, and tells each what concerns it', async () => {
    const { owner, manager, member, other, cid, end } = await group();
    const reply = await blacklist(manager, OpType.block, {
      srcCid: cid,
      toPids: [member.id, 'never-was-in'],
    });
    expect(reply).toMatchObject({
      cmd: CommandType.blacklist,
      op: OpType.blocked,
      blacklistMessage: { srcCid: cid, allowedPids: [member.id, 'never-was-in'] },
    });
    expect(await told(member)).toEqual([
      { op: OpType.blocked, m: [], initBy: manager.id },
      { op: OpType.left, m: [], initBy: manager.id },
    ]);
    for (const person of [owner, manager, other]) {
      expect(await told(person)).toEqual([
        { op: OpType.members_blocked, m: [member.id, 'never-was-in'], initBy: manager.id },
        { op: OpType.members_left, m: [member.id], initBy: manager.id },
      ]);
    }
    expect(codeOf(await conv(member, OpType.add, { cid, m: [member.id] }))).toBe(4548);
    expect(codeOf(await conv(other, OpType.add, { cid, m: [member.id, 'welcome'] }))).toBe(4548);
    expect((await say(member, cid, 'let me in')).ackMessage?.code).toBe(4401);
    const [found] = await query(owner, where({ objectId: cid }));
    expect(found?.m).toEqual([owner.id, manager.id, other.id, 'welcome']);
    await end();
  });

  it('[F-GRP-16] is undone without bringing anybody back', async () => {
    const { owner, member, other, cid, end } = await group();
    await blacklist(owner, OpType.block, { srcCid: cid, toPids: [member.id] });
    await Promise.all([told(member), told(other)]);
    const undone = await blacklist(owner, OpType.unblock, { srcCid: cid, toPids: [member.id] });
    expect(undone).toMatchObject({ op: OpType.unblocked, blacklistMessage: { allowedPids: [member.id] } });
    expect(await ops(member)).toEqual([OpType.unblocked]);
    expect(await ops(other)).toEqual([OpType.members_unblocked]);
    expect((await say(member, cid, 'hello?')).ackMessage?.code).toBe(4401);
    expect((await conv(member, OpType.add, { cid, m: [member.id] })).op).toBe(OpType.added);
    await end();
  });

  it.each([
    ['a member may not', 'member', 'other', 4320],
    ['nobody blocks the owner', 'manager', 'owner', 4320],
    ['nobody blocks itself', 'owner', 'owner', 4320],
  ] as const)('[F-GRP-09] %s', async (_rule, actor, target, code) => {
    const all = await group();
    expect(
      codeOf(await blacklist(all[actor], OpType.block, { srcCid: all.cid, toPids: [all[target].id] })),
    ).toBe(code);
    await all.end();
  });

  it('[F-GRP-18][F-GRP-19] is listed for members only, in pages, and refused where the app has no blacklists', async () => {
    const [{ owner, member, cid, end }, stranger] = [await group(), await login('stranger')];
    const many = Array.from({ length: 12 }, (_, n) => `blocked-${n}`);
    await blacklist(owner, OpType.block, { srcCid: cid, toPids: many });
    const first = await blacklist(member, OpType.query, { srcCid: cid, limit: 11 });
    expect([first.op, first.blacklistMessage?.blockedPids?.length, first.blacklistMessage?.next]).toEqual([
      OpType.query_result,
      11,
      '11',
    ]);
    const rest = await blacklist(member, OpType.query, { srcCid: cid, limit: 11, next: '11' });
    expect([rest.blacklistMessage?.blockedPids, rest.blacklistMessage?.next]).toEqual([
      ['blocked-11'],
      undefined,
    ]);
    const checked = await blacklist(member, OpType.check_block, { srcCid: cid, toPids: ['blocked-1', 'x'] });
    expect(checked).toMatchObject({
      op: OpType.check_result,
      blacklistMessage: { blockedPids: ['blocked-1'] },
    });
    expect(codeOf(await blacklist(stranger, OpType.query, { srcCid: cid }))).toBe(4317);
    await parley.apps.changeSettings(parley.appId, { blacklist: false });
    expect(codeOf(await blacklist(owner, OpType.block, { srcCid: cid, toPids: ['x'] }))).toBe(4544);
    expect(codeOf(await blacklist(owner, OpType.query, { srcCid: cid }))).toBe(4544);
    await Promise.all([end(), stranger.close()]);
  });

  it('[F-GRP-18] has room for 500 in a group, and says who did not fit', async () => {
    const { owner, cid, end } = await group();
    const fill = Array.from({ length: 499 }, (_, n) => `blocked-${n}`);
    await blacklist(owner, OpType.block, { srcCid: cid, toPids: fill });
    const last = await blacklist(owner, OpType.block, { srcCid: cid, toPids: ['fits', 'does-not'] });
    expect(last.blacklistMessage?.allowedPids).toEqual(['fits']);
    expect(last.blacklistMessage?.failedPids?.[0]).toMatchObject({ code: 4543, pids: ['does-not'] });
    await end();
  });

  it.each(['chat-room', 'service'] as const)('[F-GRP-18] has room for 10,000 in a %s', async (kind) => {
    const host = await login('host');
    const { world } = parley.app.core;
    const app = parley.apps.find(parley.appId);
    if (app === undefined) throw new Error('There is no app.');
    const cid =
      kind === 'service'
        ? (await createService(world, { app }, { name: 'desk' })).id
        : await startConversation(host, { transient: true });
    const block = (clients: readonly string[]) => blockClients(world, { app }, cid, clients);
    const fill = Array.from({ length: 9_999 }, (_, n) => `blocked-${n}`);
    expect((await block(fill)).refused).toEqual([]);
    const { succeeded, refused } = await block(['fits', 'does-not']);
    expect(succeeded).toEqual(['fits']);
    expect(refused).toMatchObject([{ reason: 'BLACKLIST_FULL', clients: ['does-not'] }]);
    expect(errorTable.BLACKLIST_FULL.code).toBe(4543);
    await host.close();
  });

  it('[F-GRP-04][F-SEC-05] keeps clients out of a chat room at once', async () => {
    const [host, guest] = [await login('host'), await login('guest')];
    const cid = await startConversation(host, { transient: true });
    await conv(guest, OpType.add, { cid, m: [guest.id] });
    await blacklist(host, OpType.block, { srcCid: cid, toPids: [guest.id] });
    const left = await guest.push(CommandType.conv, OpType.left);
    expect(left.convMessage).toMatchObject({ cid, initBy: host.id, udate: expect.stringMatching(/Z$/) });
    expect(await ops(guest)).toEqual([OpType.blocked]);
    expect((await conv(host, OpType.count, { cid })).convMessage?.count).toBe(1);
    expect((await say(guest, cid, 'still here')).ackMessage?.code).toBe(4548);
    expect(codeOf(await conv(guest, OpType.add, { cid, m: [guest.id] }))).toBe(4548);
    await Promise.all([host.close(), guest.close()]);
  });

  it('[F-GRP-04][F-GRP-16] shows the lists of a chat room to who is in it, and to who moderates it', async () => {
    const [host, guest] = [await login('host'), await login('guest')];
    const cid = await startConversation(host, { transient: true });
    const ask = async (client: TestClient) => [
      codeOf(await blacklist(client, OpType.query, { srcCid: cid })),
      codeOf(await blacklist(client, OpType.check_block, { srcCid: cid, toPids: [guest.id] })),
      codeOf(await conv(client, OpType.query_shutup, { cid })),
      codeOf(await conv(client, OpType.check_shutup, { cid, m: [guest.id] })),
    ];
    expect(await ask(guest)).toEqual([4317, 4317, 4317, 4317]);
    await conv(guest, OpType.add, { cid, m: [guest.id] });
    expect(await ask(guest)).toEqual([undefined, undefined, undefined, undefined]);
    await conv(host, OpType.remove, { cid, m: [host.id] });
    expect(await ask(host)).toEqual([undefined, undefined, undefined, undefined]);
    await Promise.all([host.close(), guest.close()]);
  });

  it('[F-GRP-04][F-ROOM-11] does not let back into a chat room who was blocked while away', async () => {
    const host = await login('host');
    const cid = await startConversation(host, { transient: true });
    const count = async () => (await conv(host, OpType.count, { cid })).convMessage?.count;
    const back = async (blocked: boolean) => {
      const id = `guest-${++clients}`;
      const device = await TestClient.connect(parley.wsUrl);
      const { sessionMessage } = await device.login(parley.appId, id, { deviceId: id });
      await conv(device, OpType.add, { cid, m: [id] });
      await device.terminate();
      await until(async () => !(await isOnline(host, id)));
      if (blocked) await blacklist(host, OpType.block, { srcCid: cid, toPids: [id] });
      const session = { r: true, st: sessionMessage?.st ?? '', deviceId: id };
      return TestClient.open(parley, id, session);
    };
    const welcome = await back(false);
    expect(await count()).toBe(2);
    const unwelcome = await back(true);
    expect(await count()).toBe(2);
    await Promise.all([host, welcome, unwelcome].map((client) => client.close()));
  });
});

describe('what cannot be moderated', () => {
  it('is a temporary conversation', async () => {
    const tom = await login('Tom');
    const cid = await startConversation(tom, { m: ['Jerry'], tempConv: true });
    expect(codeOf(await setRole(tom, cid, 'Jerry', 'Manager'))).toBe(4307);
    expect(codeOf(await shutup(tom, OpType.add_shutup, cid, ['Jerry']))).toBe(4307);
    expect(codeOf(await blacklist(tom, OpType.block, { srcCid: cid, toPids: ['Jerry'] }))).toBe(4307);
    await tom.close();
  });

  it('loses and refuses none of many changes made at once', async () => {
    const { owner, cid, end } = await group();
    const many = Array.from({ length: 30 }, (_, n) => `many-${n}`);
    const devices = await Promise.all(many.map(() => TestClient.open(parley, owner.id)));
    const replies = await Promise.all(
      devices.map((device, n) => blacklist(device, OpType.block, { srcCid: cid, toPids: [`many-${n}`] })),
    );
    expect(replies.map(codeOf)).toEqual(many.map(() => undefined));
    const all = await blacklist(owner, OpType.query, { srcCid: cid, limit: 100 });
    expect([...(all.blacklistMessage?.blockedPids ?? [])].sort()).toEqual([...many].sort());
    await Promise.all([end(), ...devices.map((device) => device.close())]);
  });
});
