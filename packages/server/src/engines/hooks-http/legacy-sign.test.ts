import { describe, expect, it } from 'vitest';
import { signName } from './legacy-sign.ts';

describe('the signature that old engine SDKs ask for', () => {
  it.each([
    ['_messageReceived', 'b24f4cd391055e203123b0a56e4efebab5edf8a9'],
    ['_receiversOffline', 'fbd0fdbbb9b68f82adac8ae9d7169172ee7d528e'],
    ['_messageSent', '5f101caad255a18cc68a3fa791d63cf355addd02'],
    ['_messageUpdate', '5fe9a72ddfad08caf2bd845ee257a94b5ba8a4cb'],
    ['_conversationStart', '335d9985a32a2e81101bec5ffd713442265ef8c7'],
    ['_conversationStarted', '1af141b88ea9ad8897ed8deaee2dd2b8e004eee7'],
    ['_conversationAdd', 'c0c5e13e3af7cc1569da0c6f96bfd6c9708b3e3e'],
    ['_conversationAdded', '1795a2a34550d847097b8a83c35797fd08f20031'],
    ['_conversationRemove', '33b70586cb38e2c9340274f0527f4cb883ccd6e8'],
    ['_conversationRemoved', '05cd6e06a82ee14f22ab4354fbe7e370077f872c'],
    ['_conversationUpdate', 'a5a778737d77319b4735641cb459e0aa1ee23ee2'],
    ['_clientOnline', '062cba771dee04ca5f5e5f601a5bd3ffda238148'],
    ['_clientOffline', '2e16bcd206b472f8af90cd27965d8a3703e4dceb'],
    ['_rtmClientSign', '3c0a25496bc46137dc600db617cc8fdbbf6cc127'],
  ])('[F-HOOK-09] is what it has to be for %s', (name, expected) => {
    expect(signName('masterkey', name, 1_700_000_000_000)).toBe(`1700000000000,${expected}`);
  });

  it('[F-HOOK-09] is what the engine SDK itself is tested with', () => {
    const key = '3v7z633lzfec9qzx8sjql6zimvdpmtwypcchr2gelu5mrzb0';
    const expected = '1464591343092,6ac315b96655d04e3a49d758f5a8ae55208c98f0';
    expect(signName(key, '_messageReceived', 1_464_591_343_092)).toBe(expected);
  });
});
