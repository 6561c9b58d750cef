import { decodeCommand } from '@parley/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../domain/message/message.ts';
import type { UnreadState } from '../domain/ports/member-states.ts';
import { directPush } from '../pushes/direct.ts';
import { patchPush } from '../pushes/patch.ts';
import type { Push } from '../pushes/push.ts';
import { unreadPushes } from '../pushes/unread.ts';
import type { Connection } from './connection.ts';
import { Session } from './session.ts';

const conversations = [1, 2].map((key) => ({ key, id: `conversation ${key}`, kind: 'basic' as const }));

const fromTom = {
  sender: 'Tom',
  body: 'as sent',
  receipt: false,
  mentions: [],
  mentionAll: false,
  recalled: false,
};

/** One commit, in the order of all commits: a message of somebody else, an edit of the newest message, or a read. */
interface Commit {
  readonly what: 'message' | 'edit' | 'read';
  /** Which of the conversations. */
  readonly where: number;
}

/** What the server has after some of the commits. */
class Truth {
  readonly counts = [0, 0];
  readonly newest: (StoredMessage | undefined)[] = [undefined, undefined];
  /** Content by message id. */
  readonly bodies = new Map<string, string>();
  #commits = 0;

  /** The push that tells of a commit; none where there was nothing to edit. */
  commit({
    what,
    where,
  }: Commit): { readonly push: Push; readonly message?: { id: string; timestamp: number } } | undefined {
    const at = ++this.#commits;
    const conversation = conversations[where];
    if (conversation === undefined) return undefined;
    if (what === 'message') {
      const message = {
        ...fromTom,
        conversation: conversation.key,
        id: `message ${at}`,
        seq: at,
        timestamp: at,
      };
      this.newest[where] = message;
      this.counts[where] = (this.counts[where] ?? 0) + 1;
      this.bodies.set(message.id, fromTom.body);
      return { push: directPush(conversation, message, {}), message };
    }
    if (what === 'read') {
      this.counts[where] = 0;
      const [push] = unreadPushes([this.state(where)], at);
      return push && { push };
    }
    const edited = this.newest[where];
    if (edited === undefined) return undefined;
    this.bodies.set(edited.id, `edit ${at}`);
    return { push: patchPush(at, conversation.id, { ...edited, body: `edit ${at}`, patchedAt: at }) };
  }

  state(where: number): UnreadState {
    const conversation = conversations[where] ?? { key: 0, id: '', kind: 'basic' };
    const newest = this.newest[where];
    return {
      conversation,
      count: this.counts[where] ?? 0,
      mentioned: false,
      ...(newest !== undefined && { lastMessage: newest }),
    };
  }
}

/** A client that keeps counts and contents as SDKs do. */
class Client implements Pick<Connection, 'send'> {
  readonly counts = new Map<string, number>();
  readonly bodies = new Map<string, string>();
  readonly received: string[] = [];
  /** Java keeps the last one for years, so it never goes back. */
  readonly notified: number[] = [];

  send(head: Uint8Array, body: Uint8Array): void {
    const { directMessage, unreadMessage, patchMessage } = decodeCommand(Buffer.concat([head, body]));
    for (const { cid = '', unread = 0 } of unreadMessage?.convs ?? []) this.counts.set(cid, unread);
    if (unreadMessage?.notifTime !== undefined) this.notified.push(unreadMessage.notifTime);
    for (const { mid = '', data = '' } of patchMessage?.patches ?? []) this.bodies.set(mid, data);
    if (directMessage === undefined) return;
    const { id = '', cid = '', msg = '' } = directMessage;
    this.received.push(id);
    this.bodies.set(id, msg);
    this.counts.set(cid, (this.counts.get(cid) ?? 0) + 1);
  }
}

function sessionOf(client: Client): Session {
  const connection = {
    id: 'connection',
    remoteAddress: '127.0.0.1',
    origin: undefined,
    offlineMode: 'unread' as const,
    send: (head: Uint8Array, body: Uint8Array) => client.send(head, body),
    loggedIn: () => {},
    close: () => {},
  };
  const identity = { id: 'session', app: 1, client: 'Jerry', device: 'phone', tag: undefined, features: 0 };
  return new Session(identity, connection);
}

const commits = fc.array(
  fc.record<Commit>({
    what: fc.constantFrom('message', 'message', 'edit', 'read'),
    where: fc.nat({ max: 1 }),
  }),
  { maxLength: 12 },
);

describe('a session that catches up while commits go on', () => {
  it('[F-SESS-13][F-SESS-25][F-MSG-44] ends with the counts and contents the server has, and has each message once', () => {
    fc.assert(
      fc.property(commits, commits, commits, commits, (before, untilSummary, untilRelease, after) => {
        const [truth, client] = [new Truth(), new Client()];
        const session = sessionOf(client);
        for (const commit of before) truth.commit(commit);
        session.hold();
        const told: string[] = [];
        const tell = (commit: Commit) => {
          const news = truth.commit(commit);
          if (news === undefined) return;
          const key = conversations[commit.where]?.key ?? 0;
          session.pushInSequence(news.push, 'required', {
            conversation: key,
            ...(news.message !== undefined && { message: news.message }),
          });
          if (news.message !== undefined) told.push(news.message.id);
        };
        untilSummary.forEach(tell);
        const summary = [0, 1].map((where) => truth.state(where)).filter(({ count }) => count > 0);
        untilRelease.forEach(tell);
        session.release(summary, () => {
          // The time of a summary is taken before it is read: it must not claim more than it has.
          for (const push of unreadPushes(summary, before.length)) session.push(push);
        });
        after.forEach(tell);

        expect(client.received.toSorted()).toEqual(told.toSorted());
        for (const [where, { id }] of conversations.entries()) {
          expect(client.counts.get(id) ?? 0).toBe(truth.counts[where]);
        }
        expect(client.notified).toEqual(client.notified.toSorted((a, b) => a - b));
        for (const id of told) expect(client.bodies.get(id)).toBe(truth.bodies.get(id));
      }),
      { numRuns: 2000 },
    );
  });

  it('[F-MSG-48] is sent each message once where missed ones are replayed', () => {
    fc.assert(
      fc.property(commits, commits, commits, (untilReplay, untilRelease, after) => {
        const [truth, client] = [new Truth(), new Client()];
        const session = sessionOf(client);
        session.hold();
        const told: string[] = [];
        const tell = ({ where }: Commit) => {
          const news = truth.commit({ what: 'message', where });
          if (news?.message === undefined) return;
          session.pushInSequence(news.push, 'required', { conversation: where, message: news.message });
          told.push(news.message.id);
        };
        untilReplay.forEach(tell);
        const replayed = new Set(told);
        untilRelease.forEach(tell);
        session.releaseExcept(replayed);
        after.forEach(tell);
        expect(client.received).toEqual(told.filter((id) => !replayed.has(id)));
      }),
    );
  });
});
