import { describe, expect, it } from 'vitest';
import type { Actor } from '../actor.ts';
import { defaultAppSettings } from '../app/app-settings.ts';
import { ImError } from '../errors.ts';
import { requireOperationSignature, type SignedOperation } from './require-operation-signature.ts';
import { type Vector, vectors } from './testing/vectors.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3600 * 1000;
const CID = '5789a33a1b8694ad267d8040';

const { S1, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S17, S18, S19, S20 } = vectors;

const on = { signConversation: true, signBlacklist: true };

function outcome(
  operation: SignedOperation,
  presented: Vector | string | undefined,
  {
    client = 'Tom',
    settings = {},
    timestamp = NOW,
    nonce = 'abc123',
    now = NOW,
  }: { client?: string; settings?: object; timestamp?: number; nonce?: string; now?: number } = {},
): string {
  const app = {
    key: 1,
    id: 'appid',
    appKey: 'appkey',
    masterKey: 'masterkey',
    settings: { ...defaultAppSettings, ...on, ...settings },
  };
  const value = typeof presented === 'object' ? presented.signature : presented;
  const signature = value === undefined ? undefined : { value, timestamp, nonce };
  try {
    requireOperationSignature({ app, client } as Actor, operation, signature, now);
    return 'allowed';
  } catch (error) {
    if (error instanceof ImError) return error.reason;
    throw error;
  }
}

const create = (members: readonly string[], isChatRoom = false): SignedOperation => ({
  action: 'create',
  members,
  isChatRoom,
  isTemporary: false,
});
type OnMembers = Extract<SignedOperation, { conversation: string; members: readonly string[] }>;
const members = (action: OnMembers['action'], ids: readonly string[]): SignedOperation => ({
  action,
  conversation: CID,
  members: ids,
});

const FAILED = 'CONVERSATION_SIGNATURE_FAILED';

