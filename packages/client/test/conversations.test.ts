import { OpType } from '@parley/protocol/wire';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  append,
  type BasicConversation,
  ChatRoom,
  type ConversationEvents,
  increment,
  ParleyError,
  remove,
  TemporaryConversation,
} from '../src/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { script } from './support/script.ts';
import { PATIENCE, until } from './support/until.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

let group = 0;
/** Nobody has these names in another test. */
const names = (...of: readonly string[]) => {
  group++;
  return of.map((name) => `${name}${group}`) as [string, string, string];
};

/** A group of two with a third person beside it. */
async function twoAndOne() {
  const [tom, jerry, spike] = names('Tom', 'Jerry', 'Spike');
  const people = await Promise.all([tom, jerry, spike].map((name) => person(parley, name)));
  const [a, b, c] = people.map(({ client }) => client) as [
    (typeof people)[0]['client'],
    (typeof people)[0]['client'],
    (typeof people)[0]['client'],
  ];
  const chat = await a.conversations.create({ members: [jerry] });
  return { tom: a, jerry: b, spike: c, people, chat, ids: { tom, jerry, spike } };
}

const briefly = (
  events: readonly { readonly by?: string | undefined; readonly members?: readonly string[] }[],
) => events.map(({ by, members }) => ({ by, ...(members && { members }) }));

/** Collects what is told of these events, until the test ends. */
function collect<Name extends keyof ConversationEvents>(
  from: { on: BasicConversation['on'] },
  name: Name,
): ConversationEvents[Name][] {
  const events: ConversationEvents[Name][] = [];
  from.on(name, (event) => events.push(event));
  return events;
}

