import { OpType } from '@parley/protocol';
import { FakeClock, openMemoryStore, type Parley, startParley, TestClient } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conv, history, query, say, startConversation, where } from './flow.ts';

const DAY = 24 * 3600 * 1000;
const MINUTE = 60_000;

let parley: Parley;
let clock: FakeClock;

beforeEach(async () => {
  clock = new FakeClock();
  parley = await startParley({ clock, limits: { readTimeoutMs: 2 ** 40, loginTimeoutMs: 2 ** 40 } });
});
afterEach(() => parley.close());

/** Lets days pass, and the jobs do what is due by then. */
async function pass(days: number, until: () => Promise<boolean>): Promise<void> {
  clock.skip(days * DAY);
  await expect
    .poll(async () => {
      clock.advance(MINUTE);
      return until();
    })
    .toBe(true);
}

const exists = async (client: TestClient, cid: string) =>
  (await query(client, where({ objectId: cid }))).length > 0;

describe('the lifespan', () => {
  it('[F-CONV-25][F-CONV-27][F-CONV-28] of a conversation ends after six months of silence, with its messages', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const silent = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, silent, 'the only word');
    const kept = await startConversation(tom, { m: ['Spike'] });
    await pass(170, async () => true);
    await say(tom, kept, 'still here');
    await pass(11, async () => !(await exists(tom, silent)));
    expect(await exists(tom, kept)).toBe(true);
    const refused = await say(tom, silent, 'too late');
    expect(refused.ackMessage).toMatchObject({ code: 4401, reason: 'INVALID_MESSAGING_TARGET' });
    await tom.close();
  });

  it('[F-CONV-25][F-CONV-29] of a conversation that is only changed, never spoken in, goes on', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const changed = await startConversation(tom, { m: ['Jerry'] });
    const silent = await startConversation(tom, { m: ['Spike'] });
    for (const round of [1, 2, 3]) {
      await conv(tom, OpType.update, {
        cid: changed,
        attr: { data: JSON.stringify({ name: `round ${round}` }) },
      });
      await pass(100, async () => true);
    }
    await pass(1, async () => !(await exists(tom, silent)));
    expect(await exists(tom, changed)).toBe(true);
    await tom.close();
  });

  it('[F-CONV-26] of a conversation is not prolonged by reading it', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'read me');
    for (let month = 0; month < 5; month++) {
      await pass(30, async () => true);
      expect(await history(tom, cid)).toEqual(['read me']);
    }
    await pass(31, async () => !(await exists(tom, cid)));
    await tom.close();
  });

  it('[F-MSG-25] of a message ends alone where its conversation lives on, and counts stay right', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'old');
    await pass(100, async () => true);
    await say(tom, cid, 'young');
    await pass(81, async () => (await history(tom, cid)).length === 1);
    expect(await history(tom, cid)).toEqual(['young']);
    const jerry = await TestClient.open(parley, 'Jerry', { lastUnreadNotifTime: 0 });
    const unread = await jerry.next(
      (command) => command.unreadMessage !== undefined && command.unreadMessage !== null,
    );
    expect(unread.unreadMessage?.convs?.[0]).toMatchObject({ cid, unread: 1 });
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('[F-MSG-25] is a setting of the app that counts from now on', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await say(tom, cid, 'short-lived');
    await parley.apps.changeSettings(parley.appId, { messageRetentionDays: 2 });
    await pass(3, async () => (await history(tom, cid)).length === 0);
    expect(await exists(tom, cid)).toBe(true);
    await tom.close();
  });

  it('[F-MSG-07] of a send token is a day: a repeat after that is a message of its own', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    const first = await say(tom, cid, 'once', { dt: 'a-token' });
    const again = await say(tom, cid, 'once', { dt: 'a-token' });
    expect(again.ackMessage?.uid).toBe(first.ackMessage?.uid);
    await pass(2, async () => {
      const late = await say(tom, cid, 'once', { dt: 'a-token' });
      return late.ackMessage?.uid !== first.ackMessage?.uid;
    });
    await tom.close();
  });

  it('deletes in batches, and traffic goes on between them', async () => {
    const tom = await TestClient.open(parley, 'Tom');
    const cid = await startConversation(tom, { m: ['Jerry'] });
    await Promise.all(Array.from({ length: 1300 }, (_, n) => say(tom, cid, String(n))));
    await pass(179, async () => true);
    await say(tom, cid, 'kept');
    const sizes = new Set<number>();
    await pass(2, async () => {
      const left = (await history(tom, cid)).length;
      sizes.add(left);
      return left === 1;
    });
    expect(await history(tom, cid)).toEqual(['kept']);
    expect(sizes.size).toBeGreaterThan(1);
    await tom.close();
  });

  it('[F-SEC-16] of an entry in the audit log is as many days as the app says', async () => {
    const entries = async () => {
      const app = parley.apps.find(parley.appId)?.key ?? 0;
      const kept = await parley.store.audit.list({ app, limit: 100 });
      return kept.map(({ action }) => action);
    };
    await parley.apps.changeSettings(parley.appId, { auditRetentionDays: 30 });
    await pass(29, async () => true);
    await parley.apps.changeKeys(parley.appId, { appKey: 'another-app-key' });
    await pass(2, async () => (await entries()).length === 1);
    expect(await entries()).toEqual(['app.rotate-key']);
  });

  it('[F-SESS-21] of what is known about tags ends where there is too much of it, the oldest first, in batches', async () => {
    const asked: string[] = [];
    const { tagHolders, ...store } = await openMemoryStore();
    const crowded = await startParley({
      clock,
      store: {
        ...store,
        tagHolders: {
          ...tagHolders,
          async forgetOldest(kept, limit) {
            asked.push(`${kept} ${limit}`);
            return asked.length < 3 ? limit : 0;
          },
        },
      },
    });
    clock.advance(MINUTE);
    // The pause between two batches; a minute of them would be another round.
    const next = () => {
      clock.advance(50);
      return asked.length;
    };
    await expect.poll(next, { timeout: 20_000 }).toBe(3);
    expect(asked).toEqual(Array(3).fill('200000 200'));
    await crowded.close();
  });
});
