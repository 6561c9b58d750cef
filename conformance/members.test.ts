import { expect, test } from 'vitest';
import { collect, Event, once, suite, uniqueId } from './src/index.ts';

interface Joined {
  readonly members: string[];
  readonly invitedBy: string;
}

interface Left {
  readonly members: string[];
  readonly kickedBy: string;
}

suite('members', (stage) => {
  test('[F-CONV-35] an added client and all others are told who added it', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry], { unique: false });
    const invited = once<{ invitedBy: string }>(spike, Event.INVITED);
    const atJerry = once<Joined>(jerry, Event.MEMBERS_JOINED, ({ members }) => members.includes(spike.id));
    const atTom = once<Joined>(tom, Event.MEMBERS_JOINED, ({ members }) => members.includes(spike.id));
    const result = await conversation.add([spike.id]);
    expect(result).toEqual({ successfulClientIds: [spike.id], failures: [] });
    expect((await invited).invitedBy).toBe(tom.id);
    expect(await atJerry).toEqual({ members: [spike.id], invitedBy: tom.id });
    expect(await atTom).toEqual({ members: [spike.id], invitedBy: tom.id });
    expect((await stage.seenBy(spike, conversation)).members).toContain(spike.id);
  });

  test('[F-CONV-36] a client that joins by itself is announced to the members', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry], { unique: false });
    const atTom = once<Joined>(tom, Event.MEMBERS_JOINED, ({ members }) => members.includes(spike.id));
    const joining = await stage.seenBy(spike, conversation);
    await joining.join();
    expect(await atTom).toEqual({ members: [spike.id], invitedBy: spike.id });
    await expect(stage.say(joining, 'here I am')).resolves.toBeDefined();
  });

  test('[F-CONV-37] a removed client and all others are told who removed it', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry, spike], { unique: false });
    const kicked = once<{ kickedBy: string }>(spike, Event.KICKED);
    const atJerry = once<Left>(jerry, Event.MEMBERS_LEFT);
    const result = await conversation.remove([spike.id]);
    expect(result).toEqual({ successfulClientIds: [spike.id], failures: [] });
    expect((await kicked).kickedBy).toBe(tom.id);
    expect(await atJerry).toEqual({ members: [spike.id], kickedBy: tom.id });
    const outside = await stage.seenBy(spike, conversation);
    await expect(stage.say(outside, 'still here?')).rejects.toMatchObject({ code: 4401 });
  });

  test('[F-CONV-38] a client that quits is announced and hears nothing any more', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry, spike], { unique: false });
    const atTom = once<Left>(tom, Event.MEMBERS_LEFT);
    const leaving = await stage.seenBy(spike, conversation);
    await leaving.quit();
    expect(await atTom).toEqual({ members: [spike.id], kickedBy: spike.id });
    const heard = collect(spike, Event.MESSAGE);
    const atJerry = once(jerry, Event.MESSAGE);
    await stage.say(conversation, 'among ourselves');
    await atJerry;
    await stage.settled(spike);
    expect(heard).toEqual([]);
  });

  test('[F-CONV-39] adding several clients says which succeeded', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const [a, b] = [uniqueId('a'), uniqueId('b')];
    const conversation = await stage.conversation(tom, [], { unique: false });
    const result = await conversation.add([a, b]);
    expect([...result.successfulClientIds].sort()).toEqual([a, b].sort());
    expect(result.failures).toEqual([]);
    expect([...conversation.members].sort()).toEqual([tom.id, a, b].sort());
  });

  test('[F-CONV-20][F-CONV-40] a conversation holds 500 members and refuses more with 4304', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const crowd = Array.from({ length: 498 }, () => uniqueId('x'));
    const conversation = await stage.conversation(tom, crowd, { unique: false });
    const last = uniqueId('last');
    expect(await conversation.add([last])).toEqual({ successfulClientIds: [last], failures: [] });
    const tooMany = uniqueId('late');
    const outcome = await conversation.add([tooMany]).then(
      ({ failures }) => failures[0],
      (error: unknown) => error,
    );
    expect(outcome).toMatchObject({ code: 4304 });
    expect(await conversation.count()).toBe(500);
  });

  test('[F-GRP-10] the owner cannot quit: CONVERSATION_NEED_OWNER', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry, uniqueId()], { unique: false });
    await expect(conversation.quit()).rejects.toMatchObject({
      message: expect.stringContaining('CONVERSATION_NEED_OWNER'),
    });
    expect(await (await stage.seenBy(jerry, conversation)).count()).toBe(3);
  });

  test('[F-GRP-10] removing the owner and another removes only the other', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry, uniqueId()], { unique: false });
    const result = await conversation.remove([tom.id, jerry.id]);
    expect(result.successfulClientIds).toEqual([jerry.id]);
    expect(result.failures).toHaveLength(1);
    expect(result.failures[0]?.clientIds).toEqual([tom.id]);
  });

  test('[F-CONV-56] the number of members is counted', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry], { unique: false });
    expect(await conversation.count()).toBe(2);
    await conversation.add([uniqueId(), uniqueId()]);
    expect(await (await stage.seenBy(jerry, conversation)).count()).toBe(4);
  });

  test('[F-CONV-17][F-CONV-18] a one-to-one conversation grows to a group and shrinks again', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry], { unique: false });
    await conversation.add([spike.id]);
    const atSpike = once(spike, Event.MESSAGE);
    await stage.say(conversation, 'three of us');
    await atSpike;
    await conversation.remove([jerry.id, spike.id]);
    expect(await conversation.count()).toBe(1);
  });

  test('[F-CONV-62] a member who rejoins reads what was said in its absence', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry, uniqueId()], { unique: false });
    await conversation.remove([jerry.id]);
    const secret = await stage.say(conversation, 'while you were out');
    await conversation.add([jerry.id]);
    const history = await (await stage.seenBy(jerry, conversation)).queryMessages({});
    expect(history.map(({ id }) => id)).toEqual([secret.id]);
  });
});
