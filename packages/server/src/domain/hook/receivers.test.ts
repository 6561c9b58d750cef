import { describe, expect, it } from 'vitest';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { MessageSent } from '../events.ts';
import { addresseesOf, receiversOf } from './receivers.ts';

const clients = (count: number) => Array.from({ length: count }, (_, n) => `client-${n}`);
const present = (all: readonly string[]) => ({ count: () => all.length, sample: () => all });
const sent = (fields: Partial<MessageSent>) =>
  ({ type: 'message-sent', message: { sender: 'Tom' }, ...fields }) as MessageSent;

describe('receivers that hooks are named', () => {
  it.each([
    [500, 'with Tom', 500],
    [500, 'without Tom', 500],
    [501, 'with Tom', 0],
    [501, 'without Tom', 0],
  ] as const)(
    '[F-HOOK-09] of a group of %i others, %s, are %i, before and after',
    (others, who, expected) => {
      const members = who === 'with Tom' ? ['Tom', ...clients(others)] : clients(others);
      const conversation = { kind: 'basic', members } as unknown as Conversation;
      const named = clients(others).slice(0, expected);
      expect(receiversOf(present([]), conversation, 'Tom')).toEqual(named);
      expect(addresseesOf(sent({ conversation }), present([]))).toEqual(named);
      const service = { kind: 'service', members: [] } as unknown as Conversation;
      const told: readonly Partial<MessageSent>[] = [
        { receivers: members },
        { audience: { to: 'clients', clients: members, log: 1 } },
      ];
      for (const fields of told) {
        expect(addresseesOf(sent({ conversation: service, ...fields }), present([]))).toEqual(named);
      }
    },
  );

  it.each([
    [500, 499],
    [501, 0],
  ])('[F-HOOK-09] of a chat room of %i clients are %i, before and after', (inside, expected) => {
    const conversation = { kind: 'chat-room' } as Conversation;
    const rooms = present(['Tom', ...clients(inside - 1)]);
    const named = clients(expected);
    expect(receiversOf(rooms, conversation, 'Tom')).toEqual(named);
    expect(addresseesOf(sent({ conversation }), rooms)).toEqual(named);
  });
});