describe('a basic conversation', () => {
  it('[F-CONV-31][F-GEN-01] is made with members, and taken again by the same members', async () => {
    const { tom, jerry, chat, ids } = await twoAndOne();
    expect(chat).toMatchObject({ type: 'basic', creator: ids.tom, name: undefined, unreadCount: 0 });
    expect(chat.members).toEqual([ids.jerry, ids.tom].sort());
    const same = await jerry.conversations.create({ members: [ids.tom], name: 'ignored' });
    expect(same.id).toBe(chat.id);
    expect(await tom.conversations.create({ members: [ids.jerry] })).toBe(chat);
    const other = await tom.conversations.create({
      members: [ids.jerry],
      unique: false,
      attributes: { topic: 'x' },
    });
    expect(other.id).not.toBe(chat.id);
    expect((await jerry.conversations.get(other.id)).attributes).toEqual({ topic: 'x' });
    await expect(tom.conversations.get('nowhere')).rejects.toMatchObject({
      reason: 'CONVERSATION_NOT_FOUND',
    });
  });

  it('[F-CONV-22][F-GRP-02][F-GRP-03] tells everybody who comes and goes, and by whom', async () => {
    const { jerry, spike, chat, ids } = await twoAndOne();
    await until(() => jerry.conversations.known(chat.id) !== undefined);
    const invited = collect(spike, 'joined');
    const seen = collect(jerry, 'membersJoined');
    const leaving = collect(jerry, 'membersLeft');
    const gone = collect(spike, 'left');
    expect(await chat.add([ids.spike])).toMatchObject({ succeeded: [ids.spike], failed: [] });
    // The first that was told may be that the conversation was made.
    await until(() => invited.length === 1 && seen.at(-1)?.members.includes(ids.spike) === true);
    expect(briefly(invited)).toEqual([{ by: ids.tom }]);
    expect(seen.at(-1)).toMatchObject({ by: ids.tom, members: [ids.spike] });
    const there = invited[0]?.conversation as BasicConversation;
    expect(there.members).toContain(ids.jerry);
    await there.quit();
    await until(() => leaving.length === 1);
    expect(briefly(leaving)).toEqual([{ by: ids.spike, members: [ids.spike] }]);
    await until(() => !chat.members.includes(ids.spike));
    await there.join();
    await chat.remove([ids.spike]);
    await until(() => gone.length === 2);
    expect(briefly(gone)).toEqual([{ by: ids.spike }, { by: ids.tom }]);
    expect(await chat.countMembers()).toBe(2);
  });

  it('[F-CONV-24] changes name and attributes for everybody', async () => {
    const { jerry, chat, ids } = await twoAndOne();
    const there = (await jerry.conversations.get(chat.id)) as BasicConversation;
    const changed = collect(there, 'updated');
    await chat.update({ name: 'Cheese', attributes: { topic: 'food', count: 1, 'theme.color': 'red' } });
    await until(() => changed.length === 1);
    expect(there).toMatchObject({
      name: 'Cheese',
      attributes: { topic: 'food', count: 1, theme: { color: 'red' } },
    });
    await there.update({ attributes: { count: increment(2), topic: remove(), 'theme.tags': append('a') } });
    await until(() => chat.attributes.count === 3);
    expect(chat.attributes).toEqual({ count: 3, theme: { color: 'red', tags: ['a'] } });
    expect(changed).toMatchObject([{ by: ids.tom, changes: { name: 'Cheese' } }]);
    expect(chat.data.updatedAt).toBe(there.data.updatedAt);
  });

  it('[F-GRP-01][F-GRP-04][F-GRP-05][F-GRP-09] has managers, silences and blocks, each told to whom it concerns', async () => {
    const { jerry, spike, chat, ids } = await twoAndOne();
    await chat.add([ids.spike]);
    const role = collect(jerry, 'roleChanged');
    await chat.setRole(ids.jerry, 'Manager');
    await until(() => role.length === 1);
    expect(role[0]).toMatchObject({ clientId: ids.jerry, role: 'Manager', by: ids.tom });
    expect(await chat.roles()).toEqual(
      new Map([
        [ids.jerry, 'Manager'],
        [ids.tom, 'Owner'],
      ]),
    );

    const asManager = (await jerry.conversations.get(chat.id)) as BasicConversation;
    const silenced = collect(spike, 'silenced');
    const listed = collect(chat, 'membersSilenced');
    await asManager.silence([ids.spike]);
    await until(() => silenced.length === 1 && listed.length === 1);
    expect(await chat.silencedClients()).toEqual({ clientIds: [ids.spike], next: undefined });
    const muted = await spike.conversations.get(chat.id);
    await expect(muted.send('hello?')).rejects.toMatchObject({ reason: 'SILIENCED' });
    await asManager.unsilence([ids.spike]);

    const blocked = collect(spike, 'blocked');
    await asManager.block([ids.spike]);
    await until(() => blocked.length === 1);
    expect((await chat.blockedClients()).clientIds).toEqual([ids.spike]);
    await expect(chat.add([ids.spike])).rejects.toMatchObject({ reason: 'BLOCKED_BY_CONV' });
    await asManager.unblock([ids.spike]);
    expect((await chat.blockedClients()).clientIds).toEqual([]);
    await expect((muted as BasicConversation).block([ids.tom])).rejects.toBeInstanceOf(ParleyError);
  });

  it('[F-GRP-06] is muted for one client alone', async () => {
    const { jerry, chat } = await twoAndOne();
    await chat.mute();
    const asked = await jerry.conversations.get(chat.id);
    await asked.refresh();
    expect([chat.isMuted, asked.isMuted]).toEqual([true, false]);
    await chat.refresh();
    expect(chat.isMuted).toBe(true);
    await chat.unmute();
    expect(chat.isMuted).toBe(false);
  });

  it('[F-MSG-06] shows who is typing, until they stop, send, or fall silent', async () => {
    const { people, jerry, chat, ids } = await twoAndOne();
    const there = await jerry.conversations.get(chat.id);
    const messages = collect(jerry, 'message');
    const typing = collect(jerry, 'typing');
    const [{ platform: hand }, { platform: clock }] = people as [(typeof people)[0], (typeof people)[0]];
    for (let keys = 0; keys < 10; keys++) chat.startTyping();
    await until(() => there.typing.length === 1);
    chat.stopTyping();
    await until(() => there.typing.length === 0);
    chat.startTyping();
    await until(() => there.typing.length === 1);
    clock.clock.advance(5_000);
    expect(there.typing).toEqual([]);
    hand.clock.advance(3_000);
    chat.startTyping();
    await until(() => there.typing.length === 1);
    await chat.send('done');
    await until(() => messages.length === 1);
    expect(there.typing).toEqual([]);
    expect(typing.map(({ clientId, isTyping }) => [clientId, isTyping])).toEqual(
      [true, false, true, false, true, false].map((isTyping) => [ids.tom, isTyping]),
    );
  });

  it('[F-MSG-06] shows nobody that they type themselves, on another device', async () => {
    const { jerry, chat, ids } = await twoAndOne();
    const { client: phone } = await person(parley, ids.tom);
    const onPhone = await phone.conversations.get(chat.id);
    const there = await jerry.conversations.get(chat.id);
    const messages = collect(phone, 'message');
    chat.startTyping();
    await until(() => there.typing.length === 1);
    await there.send('yes?');
    await until(() => messages.length === 1);
    expect([onPhone.typing, messages[0]?.message.text]).toEqual([[], 'yes?']);
  });
});

