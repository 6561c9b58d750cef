import { readFile } from 'node:fs/promises';
import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultAppSettings } from '../src/domain/app/app-settings.ts';
import { conv, history, say, startConversation } from './flow.ts';

const CONNECTIONS = 8;
const CLIENTS_PER_CONNECTION = 100;

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

const open = (client: TestClient) => startConversation(client, { transient: true });
const count = async (client: TestClient, cid: string) =>
  (await conv(client, OpType.count, { cid })).convMessage?.count;

async function heard(client: TestClient): Promise<readonly (string | undefined)[]> {
  await client.settled();
  return client.inbox
    .splice(0)
    .flatMap(({ cmd, directMessage }) => (cmd === CommandType.direct ? [directMessage?.msg] : []));
}

describe('a chat room with more people than a group can hold', () => {
  it('[F-ROOM-01] takes in everybody who comes, and tells each of them once', async () => {
    const host = await TestClient.open(parley, 'host-of-many');
    const cid = await open(host);
    const crowd = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => TestClient.connect(parley.wsUrl)),
    );
    const ids = await Promise.all(crowd.map((connection, n) => fill(connection, n, cid)));
    const people = ids.flat();
    expect(people.length).toBeGreaterThan(defaultAppSettings.maxMembers);
    expect(await count(host, cid)).toBe(people.length + 1);
    await say(host, cid, 'welcome, all of you');
    const told = await Promise.all(crowd.map(whoIsTold));
    expect(told.flat().toSorted()).toEqual(people.toSorted());
    await Promise.all([host, ...crowd].map((client) => client.close()));
  });

  /** Lets a hundred clients log in on one connection and enter the room. */
  async function fill(connection: TestClient, n: number, cid: string): Promise<readonly string[]> {
    const ids = Array.from({ length: CLIENTS_PER_CONNECTION }, (_, index) => `guest-${n}-${index}`);
    await Promise.all(
      ids.map(async (peerId) => {
        await connection.login(parley.appId, peerId);
        const reply = await connection.request({
          cmd: CommandType.conv,
          op: OpType.add,
          peerId,
          convMessage: { cid, m: [peerId] },
        });
        expect(reply).toMatchObject({ op: OpType.added, convMessage: { allowedPids: [peerId] } });
      }),
    );
    return ids;
  }

  async function whoIsTold(connection: TestClient): Promise<readonly string[]> {
    await connection.settled();
    return connection.inbox.flatMap(({ cmd, peerId }) => (cmd === CommandType.direct ? (peerId ?? []) : []));
  }
});

describe('opening and closing a chat room', () => {
  it('[F-ROOM-02] is joining and leaving: what is said in between is heard, on the device that opened it', async () => {
    const host = await TestClient.open(parley, 'host');
    const [phone, tablet] = [await TestClient.open(parley, 'guest'), await TestClient.open(parley, 'guest')];
    const cid = await open(host);
    await say(host, cid, 'before');
    expect(await heard(phone)).toEqual([]);
    await conv(phone, OpType.add, { cid, m: ['guest'] });
    await say(host, cid, 'open');
    expect(await heard(phone)).toEqual(['open']);
    expect(await count(host, cid)).toBe(2);
    await conv(phone, OpType.remove, { cid, m: ['guest'] });
    await say(host, cid, 'closed');
    expect(await heard(phone)).toEqual([]);
    expect(await count(host, cid)).toBe(1);
    await conv(phone, OpType.add, { cid, m: ['guest'] });
    await say(host, cid, 'open again');
    expect(await heard(phone)).toEqual(['open again']);
    expect(await heard(tablet)).toEqual([]);
    expect(await history(phone, cid)).toEqual(['before', 'open', 'closed', 'open again']);
    await Promise.all([host, phone, tablet].map((client) => client.close()));
  });
});

describe('the guide to large chat rooms', () => {
  const page = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');

  it('[F-ROOM-12] advises fewer than 5,000 people and says how to split, and the README leads there', async () => {
    const guide = await page('docs/guides/large-chat-rooms.md');
    expect(guide).toContain('fewer than 5,000');
    expect(guide).toContain('## How to split');
    expect(await page('README.md')).toContain('(docs/guides/large-chat-rooms.md)');
  });

  it('[F-ROOM-12] counts with the ceiling that is set and the numbers that were measured', async () => {
    const guide = await page('docs/guides/large-chat-rooms.md');
    const measured = await page(/bench\/results\/[\d-]+\.md/.exec(guide)?.[0] ?? 'no results are linked');
    const inWords = (number: number) => number.toLocaleString('en');
    expect(guide).toContain(inWords(defaultAppSettings.deliveriesPerSecond));
    for (const people of [500, 2000, 5000, 19_000]) {
      const messages = Math.floor(defaultAppSettings.deliveriesPerSecond / people);
      expect(guide).toContain(`| ${inWords(people)} | ${messages} |`);
    }
    for (const people of [5000, 19_000]) {
      const rate = rowOf(measured.split(`### chat room of ${inWords(people)}\n`)[1] ?? '', 'Parley');
      const [, , deliveries, , , , , latency] = rate;
      expect(guide).toContain(`| ${inWords(people)} | ${deliveries} | ${latency} |`);
    }
  });

  /** The cells of the first row of a table that begins with this. */
  function rowOf(markdown: string, start: string): readonly string[] {
    const row = markdown.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? '';
    return row.split('|').map((cell) => cell.trim());
  }
});
