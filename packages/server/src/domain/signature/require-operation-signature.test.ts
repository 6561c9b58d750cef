import { describe, expect, it } from 'vitest';
import type { Actor } from '../actor.ts';
import { defaultAppSettings } from '../app/app-settings.ts';
import { ImError } from '../errors.ts';
import { requireOperationSignature, type SignedOperation } from './require-operation-signature.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3600 * 1000;
const CID = '5789a33a1b8694ad267d8040';

/** The worked examples of the specification (`hooks-and-signatures §6.10`). */
const vectors = {
  S1: '21eca6f3a7364b45d5883ef691e871dd214fe04f',
  S4: 'c3c3e8e7610c0344912f28ed16be6e39ee0450eb',
  S5: 'be33db0e027ce1832ce4c3e86e1efc9ac307bc16',
  S6: '21eca6f3a7364b45d5883ef691e871dd214fe04f',
  S7: 'be299c4784cac73ddde0a1bdd538887de0d5beb0',
  S8: 'eaca99b3b48459074f143baac088444c842b5eb0',
  S9: 'fa91ea14311578b848a70df3863a1ab3a19aedb4',
  S10: '38ffcafe0d67ade5a47132c2482ce5bf4a6cc96b',
  S11: '1a00dca821d1c29713d98cdb495cdafaee39937a',
  S12: '67637b7fecdfa2c511f9ebf65510bb51786d4074',
  S13: '023d608c2bf28d6eee45024242aedbc21fbdcc89',
  S14: '0fa334539fd163038a70f24b5047233a47fce32b',
  S17: '736356edd464eced86b6ee96adc219581ba25259',
  S18: '6d8dc5fcdf4db91350a858b7412eeb584fe2845c',
  S19: '8030f53613f782b71c2b781e1eb82eef9bde2f73',
  S20: 'a3c5d4e44537d2b83fc32c0a96ec77b6da7ced2c',
} as const;

const on = { signConversation: true, signBlacklist: true };

function outcome(
  operation: SignedOperation,
  value: string | undefined,
  {
    client = 'Tom',
    settings = {},
    timestamp = NOW,
    now = NOW,
  }: { client?: string; settings?: object; timestamp?: number; now?: number } = {},
): string {
  const app = {
    key: 1,
    id: 'appid',
    appKey: 'appkey',
    masterKey: 'masterkey',
    settings: { ...defaultAppSettings, ...on, ...settings },
  };
  const signature = value === undefined ? undefined : { value, timestamp, nonce: 'abc123' };
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
    expect(outcome(create(['Tom', 'Jerry']), vectors.S4)).toBe('allowed');
    expect(outcome(create(['Jerry']), vectors.S4)).toBe('allowed');
    expect(outcome(create(['Jerry']), vectors.S5)).toBe('allowed');
    expect(outcome(create(['Jerry', 'Tom']), vectors.S5)).toBe('allowed');
    expect(outcome(create([], true), vectors.S6)).toBe('allowed');
    expect(outcome(create(['Tom'], true), vectors.S6)).toBe('allowed');
    expect(outcome(create(['Tom'], true), vectors.S7)).toBe('allowed');
  });

  it('[F-SEC-07] does not take the signature of a login for one of a group', () => {
    expect(outcome(create(['Jerry', 'Tom']), vectors.S1)).toBe(FAILED);
    expect(outcome(create(['Tom']), vectors.S1)).toBe(FAILED);
  });

  it('[F-SEC-07] takes members in the order of either kind of signing server', () => {
    const group = ['Tom', 'alice', 'Jerry', 'bob'];
    expect(outcome(create(group), vectors.S8)).toBe('allowed');
    expect(outcome(create(group), vectors.S9)).toBe('allowed');
  });

  it('[F-SEC-04][F-SEC-07] allows to invite, join, remove and quit, each with its own action', () => {
    expect(outcome(members('invite', ['Mary', 'Jerry']), vectors.S10)).toBe('allowed');
    expect(outcome(members('invite', ['Jerry']), vectors.S11, { client: 'Jerry' })).toBe('allowed');
    expect(outcome(members('kick', ['Jerry']), vectors.S12)).toBe('allowed');
    expect(outcome(members('kick', ['Jerry']), vectors.S13, { client: 'Jerry' })).toBe('allowed');
    expect(outcome(members('kick', ['Jerry']), vectors.S14)).toBe('allowed');
    expect(outcome(members('invite', ['Jerry']), vectors.S12)).toBe(FAILED);
  });

  it('[F-SEC-14] is not needed to quit, unless the app is strict; one that is there has to be right', () => {
    const jerry = { client: 'Jerry' };
    expect(outcome(members('kick', ['Jerry']), undefined, jerry)).toBe('allowed');
    expect(outcome(members('kick', ['Jerry']), 'f'.repeat(40), jerry)).toBe(FAILED);
    expect(outcome(members('kick', ['Jerry']), undefined)).toBe(FAILED);
    const strict = { ...jerry, settings: { strictQuitSignature: true } };
    expect(outcome(members('kick', ['Jerry']), undefined, strict)).toBe(FAILED);
    expect(outcome(members('kick', ['Jerry']), vectors.S13, strict)).toBe('allowed');
  });

  it('[F-SEC-03] allows to change blacklists from both sides', () => {
    expect(outcome({ action: 'client-block-conversations', conversation: CID }, vectors.S17)).toBe('allowed');
    expect(outcome({ action: 'client-unblock-conversations', conversation: CID }, vectors.S18)).toBe(
      'allowed',
    );
    expect(outcome(members('conversation-block-clients', ['Mary', 'Jerry']), vectors.S19)).toBe('allowed');
    expect(outcome(members('conversation-unblock-clients', ['Mary', 'Jerry']), vectors.S20)).toBe('allowed');
    expect(outcome(members('conversation-block-clients', ['Mary', 'Jerry']), vectors.S20)).toBe(
      'BLACKLIST_SIGNATURE_FAILED',
    );
  });

  it('[F-SEC-08] is good for six hours, whatever the case of its digits and the unit of its time', () => {
    const operation = members('kick', ['Jerry']);
    expect(outcome(operation, vectors.S12.toUpperCase())).toBe('allowed');
    expect(outcome(operation, vectors.S12, { now: NOW + 6 * HOUR })).toBe('allowed');
    expect(outcome(operation, vectors.S12, { now: NOW + 6 * HOUR + 1 })).toBe(FAILED);
    expect(outcome(operation, vectors.S12, { now: NOW - 6 * HOUR - 1 })).toBe(FAILED);
    expect(outcome(operation, `${vectors.S12.slice(0, -1)}5`)).toBe(FAILED);
    expect(outcome(operation, vectors.S12, { timestamp: NOW / 1000 })).toBe(FAILED);
  });

  it('does not let a signature serve for another client', () => {
    expect(outcome(members('kick', ['Jerry']), vectors.S12, { client: 'Spike' })).toBe(FAILED);
  });
});