describe('a chat room', () => {
  it('[F-GEN-08] is joined by anyone, counted, and heard while one is in it', async () => {
    const { tom, jerry, spike } = await twoAndOne();
    const room = await tom.conversations.createChatRoom({ name: 'Kitchen' });
    const there = (await jerry.conversations.get(room.id)) as ChatRoom;
    expect(there).toBeInstanceOf(ChatRoom);
    await there.join();
    expect(await room.countOnline()).toBe(2);
    expect([...(await room.onlineMembers())].sort()).toEqual([jerry.id, tom.id].sort());
    const heard = collect(there, 'message');
    const outside = collect(spike, 'message');
    await room.send('hello', { priority: 'high' });
    await until(() => heard.length === 1);
    expect([heard[0]?.message.text, outside.length, there.unreadCount]).toEqual(['hello', 0, 0]);
    await there.quit();
    expect(await room.countOnline()).toBe(1);
  });

  it('[F-GEN-08][F-SDK-01] has its members back when they come back', async () => {
    const { tom, jerry, people } = await twoAndOne();
    const [{ platform }] = people as [(typeof people)[0]];
    const room = await tom.conversations.createChatRoom();
    platform.cut();
    const seen = (await jerry.conversations.get(room.id)) as ChatRoom;
    await expect.poll(() => seen.countOnline(), { timeout: PATIENCE }).toBe(0);
    platform.clock.advance(5_000);
    await tom.whenOpen();
    await until(() => tom.state.name === 'open');
    await expect.poll(() => room.countOnline(), { timeout: PATIENCE }).toBe(1);
  });

  it('[F-SDK-01] tells a member that may not come back that it is out', async () => {
    const { tom, jerry, people, ids } = await twoAndOne();
    const room = await tom.conversations.createChatRoom();
    const there = (await jerry.conversations.get(room.id)) as ChatRoom;
    await there.join();
    const [, { platform }] = people as [(typeof people)[0], (typeof people)[0]];
    jerry.connection.pause();
    await room.block([ids.jerry]);
    const left = there.once('left');
    jerry.connection.resume();
    platform.clock.advance(1_000);
    expect((await left).conversation).toBe(there);
  });

  it('[F-SDK-01] is not joined again by itself once one was blocked', async () => {
    const { tom, jerry, people, ids } = await twoAndOne();
    const room = await tom.conversations.createChatRoom();
    const there = (await jerry.conversations.get(room.id)) as ChatRoom;
    await there.join();
    const [, { platform }] = people as [(typeof people)[0], (typeof people)[0]];
    const left = there.once('left');
    await room.block([ids.jerry]);
    await left;
    await room.unblock([ids.jerry]);
    platform.cut();
    platform.clock.advance(5_000);
    await jerry.whenOpen();
    await jerry.onlineClients([]);
    expect(await room.countOnline()).toBe(1);
    await there.join();
    expect(await room.countOnline()).toBe(2);
  });

  it('[F-SDK-01] is joined again also by who hears only then that they were sent out for a while', async () => {
    const { client, close, platform, received } = script(({ cmd, op }) => {
      if (op === OpType.start) return { cmd, op: OpType.started, convMessage: { cid: 'room' } };
      return op === OpType.add ? { cmd, op: OpType.added, convMessage: { allowedPids: ['Tom'] } } : undefined;
    });
    const room = await client.conversations.createChatRoom();
    const { http } = platform;
    // The second login is at 2000 by the clock of the server.
    const notifications = [
      { cmd: 'conv', op: 'left', cid: 'room', initBy: 'Jerry', serverTs: 1_500, notificationType: 1 },
    ];
    platform.http = async (request) =>
      request.url.includes('/rtm/notifications')
        ? { status: 200, body: JSON.stringify({ hasMore: false, notifications }) }
        : http(request);
    const joins = () => received.filter(({ op }) => op === OpType.add).length;
    const left = room.once('left');
    close(1006);
    platform.clock.advance(5_000);
    await left;
    await until(() => joins() === 1 && client.state.name === 'open');
    notifications.splice(0);
    close(1006);
    platform.clock.advance(5_000);
    await until(() => joins() === 2);
    client.connection.pause();
  });

  it('[F-SDK-01] shows in a list also what was said just before one came in', async () => {
    const { tom, jerry } = await twoAndOne();
    const room = await tom.conversations.createChatRoom();
    const there = (await jerry.conversations.get(room.id)) as ChatRoom;
    const list = jerry.messages.live(there);
    await list.ready;
    await room.send('hello');
    await there.join();
    await until(() => list.items.length === 1);
    list.close();
  });
});