describe('the signature of an operation', () => {
  it('[F-SEC-09] is looked at only where the app has switched it on', () => {
    const off = { settings: { signConversation: false, signBlacklist: false } };
    expect(outcome(create(['Jerry']), 'wrong', off)).toBe('allowed');
    expect(outcome(members('conversation-block-clients', ['Jerry']), undefined, off)).toBe('allowed');
    expect(outcome(create(['Jerry']), undefined)).toBe(FAILED);
    expect(outcome(members('conversation-block-clients', ['Jerry']), undefined)).toBe(
      'BLACKLIST_SIGNATURE_FAILED',
    );
  });

  it('[F-SEC-03][F-SEC-07] allows to create with the creator in the list, without it, or in a room', () => {
    expect(outcome(create(['Tom', 'Jerry']), S4)).toBe('allowed');
    expect(outcome(create(['Jerry']), S4)).toBe('allowed');
    expect(outcome(create(['Jerry']), S5)).toBe('allowed');
    expect(outcome(create(['Jerry', 'Tom']), S5)).toBe('allowed');
    expect(outcome(create([], true), S6)).toBe('allowed');
    expect(outcome(create(['Tom'], true), S6)).toBe('allowed');
    expect(outcome(create(['Tom'], true), S7)).toBe('allowed');
  });

  it('[F-SEC-07] does not take the signature of a login for one of a group', () => {
    expect(outcome(create(['Jerry', 'Tom']), S1)).toBe(FAILED);
    expect(outcome(create(['Tom']), S1)).toBe(FAILED);
  });

  it('[F-SEC-07] takes members in the order of either kind of signing server', () => {
    const group = ['Tom', 'alice', 'Jerry', 'bob'];
    expect(outcome(create(group), S8)).toBe('allowed');
    expect(outcome(create(group), S9)).toBe('allowed');
  });

  it('[F-SEC-04][F-SEC-07] allows to invite, join, remove and quit, each with its own action', () => {
    expect(outcome(members('invite', ['Mary', 'Jerry']), S10)).toBe('allowed');
    expect(outcome(members('invite', ['Jerry']), S11, { client: 'Jerry' })).toBe('allowed');
    expect(outcome(members('kick', ['Jerry']), S12)).toBe('allowed');
    expect(outcome(members('kick', ['Jerry']), S13, { client: 'Jerry' })).toBe('allowed');
    expect(outcome(members('invite', ['Jerry']), S12)).toBe(FAILED);
  });

  it('[F-SEC-07] takes that of an invitation for a removal, as Objective-C signs it, until the app is strict', () => {
    expect(outcome(members('kick', ['Jerry']), S14)).toBe('allowed');
    const strict = { settings: { removalTakesInviteSignature: false } };
    expect(outcome(members('kick', ['Jerry']), S14, strict)).toBe(FAILED);
    expect(outcome(members('kick', ['Jerry']), S12, strict)).toBe('allowed');
  });

  it('[F-SEC-14] is not needed to quit, unless the app is strict; one that is there has to be right', () => {
    const jerry = { client: 'Jerry' };
    expect(outcome(members('kick', ['Jerry']), undefined, jerry)).toBe('allowed');
    expect(outcome(members('kick', ['Jerry']), 'f'.repeat(40), jerry)).toBe(FAILED);
    expect(outcome(members('kick', ['Jerry']), S13, { ...jerry, nonce: '' })).toBe(FAILED);
    expect(outcome(members('kick', ['Jerry', 'Mary']), undefined, jerry)).toBe(FAILED);
    expect(outcome(members('kick', ['Jerry']), undefined)).toBe(FAILED);
    const strict = { ...jerry, settings: { strictQuitSignature: true } };
    expect(outcome(members('kick', ['Jerry']), undefined, strict)).toBe(FAILED);
    expect(outcome(members('kick', ['Jerry']), S13, strict)).toBe('allowed');
  });

  it('[F-SEC-03] allows to change blacklists from both sides', () => {
    expect(outcome({ action: 'client-block-conversations', conversation: CID }, S17)).toBe('allowed');
    expect(outcome({ action: 'client-unblock-conversations', conversation: CID }, S18)).toBe('allowed');
    expect(outcome(members('conversation-block-clients', ['Mary', 'Jerry']), S19)).toBe('allowed');
    expect(outcome(members('conversation-unblock-clients', ['Mary', 'Jerry']), S20)).toBe('allowed');
    expect(outcome(members('conversation-block-clients', ['Mary', 'Jerry']), S20)).toBe(
      'BLACKLIST_SIGNATURE_FAILED',
    );
  });

  it('[F-SEC-08] is good for six hours, whatever the case of its digits and the unit of its time', () => {
    const operation = members('kick', ['Jerry']);
    expect(outcome(operation, S12.signature.toUpperCase())).toBe('allowed');
    expect(outcome(operation, S12, { now: NOW + 6 * HOUR })).toBe('allowed');
    expect(outcome(operation, S12, { now: NOW + 6 * HOUR + 1 })).toBe(FAILED);
    expect(outcome(operation, S12, { now: NOW - 6 * HOUR - 1 })).toBe(FAILED);
    expect(outcome(operation, `${S12.signature.slice(0, -1)}5`)).toBe(FAILED);
    expect(outcome(operation, S12, { timestamp: NOW / 1000 })).toBe(FAILED);
  });

  it('[F-SEC-03] is forty hex digits and nothing else', () => {
    const operation = members('kick', ['Jerry']);
    const { signature } = S12;
    for (const value of [`${signature}zz`, ` ${signature}`, signature.slice(1), `${signature}00`, 'é']) {
      expect([value, outcome(operation, value)]).toEqual([value, FAILED]);
    }
  });

  it('does not let a signature serve for another client', () => {
    expect(outcome(members('kick', ['Jerry']), S12, { client: 'Spike' })).toBe(FAILED);
  });

  it('does not let a signature serve for other members, or for another conversation', () => {
    expect(outcome(members('kick', ['Mary']), S12)).toBe(FAILED);
    expect(outcome(create(['Jerry', 'Mary']), S4)).toBe(FAILED);
    const elsewhere = { ...members('kick', ['Jerry']), conversation: 'f'.repeat(24) } as SignedOperation;
    expect(outcome(elsewhere, S12)).toBe(FAILED);
  });
});
