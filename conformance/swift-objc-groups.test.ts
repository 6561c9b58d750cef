// Roles, blocking and muting as the suites of the Swift and Objective-C SDKs exercise them: which events each side
// gets, and how often.
import { CommandType, OpType } from '@parley/protocol';
import { expect, test } from 'vitest';
import type { AppleClient } from './src/apple.ts';
import { type AppleStage, appleSuite } from './src/apple-suite.ts';

appleSuite('running a group', (stage) => {
  test('[F-GRP-01][F-GRP-10][F-GRP-11] a member is promoted and demoted, everybody is told, and the table has one row', async () => {
    const { owner, member, other, cid } = await group(stage);
    expect(await roles(stage, owner, cid)).toEqual([]);
    for (const role of ['Manager', 'Member']) {
      await owner.conv(OpType.member_info_update, {
        cid,
        targetClientId: member.id,
        info: { pid: member.id, role },
      });
      for (const client of [owner, member, other]) {
        const [changed] = await client.told(OpType.member_info_changed);
        expect(changed).toMatchObject({ cid, initBy: owner.id, info: { pid: member.id, role } });
      }
      const table = await roles(stage, owner, cid);
      expect(table.length).toBeLessThanOrEqual(1);
      if (role === 'Manager') expect(table).toMatchObject([{ cid, clientId: member.id, role }]);
      for (const row of table) expect(row).toMatchObject({ clientId: member.id, role });
    }
    const promotion = (targetClientId: string, role: string) => ({
      cid,
      targetClientId,
      info: { pid: targetClientId, role },
    });
    expect(await owner.refusal(OpType.member_info_update, promotion(member.id, 'Owner'))).toBe(5130);
    expect(await member.refusal(OpType.member_info_update, promotion(other.id, 'Manager'))).toBe(4320);
  });

  test('[F-GRP-04][F-GRP-16][F-GRP-17] blocking tells each side once, and unblocking lets nobody in by itself', async () => {
    const { owner, member, other, cid } = await group(stage);
    const toPids = [member.id, other.id];
    const blocked = await blacklist(owner, OpType.block, OpType.blocked, { srcCid: cid, toPids });
    expect(blocked).toMatchObject({ srcCid: cid, allowedPids: toPids });
    expect(blocked.failedPids ?? []).toEqual([]);
    for (const client of [member, other]) {
      const [told, left] = await client.told(OpType.blocked, OpType.left);
      expect([told, left]).toMatchObject([
        { cid, initBy: owner.id },
        { cid, initBy: owner.id },
      ]);
    }
    const [membersBlocked, membersLeft] = await owner.told(OpType.members_blocked, OpType.members_left);
    for (const event of [membersBlocked, membersLeft]) {
      expect(event).toMatchObject({ cid, initBy: owner.id });
      expect(event?.m?.toSorted()).toEqual(toPids.toSorted());
    }
    expect(await member.refusal(OpType.add, { cid, m: [member.id] })).toBe(4548);
    expect(await refusedIds(owner, cid, member)).toEqual([{ code: 4548, pids: [member.id] }]);

    const unblocked = await blacklist(owner, OpType.unblock, OpType.unblocked, { srcCid: cid, toPids });
    expect(unblocked).toMatchObject({ srcCid: cid, allowedPids: toPids });
    for (const client of [member, other]) {
      expect(await client.told(OpType.unblocked)).toMatchObject([{ cid, initBy: owner.id }]);
    }
    const [membersUnblocked] = await owner.told(OpType.members_unblocked);
    expect(membersUnblocked?.m?.toSorted()).toEqual(toPids.toSorted());
    expect(await owner.conv(OpType.count, { cid })).toMatchObject({ count: 1 });
    expect(await member.conv(OpType.add, { cid, m: [member.id] })).toMatchObject({
      allowedPids: [member.id],
    });
  });

  test('[F-GRP-19] the blocked are listed one to a page, without a token on the last, and checked one by one', async () => {
    const { owner, member, other, cid } = await group(stage);
    const toPids = [member.id, other.id];
    await blacklist(owner, OpType.block, OpType.blocked, { srcCid: cid, toPids });
    const list = (next?: string) =>
      blacklist(owner, OpType.query, OpType.query_result, {
        srcCid: cid,
        limit: 1,
        ...(next !== undefined && { next }),
      });
    const first = await list();
    expect(first).toMatchObject({ srcCid: cid, next: expect.stringMatching(/./) });
    const second = await list(first.next);
    expect(second.next).toBeUndefined();
    expect([...(first.blockedPids ?? []), ...(second.blockedPids ?? [])].toSorted()).toEqual(
      toPids.toSorted(),
    );
    const check = async (id: string) =>
      (await blacklist(owner, OpType.check_block, OpType.check_result, { srcCid: cid, toPids: [id] }))
        .blockedPids ?? [];
    expect(await check(member.id)).toEqual([member.id]);
    expect(await check(owner.id)).toEqual([]);
  });

  test('[F-GRP-05][F-GRP-12][F-GRP-15] muting and unmuting tell each side once', async () => {
    const { owner, member, other, cid } = await group(stage);
    const m = [member.id, other.id];
    const turns = [
      [OpType.add_shutup, OpType.shutuped, OpType.members_shutuped],
      [OpType.remove_shutup, OpType.unshutuped, OpType.members_unshutuped],
    ] as const;
    for (const [op, toTarget, toMembers] of turns) {
      const reply = await owner.conv(op, { cid, m });
      expect(reply).toMatchObject({ cid, allowedPids: m });
      expect(reply.failedPids ?? []).toEqual([]);
      for (const client of [member, other]) {
        const [self, all] = await client.told(toTarget, toMembers);
        expect(self).toMatchObject({ cid, initBy: owner.id });
        expect(all).toMatchObject({ cid, initBy: owner.id });
        expect(all?.m?.toSorted()).toEqual(m.toSorted());
      }
      const [all] = await owner.told(toMembers);
      expect(all?.m?.toSorted()).toEqual(m.toSorted());
      const ack = await member.send(cid, { msg: 'may I?' });
      expect(ack.code).toBe(op === OpType.add_shutup ? 4563 : undefined);
      // A message that was refused has an id and a time all the same.
      expect(ack).toMatchObject({ uid: expect.stringMatching(/./), t: expect.any(Number) });
    }
  });

  test('[F-GRP-19] the muted are listed one to a page, without a token on the last, and checked one by one', async () => {
    const { owner, member, other, cid } = await group(stage);
    const m = [member.id, other.id];
    await owner.conv(OpType.add_shutup, { cid, m });
    const first = await owner.conv(OpType.query_shutup, { cid, limit: 1 });
    expect(first.next).toMatch(/./);
    const second = await owner.conv(OpType.query_shutup, {
      cid,
      limit: 1,
      ...(first.next !== undefined && { next: first.next }),
    });
    expect(second.next).toBeUndefined();
    expect([...(first.m ?? []), ...(second.m ?? [])].toSorted()).toEqual(m.toSorted());
    const check = async (id: string) => (await owner.conv(OpType.check_shutup, { cid, m: [id] })).m ?? [];
    expect(await check(member.id)).toEqual([member.id]);
    expect(await check(owner.id)).toEqual([]);
  });
});