describe('a temporary conversation', () => {
  it('[F-GEN-08] ends by itself, and is one per members until then', async () => {
    const { tom, jerry, ids } = await twoAndOne();
    const customer = await tom.conversations.createTemporary({ members: [ids.jerry], ttl: 3_600 });
    expect(customer.id).toMatch(/^_tmp:/);
    expect(customer.expiresAt?.getTime()).toBe(customer.createdAt.getTime() + 3_600_000);
    const agent = (await jerry.conversations.get(customer.id)) as TemporaryConversation;
    expect(agent).toBeInstanceOf(TemporaryConversation);
    expect(agent.expiresAt).toEqual(customer.expiresAt);
    expect(agent.members).toEqual(customer.members);
    const heard = collect(agent, 'message');
    await customer.send('help');
    await until(() => heard.length === 1);
    expect((await jerry.conversations.createTemporary({ members: [ids.tom] })).id).toBe(customer.id);
  });
});

describe('a query', () => {
  it('[F-CONV-51][F-CONV-53][F-CONV-54] finds by members, attributes, text, time and any of these', async () => {
    const { tom, jerry, ids } = await twoAndOne();
    const topic = `cheese-${group}`;
    const [first, second, third] = (await Promise.all(
      ['Gouda', 'Brie', 'Go.*'].map((name, at) =>
        tom.conversations.create({
          name,
          members: [ids.jerry],
          unique: false,
          attributes: { topic, rank: at, tags: [name, 'all'] },
        }),
      ),
    )) as [BasicConversation, BasicConversation, BasicConversation];
    const about = () => jerry.conversations.query().where('attributes.topic', '=', topic);
    const found = async (query: ReturnType<typeof about>) =>
      (await query.orderBy('attributes.rank').find()).map(({ name }) => name);

    expect(await found(about())).toEqual(['Gouda', 'Brie', 'Go.*']);
    expect(await found(about().where('attributes.rank', '>', 0).where('attributes.rank', '<', 2))).toEqual([
      'Brie',
    ]);
    expect(await found(about().where('name', 'in', ['Brie', 'Gouda']))).toEqual(['Gouda', 'Brie']);
    expect(await found(about().where('name', 'not in', ['Brie', 'Gouda']))).toEqual(['Go.*']);
    expect(await found(about().where('name', '!=', 'Brie'))).toEqual(['Gouda', 'Go.*']);
    expect(await found(about().where('name', 'starts with', 'Go.'))).toEqual(['Go.*']);
    expect(await found(about().where('name', 'ends with', '.*'))).toEqual(['Go.*']);
    expect(await found(about().where('name', 'contains', 'ri'))).toEqual(['Brie']);
    expect(await found(about().where('name', 'matches', /^go/i))).toEqual(['Gouda', 'Go.*']);
    expect(await found(about().where('attributes.tags', 'contains all', ['all', 'Brie']))).toEqual(['Brie']);
    expect(await found(about().where('attributes.tags', 'size', 2))).toHaveLength(3);
    expect(await found(about().where('attributes.nothing', 'exists', false))).toHaveLength(3);
    expect(await found(about().where('members', '=', ids.tom))).toHaveLength(3);
    expect(await found(about().where('members', '=', ids.spike))).toEqual([]);
    expect(await found(about().where('createdAt', '<=', new Date(Date.now() + 60_000)))).toHaveLength(3);
    expect(await found(about().where('id', 'in', [first.id, third.id]))).toEqual(['Gouda', 'Go.*']);
    const either = about().anyOf(
      jerry.conversations.query().where('name', '=', 'Gouda'),
      jerry.conversations.query().where('attributes.rank', '=', 1),
    );
    expect(await found(either)).toEqual(['Gouda', 'Brie']);
    expect(await about().orderBy('attributes.rank', 'descending').limit(1).skip(1).find()).toEqual([
      await jerry.conversations.get(second.id),
    ]);
    expect(await about().where('name', '=', 'none').first()).toBeUndefined();
    const all: string[] = [];
    for await (const { name } of about()) all.push(name ?? '');
    expect(all.sort()).toEqual(['Brie', 'Go.*', 'Gouda']);
  });

  it('[F-CONV-51] without a condition finds the conversations of the client', async () => {
    const { jerry, chat } = await twoAndOne();
    expect((await jerry.conversations.query().find()).map(({ id }) => id)).toEqual([chat.id]);
  });
});
