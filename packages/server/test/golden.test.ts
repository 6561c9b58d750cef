import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  iso,
  JAVA_BITS,
  JS_BITS,
  js,
  Line,
  messageId,
  moment,
  opened,
  pair,
  push,
  sent,
  token,
} from './script.ts';

/** The reference sequences of the protocol, frame by frame: nothing more may arrive, nothing else, in no other order. */

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

describe('the reference sequences', () => {
  it('[F-SESS-06][F-CONV-34][F-MSG-23][F-MSG-41][F-MSG-42] first login, create, send with receipt, read', async () => {
    const who = { tom: 'a1-Tom', jerry: 'a1-Jerry' };
    const { first: tom, second: jerry, cid } = await pair(parley, who.tom, who.jerry);

    jerry.says({
      cmd: CommandType.conv,
      op: OpType.query,
      i: 2,
      convMessage: { where: { data: JSON.stringify({ objectId: cid }) } },
    });
    const [results] = await jerry.hears({
      cmd: CommandType.conv,
      op: OpType.results,
      i: 2,
      peerId: who.jerry,
      convMessage: { results: { data: expect.any(String) } },
    });
    const [found, ...others] = JSON.parse(results?.convMessage?.results?.data ?? '[]');
    expect(others).toEqual([]);
    expect(found).toEqual({
      objectId: cid,
      name: 'T&J',
      c: who.tom,
      m: [who.tom, who.jerry],
      mu: [],
      createdAt: iso,
      updatedAt: iso,
      conv_type: 1,
      tr: false,
      sys: false,
      unique: true,
      uniqueId: token,
      muted: false,
    });

    const { uid, t } = await sent(tom, jerry, { ...who, cid }, { i: 3, msg: 'hello', r: true });
    jerry.says({ cmd: CommandType.ack, ackMessage: { cid, fromts: t, tots: t } });
    const receipt = { id: uid, cid, t: moment, from: who.jerry };
    const [delivered] = await tom.hears({ ...push(who.tom), cmd: CommandType.rcp, rcpMessage: receipt });
    expect(delivered?.rcpMessage?.t).toBeGreaterThanOrEqual(t);

    jerry.says({ cmd: CommandType.read, readMessage: { convs: [{ cid, mid: uid, timestamp: t }] } });
    const [unread] = await jerry.hears({
      ...push(who.jerry),
      cmd: CommandType.unread,
      unreadMessage: {
        convs: [
          {
            cid,
            unread: 0,
            mentioned: false,
            mid: uid,
            timestamp: t,
            from: who.tom,
            data: 'hello',
            convType: 1,
          },
        ],
        notifTime: moment,
      },
    });
    // The millisecond in which it was counted is not over for others.
    expect(unread?.unreadMessage?.notifTime).toBeGreaterThanOrEqual(t - 1);
    const [read] = await tom.hears({
      ...push(who.tom),
      cmd: CommandType.rcp,
      notificationType: 1,
      rcpMessage: { ...receipt, read: true },
    });
    expect(read?.rcpMessage?.t).toBeGreaterThanOrEqual(t);

    await Promise.all([tom.hearsNothingMore(), jerry.hearsNothingMore()]);
    for (const line of [tom, jerry]) line.close();
  });

  it('[F-SESS-13][F-SESS-29][F-SESS-35] network loss and reopening by token, as Java does', async () => {
    const who = { tom: 'a2-Tom', jerry: 'a2-Jerry' };
    const { first: tom, second: jerry, cid } = await pair(parley, who.tom, who.jerry);
    const known = await sent(tom, jerry, { ...who, cid }, { i: 3, msg: 'tpyo' });
    jerry.says({ cmd: CommandType.session, op: OpType.refresh, i: 3, peerId: who.jerry, sessionMessage: {} });
    const [refreshed] = await jerry.hears({
      cmd: CommandType.session,
      op: OpType.refreshed,
      i: 3,
      peerId: who.jerry,
      sessionMessage: { st: token, stTtl: 48 * 3600 },
    });
    jerry.says({
      cmd: CommandType.read,
      readMessage: { convs: [{ cid, mid: known.uid, timestamp: known.t }] },
    });
    const [summary] = await jerry.hears(expect.objectContaining({ cmd: CommandType.unread }));
    await jerry.lost();

    tom.says({
      cmd: CommandType.patch,
      op: OpType.modify,
      i: 4,
      patchMessage: { patches: [{ cid, mid: known.uid, timestamp: known.t, recall: false, data: 'typo' }] },
    });
    const [modified] = await tom.hears({
      cmd: CommandType.patch,
      op: OpType.modified,
      i: 4,
      peerId: who.tom,
      patchMessage: { lastPatchTime: moment },
    });
    tom.says({ cmd: CommandType.direct, i: 5, directMessage: { cid, msg: 'still there?', dt: 'token 5' } });
    const [ack] = await tom.hears({
      cmd: CommandType.ack,
      i: 5,
      peerId: who.tom,
      ackMessage: { uid: messageId, t: moment },
    });

    const back = await Line.open(parley.wsUrl);
    back.says({ cmd: CommandType.login, appId: parley.appId, installationId: 'installation' });
    await back.hears({ cmd: CommandType.loggedin, service: 0, installationId: 'installation' });
    back.says({
      cmd: CommandType.session,
      op: OpType.open,
      appId: parley.appId,
      peerId: who.jerry,
      sessionMessage: {
        ua: 'android/8',
        r: true,
        st: refreshed?.sessionMessage?.st,
        deviceId: 'B',
        lastUnreadNotifTime: summary?.unreadMessage?.notifTime,
        lastPatchTime: known.t,
        configBitmap: JAVA_BITS,
      },
    });
    await back.hears(
      {
        cmd: CommandType.session,
        op: OpType.opened,
        peerId: who.jerry,
        serverTs: moment,
        sessionMessage: { st: token, stTtl: 48 * 3600 },
      },
      {
        ...push(who.jerry),
        cmd: CommandType.patch,
        op: OpType.modify,
        patchMessage: {
          patches: [
            {
              cid,
              mid: known.uid,
              timestamp: known.t,
              from: who.tom,
              data: 'typo',
              patchTimestamp: modified?.patchMessage?.lastPatchTime,
            },
          ],
        },
      },
      {
        ...push(who.jerry),
        cmd: CommandType.unread,
        unreadMessage: {
          convs: [
            {
              cid,
              unread: 1,
              mentioned: false,
              mid: ack?.ackMessage?.uid,
              timestamp: ack?.ackMessage?.t,
              from: who.tom,
              data: 'still there?',
              convType: 1,
            },
          ],
          notifTime: moment,
        },
      },
    );
    await Promise.all([tom.hearsNothingMore(), back.hearsNothingMore()]);
    for (const line of [tom, back]) line.close();
  });

  it('[F-SESS-30] a token that is not in force is refused without i, and a login with signature follows', async () => {
    const peerId = 'a2-Spike';
    const line = await Line.open(parley.wsUrl);
    const open = { cmd: CommandType.session, op: OpType.open, appId: parley.appId, peerId };
    line.says({
      ...open,
      sessionMessage: { ua: 'android/8', r: true, st: 'no token', configBitmap: JAVA_BITS },
    });
    await line.hears({
      cmd: CommandType.error,
      peerId,
      errorMessage: { code: 4112, reason: 'SESSION_TOKEN_EXPIRED', detail: expect.any(String) },
    });
    line.says({ ...open, i: -65_530, sessionMessage: { ua: 'android/8', r: true, configBitmap: JAVA_BITS } });
    await line.hears({
      cmd: CommandType.session,
      op: OpType.opened,
      i: -65_530,
      peerId,
      serverTs: moment,
      sessionMessage: { st: token, stTtl: 48 * 3600 },
    });
    line.close();
  });

  it('[F-SESS-18][F-SESS-21] a conflict: the later login wins, and the earlier device may not come back by itself', async () => {
    const peerId = 'a3-Tom';
    const device = (deviceId: string) => ({
      ua: 'js',
      tag: 'Mobile',
      r: false,
      deviceId,
      configBitmap: JS_BITS,
    });
    const one = await opened(parley, peerId, device('A'));
    const two = await opened(parley, peerId, device('B'));
    await one.hears({
      ...push(peerId),
      cmd: CommandType.session,
      op: OpType.closed,
      sessionMessage: { code: 4111, reason: 'SESSION_CONFLICT', detail: expect.any(String) },
    });
    one.says({
      cmd: CommandType.session,
      op: OpType.open,
      i: 9,
      appId: parley.appId,
      peerId,
      sessionMessage: { ...device('A'), r: true },
    });
    await one.hears({
      cmd: CommandType.error,
      i: 9,
      peerId,
      errorMessage: { code: 4111, reason: 'SESSION_CONFLICT', detail: expect.any(String) },
    });
    await Promise.all([one.hearsNothingMore(), two.hearsNothingMore()]);
    for (const line of [one, two]) line.close();
  });

  it('[F-GRP-16][F-GRP-17] a member is blocked: it learns that and that it left, the others who', async () => {
    const who = { a: 'a4-A', b: 'a4-B', c: 'a4-C' };
    const { first: a, second: b, cid } = await pair(parley, who.a, who.b);
    const c = await opened(parley, who.c, js('C'));
    a.says({ cmd: CommandType.conv, op: OpType.add, i: 6, convMessage: { cid, m: [who.c] } });
    const about = { cid, initBy: who.a };
    const told = { cmd: CommandType.conv, notificationType: 1 };
    const joined = {
      ...told,
      op: OpType.members_joined,
      convMessage: { ...about, m: [who.c], udate: iso },
    };
    const [added] = await a.hears(
      {
        cmd: CommandType.conv,
        op: OpType.added,
        i: 6,
        peerId: who.a,
        convMessage: { cid, udate: iso, allowedPids: [who.c] },
      },
      { ...push(who.a), ...joined },
    );
    expect(added?.convMessage?.failedPids ?? []).toEqual([]);
    await b.hears({ ...push(who.b), ...joined });
    await c.hears(
      { ...push(who.c), ...told, op: OpType.joined, convMessage: { ...about, udate: iso } },
      { ...push(who.c), ...joined },
    );

    a.says({
      cmd: CommandType.blacklist,
      op: OpType.block,
      i: 7,
      blacklistMessage: { srcCid: cid, toPids: [who.b] },
    });
    const blocked = { ...told, op: OpType.members_blocked, convMessage: { ...about, m: [who.b] } };
    const left = { ...told, op: OpType.members_left, convMessage: { ...about, m: [who.b], udate: iso } };
    await a.hears(
      {
        cmd: CommandType.blacklist,
        op: OpType.blocked,
        i: 7,
        peerId: who.a,
        blacklistMessage: { srcCid: cid, allowedPids: [who.b] },
      },
      { ...push(who.a), ...blocked },
      { ...push(who.a), ...left },
    );
    await b.hears(
      { ...push(who.b), ...told, op: OpType.blocked, convMessage: about },
      { ...push(who.b), ...told, op: OpType.left, convMessage: { ...about, udate: iso } },
    );
    await c.hears({ ...push(who.c), ...blocked }, { ...push(who.c), ...left });
    await Promise.all([a.hearsNothingMore(), b.hearsNothingMore(), c.hearsNothingMore()]);
    for (const line of [a, b, c]) line.close();
  });

  it('[F-MSG-22][F-MSG-35][F-MSG-36][F-MSG-37] an edit and a recall', async () => {
    const who = { tom: 'a5-Tom', jerry: 'a5-Jerry' };
    const { first: tom, second: jerry, cid } = await pair(parley, who.tom, who.jerry);
    const { uid, t } = await sent(tom, jerry, { ...who, cid }, { i: 3, msg: '{"_lctype":-1,"_lctext":"a"}' });
    const data = '{"_lctype":-1,"_lctext":"b"}';
    const item = { cid, mid: uid, timestamp: t };
    const patched = (i: number) => ({
      cmd: CommandType.patch,
      op: OpType.modified,
      i,
      peerId: who.tom,
      patchMessage: { lastPatchTime: moment },
    });
    const told = (fields: object) => ({
      ...push(who.jerry),
      cmd: CommandType.patch,
      op: OpType.modify,
      patchMessage: { patches: [{ ...item, from: who.tom, ...fields }] },
    });

    tom.says({
      cmd: CommandType.patch,
      op: OpType.modify,
      i: 5,
      patchMessage: { patches: [{ ...item, data }] },
    });
    const [edited] = await tom.hears(patched(5));
    const editedAt = edited?.patchMessage?.lastPatchTime ?? 0;
    await jerry.hears(told({ data, patchTimestamp: editedAt }));

    tom.says({
      cmd: CommandType.patch,
      op: OpType.modify,
      i: 6,
      patchMessage: { patches: [{ ...item, recall: true }] },
    });
    const [recalled] = await tom.hears(patched(6));
    const recalledAt = recalled?.patchMessage?.lastPatchTime ?? 0;
    expect(recalledAt).toBeGreaterThan(editedAt);
    await jerry.hears(told({ recall: true, data: '{"_lctype":-127}', patchTimestamp: recalledAt }));

    await Promise.all([tom.hearsNothingMore(), jerry.hearsNothingMore()]);
    for (const line of [tom, jerry]) line.close();
  });
});
