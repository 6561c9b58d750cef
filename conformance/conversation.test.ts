import { expect, test } from 'vitest';
import { collect, Event, once, suite, uniqueId } from './src/index.ts';

interface Updated {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly updatedBy: string;
}

suite('conversations', (stage) => {
  test('[F-CONV-30] the creator is a member without listing itself and ids named twice count once', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry, jerry, tom], { unique: false });
    const seen = await stage.seenBy(jerry, conversation);
    expect([...seen.members].sort()).toEqual([tom.id, jerry.id].sort());
    expect(seen.creator).toBe(tom.id);
  });

  test('[F-CONV-31] creating with the same members twice yields one conversation', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const first = await stage.conversation(tom, [jerry]);
    const again = await stage.conversation(tom, [jerry]);
    const byTheOther = await stage.conversation(jerry, [tom]);
    expect([again.id, byTheOther.id]).toEqual([first.id, first.id]);
  });

  test('[F-CONV-31] another name does not make another unique conversation', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const first = await stage.conversation(tom, [jerry], { name: 'cats' });
    const second = await stage.conversation(tom, [jerry], { name: 'mice' });
    expect(second.id).toBe(first.id);
  });

  test('[F-CONV-32] unique creations at the same moment yield one conversation', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const created = await Promise.all([
      stage.conversation(tom, [jerry]),
      stage.conversation(jerry, [tom]),
      stage.conversation(tom, [jerry], { name: 'third' }),
    ]);
    expect(new Set(created.map(({ id }) => id)).size).toBe(1);
  });

  test('[F-CONV-33] every creation that is not unique yields a new conversation', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const unique = await stage.conversation(tom, [jerry]);
    const first = await stage.conversation(tom, [jerry], { unique: false });
    const second = await stage.conversation(tom, [jerry], { unique: false });
    expect(new Set([unique.id, first.id, second.id]).size).toBe(3);
  });

  test('[F-CONV-05][F-CONV-06] a conversation keeps its name and attributes, top-level and in attr', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry], {
      unique: false,
      name: 'cat & mouse',
      attr: { topic: 'cheese', rank: 7, nested: { deep: true } },
      colour: 'red',
    });
    expect(conversation.name).toBe('cat & mouse');
    const seen = await stage.seenBy(jerry, conversation);
    expect(seen.name).toBe('cat & mouse');
    expect(seen.get('attr')).toEqual({ topic: 'cheese', rank: 7, nested: { deep: true } });
    expect(seen.get('colour')).toBe('red');
    expect(seen.createdAt).toBeInstanceOf(Date);
    expect(seen.updatedAt).toBeInstanceOf(Date);
    expect(seen.transient).toBe(false);
    expect(seen.system).toBe(false);
  });

  test('[F-CONV-34] creator and initial members are told who invited them', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const told = [tom, jerry].flatMap((who) => [
      once<{ invitedBy: string }>(who, Event.INVITED),
      once<{ invitedBy: string }>(who, Event.MEMBERS_JOINED),
    ]);
    await stage.conversation(tom, [jerry]);
    expect((await Promise.all(told)).map(({ invitedBy }) => invitedBy)).toEqual(Array(4).fill(tom.id));
  });

  test('[F-CONV-34] finding a conversation that exists already tells nobody', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const invited = once(jerry, Event.INVITED);
    await stage.conversation(tom, [jerry]);
    await invited;
    const events = collect(jerry, Event.INVITED);
    await stage.conversation(tom, [jerry]);
    await stage.settled(jerry);
    expect(events).toEqual([]);
  });

  test('[F-SESS-02] an id of 65 characters cannot become a member', async () => {
    const tom = await stage.login(uniqueId('Tom'));
    const conversation = await stage.conversation(tom, [], { unique: false });
    const outcome = await conversation.add([uniqueId().padEnd(65, 'x')]).then(
      ({ failures }) => failures[0],
      (error: unknown) => error,
    );
    expect(outcome).toMatchObject({ code: 4103 });
    expect(await conversation.count()).toBe(1);
  });

  test('[F-CONV-07] an unknown id finds no conversation', async () => {
    const tom = await stage.login();
    expect(await tom.getConversation('000000000000000000000000')).toBeNull();
  });

  test('[F-CONV-07] one conversation loaded twice is one object', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    const first = await jerry.getConversation(conversation.id);
    expect(await jerry.getConversation(conversation.id)).toBe(first);
    expect(await jerry.getConversation(conversation.id, true)).toBe(first);
  });

  test('[F-CONV-43] updating a conversation that does not exist fails with CONVERSATION_NOT_FOUND', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry]);
    conversation.id = '000000000000000000000000';
    conversation.name = 'nowhere';
    await expect(conversation.save()).rejects.toMatchObject({
      code: 4303,
      message: expect.stringContaining('CONVERSATION_NOT_FOUND'),
    });
  });

  test('[F-CONV-43] an update by somebody outside is refused with 4309', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry]);
    const foreign = await stage.seenBy(spike, conversation);
    foreign.name = 'mine now';
    await expect(foreign.save()).rejects.toMatchObject({ code: 4309 });
  });

  test('[F-CONV-42][F-CONV-46] any member changes name and attributes, and another reads them afterwards', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry], { unique: false, name: 'before' });
    const before = conversation.updatedAt.getTime();
    const seen = await stage.seenBy(jerry, conversation);
    seen.name = 'after';
    seen.set('attr', { pinned: true });
    await seen.save();
    expect(seen.updatedAt.getTime()).toBeGreaterThan(before);
    await conversation.fetch();
    expect(conversation.name).toBe('after');
    expect(conversation.get('attr')).toEqual({ pinned: true });

    const later = await stage.login(tom.id);
    expect((await stage.seenBy(later, conversation)).name).toBe('after');
  });

  test('[F-CONV-44] a dotted path changes one key and leaves the others', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry], {
      unique: false,
      attr: { pinned: false, topic: 'cheese' },
    });
    conversation.set('attr.pinned', true);
    await conversation.save();
    const seen = await stage.seenBy(jerry, conversation);
    // Jerry's SDK may have asked for the conversation before the change, and be told of that afterwards.
    await expect.poll(() => seen.get('attr')).toEqual({ pinned: true, topic: 'cheese' });
  });

  test('[F-CONV-45] the other members are told what changed and by whom', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry], { unique: false, name: 'before' });
    const seen = await stage.seenBy(jerry, conversation);
    const updated = once<Updated>(seen, Event.INFO_UPDATED);
    conversation.name = 'after';
    conversation.set('attr.level', 3);
    await conversation.save();
    const { attributes, updatedBy } = await updated;
    expect(updatedBy).toBe(tom.id);
    expect(attributes).toMatchObject({ name: 'after' });
    expect(seen.name).toBe('after');
    expect(seen.get('attr')).toMatchObject({ level: 3 });
  });

  test('[F-CONV-47] the list of members cannot be written like an attribute', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry], { unique: false });
    conversation.set('m', [tom.id]);
    conversation.set('c', jerry.id);
    await conversation.save().catch(() => {});
    const seen = await stage.seenBy(jerry, conversation);
    expect([...seen.members].sort()).toEqual([tom.id, jerry.id].sort());
    expect(seen.creator).toBe(tom.id);
  });

  test('[F-GRP-06][F-CONV-10] a member mutes a conversation and unmutes it again', async () => {
    const [tom, jerry] = await stage.logins('Tom', 'Jerry');
    const conversation = await stage.conversation(tom, [jerry], { unique: false });
    await conversation.mute();
    expect(conversation.muted).toBe(true);
    const tablet = await stage.login(tom.id);
    expect((await stage.seenBy(tablet, conversation)).mutedMembers).toEqual([tom.id]);
    await conversation.unmute();
    const desktop = await stage.login(tom.id);
    expect((await stage.seenBy(desktop, conversation)).mutedMembers ?? []).toEqual([]);
  });

  test('[F-CONV-61] sending to a conversation one is not in fails with INVALID_MESSAGING_TARGET', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry]);
    const foreign = await stage.seenBy(spike, conversation);
    await expect(stage.say(foreign, 'let me in')).rejects.toMatchObject({
      code: 4401,
      message: expect.stringContaining('INVALID_MESSAGING_TARGET'),
    });
  });

  test('[F-CONV-60] reading the history of a conversation one is not in fails with 4312', async () => {
    const [tom, jerry, spike] = await stage.logins('Tom', 'Jerry', 'Spike');
    const conversation = await stage.conversation(tom, [jerry, uniqueId()]);
    const foreign = await stage.seenBy(spike, conversation);
    await expect(foreign.queryMessages({})).rejects.toMatchObject({ code: 4312 });
  });
});