/** Three members, each of whom has been told that the group is there. */
async function group(stage: AppleStage) {
  const [owner, member, other] = await stage.logins('owner', 'member', 'other');
  const cid = await owner.start([member, other]);
  for (const client of [owner, member, other]) await client.told(OpType.joined, OpType.members_joined);
  return { owner, member, other, cid };
}

async function blacklist(
  client: AppleClient,
  op: OpType,
  answer: OpType,
  fields: { srcCid: string; toPids?: string[]; limit?: number; next?: string },
) {
  const reply = await client.request({ cmd: CommandType.blacklist, op, blacklistMessage: fields });
  expect([reply.cmd, reply.op]).toEqual([CommandType.blacklist, answer]);
  return reply.blacklistMessage ?? {};
}

/** How an invitation fails that fails for everybody: as a refusal or as a list of the refused. */
async function refusedIds(by: AppleClient, cid: string, whom: AppleClient) {
  const { errorMessage, convMessage } = await by.request({
    cmd: CommandType.conv,
    op: OpType.add,
    convMessage: { cid, m: [whom.id] },
  });
  const failures = convMessage?.failedPids ?? [{ code: errorMessage?.code, pids: [whom.id] }];
  return failures.map(({ code, pids }) => ({ code, pids }));
}

/** The table of roles, asked over HTTP with the token of the session. */
async function roles({ target }: AppleStage, client: AppleClient, cid: string) {
  const url = new URL('/1.1/classes/_ConversationMemberInfo', target.url);
  url.search = new URLSearchParams({ client_id: client.id, where: JSON.stringify({ cid }) }).toString();
  const headers = {
    'X-LC-Id': target.appId,
    'X-LC-Key': target.appKey,
    'X-LC-IM-Session-Token': client.token,
  };
  const response = await fetch(url, { headers });
  const { results } = (await response.json()) as { results: Record<string, unknown>[] };
  return results;
}
