import type { ChatRoom, Conversation, IMClient } from 'leancloud-realtime';
import { expect, test } from 'vitest';
import { Event, once, suite, uniqueId } from './src/index.ts';

const MODERATION = {
  MUTED: 'muted',
  UNMUTED: 'unmuted',
  MEMBERS_MUTED: 'membersmuted',
  MEMBERS_UNMUTED: 'membersunmuted',
  BLOCKED: 'blocked',
  MEMBERS_BLOCKED: 'membersblocked',
  MEMBER_INFO_UPDATED: 'memberinfoupdated',
} as const;

suite('running a group', (stage) => {
  // 4.3.1 reads roles over https whatever the server's address says, and this server speaks http.
  const overHttp = stage.sdk.major === 5 ? test : test.skip;
  const Role = {
    MANAGER: 'Manager',
    MEMBER: 'Member',
    OWNER: 'Owner',
  } as never as typeof import('leancloud-realtime').ConversationMemberRole;

  async function group(): Promise<{
    owner: IMClient;
    member: IMClient;
    other: IMClient;
    conversation: Conversation;
    atMember: Conversation;
    atOther: Conversation;
  }> {
    const [owner, member, other] = await stage.logins('owner', 'member', 'other');
    const conversation = (await stage.conversation(owner, [member, other], {
      unique: false,
    })) as Conversation;
    const atMember = await stage.seenBy(member, conversation);
    const atOther = await stage.seenBy(other, conversation);
    return { owner, member, other, conversation, atMember, atOther };
  }

  overHttp('[F-GRP-01][F-GRP-11] the owner makes a manager, who is told, and the table says so', async () => {
    const { owner, member, conversation, atMember } = await group();
    const told = once<{ member: string; updatedBy: string }>(member, MODERATION.MEMBER_INFO_UPDATED);
    await conversation.updateMemberRole(member.id, Role.MANAGER);
    expect(await told).toMatchObject({ member: member.id, updatedBy: owner.id });
    const infos = await atMember.getAllMemberInfo({ noCache: true });
    const roles = Object.fromEntries(infos.map((info) => [info.memberId, info.role]));
    expect(roles[member.id]).toBe('Manager');
    expect(roles[owner.id]).toBe('Owner');
  });

  overHttp('[F-GRP-08][F-GRP-10] a member does not promote itself, and nobody becomes owner', async () => {
    const { member, other, conversation, atMember } = await group();
    await expect(atMember.updateMemberRole(member.id, Role.MANAGER)).rejects.toMatchObject({
      message: 'CONVERSATION_OPERATION_UNAUTHORIZED',
    });
    await expect(conversation.updateMemberRole(other.id, Role.OWNER)).rejects.toBeDefined();
  });

  test('[F-GRP-05][F-GRP-12][F-GRP-15] a muted member is told, hears the others and cannot speak', async () => {
    const { owner, member, other, conversation, atMember } = await group();
    const muted = once<{ mutedBy: string }>(member, MODERATION.MUTED);
    const atOther = once<{ members: string[]; mutedBy: string }>(other, MODERATION.MEMBERS_MUTED);
    const result = await conversation.muteMembers([member.id]);
    expect(result).toEqual({ successfulClientIds: [member.id], failures: [] });
    expect((await muted).mutedBy).toBe(owner.id);
    expect(await atOther).toEqual({ members: [member.id], mutedBy: owner.id });
    await expect(stage.say(atMember, 'may I?')).rejects.toMatchObject({ code: 4563 });
    const heard = once(member, Event.MESSAGE);
    await stage.say(conversation, 'quiet please');
    await heard;
    const page = await atMember.queryMutedMembers({ limit: 10 });
    expect(page.results).toEqual([member.id]);
    const unmuted = once(member, MODERATION.UNMUTED);
    await conversation.unmuteMembers([member.id]);
    await unmuted;
    await expect(stage.say(atMember, 'thank you')).resolves.toBeDefined();
  });

  test('[F-GRP-09] a member may not unmute, block or unblock', async () => {
    const { other, atMember } = await group();
    for (const refused of [
      atMember.unmuteMembers([other.id]),
      atMember.blockMembers([other.id]),
      atMember.unblockMembers([other.id]),
    ]) {
      await expect(refused).rejects.toMatchObject({ message: 'CONVERSATION_OPERATION_UNAUTHORIZED' });
    }
  });

  test('[F-GRP-16][F-GRP-17][F-GRP-19] a blocked client is out, stays out, and is let in again', async () => {
    const { owner, member, other, conversation, atMember } = await group();
    const blocked = once<{ blockedBy: string }>(member, MODERATION.BLOCKED);
    const kicked = once<{ kickedBy: string }>(member, Event.KICKED);
    const membersBlocked = once<{ members: string[] }>(other, MODERATION.MEMBERS_BLOCKED);
    const membersLeft = once<{ members: string[] }>(other, Event.MEMBERS_LEFT);
    const never = uniqueId('never-was-in');
    const result = await conversation.blockMembers([member.id, never]);
    expect(result).toEqual({ successfulClientIds: [member.id, never], failures: [] });
    expect((await blocked).blockedBy).toBe(owner.id);
    expect((await kicked).kickedBy).toBe(owner.id);
    expect((await membersBlocked).members).toEqual([member.id, never]);
    expect((await membersLeft).members).toEqual([member.id]);
    await expect(atMember.join()).rejects.toMatchObject({ code: 4548 });
    const first = await conversation.queryBlockedMembers({ limit: 1 });
    expect(first.results).toEqual([member.id]);
    const second = await conversation.queryBlockedMembers({ limit: 1, next: first.next as string });
    expect(second.results).toEqual([never]);
    await conversation.unblockMembers([member.id]);
    await expect(atMember.join()).resolves.toBeDefined();
  });

  test('[F-GRP-05][F-GRP-16] the host of a chat room mutes and blocks too', async () => {
    const [host, guest] = await stage.logins('host', 'guest');
    const room = await host.createChatRoom({ name: 'room' });
    const inside = (await stage.seenBy(guest, room)) as unknown as ChatRoom;
    await inside.join();
    await room.muteMembers([guest.id]);
    await expect(stage.say(inside, 'may I?')).rejects.toMatchObject({ code: 4563 });
    await room.unmuteMembers([guest.id]);
    await room.blockMembers([guest.id]);
    await expect(inside.join()).rejects.toMatchObject({ code: 4548 });
    expect(await room.count()).toBe(1);
  });
});
